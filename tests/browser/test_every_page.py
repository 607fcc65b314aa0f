"""Every page that a link leads to in a real service. Each state of each page: tests/access."""

from __future__ import annotations

import re
from collections import Counter, deque
from html import unescape
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.ops.demo import people
from app.ops.demo.cases import MOVED
from app.ops.demo.filing import somebody
from app.ops.demo.submitted import SENT_BACK
from tests.browser.actor import Actor
from tests.browser.service import Service
from tests.support.client import without_language

AT_MOST = 6
"""So many pages of one kind are opened in search of links; one of them is looked at."""
PERSONAS = {
    "owner": people.ROLE_HOLDERS[0],
    "administrator of users": people.ROLE_HOLDERS[3],
    "next owner": next(one for one in people.COLLEAGUES if one.sign_in_name == MOVED[0].to),
    "newcomer": people.NEWCOMER,
    "sent back": somebody(SENT_BACK.owner),
    "consultant": people.CONSULTANT,
    "waiting": people.WAITING,
    "officer": people.STAFF["program_officer"],
    "administrator": people.STAFF["administrator"],
    "supervisor": people.STAFF["supervisor"],
    "support": people.STAFF["technical_support"],
    "auditor": people.STAFF["auditor"],
}
STARTS = {
    "visitor": ("/", "/help", "/accessibility", "/privacy", "/contact"),
    "newcomer": ("/", "/register/new", "/register/code", "/step-up", "/me/password"),
    "officer": (
        "/staff/",
        "/staff/registrations/new",
        "/staff/registry/import",
        "/staff/ledger/import",
        "/staff/registry/new",
    ),
    "administrator": ("/staff/", "/staff/announcements/add", "/staff/assignments/add"),
}
NO_PAGES = {
    "appbuilder.static": "a file",
    "static": "a file",
    "machines.favicon": "a file",
    "machines.robots": "a file",
    "machines.security": "a file",
    "health.healthz": "for machines",
    "health.readyz": "for machines",
    "metrics.scrape": "for machines",
    "enrolment.registry_errors": "a file",
    "delegation.list_file": "a file",
    "ledger.ledger_errors": "a file",
    "ledger.transactions_file": "a file",
    "SignInView.login": "leads on to sign-in",
    "consents.attestation": "a file",
    "consents.file": "a file",
    "DocumentView.file": "a file",
    "DocumentView.preview": "a picture",
    "cases.download": "a file",
    "cases.submission_copy": "a file",
    "SubmissionView.copy": "a file",
    "cases.preview": "a picture",
    "questions.gallery": "not in a real service; looked at in tests/access",
    "gallery.parts": "not in a real service; its tests are in tests/web",
    "gallery.code": "as gallery.parts",
    "gallery.confirm": "as gallery.parts",
    "gallery.form": "as gallery.parts",
    "gallery.filled": "as gallery.parts",
}
ON_THE_WAY = {
    "identity.sign_up_code": "sign-up",
    "identity.sign_up_terms": "sign-up",
    "identity.sign_in_code": "sign-in",
    "identity.sign_in_terms": "sign-in",
    "identity.reset_code": "the forgotten password, below",
    "identity.reset_new": "the forgotten password, below",
    "enrolment.question": "registering",
    "enrolment.business": "registering",
    "enrolment.address": "registering",
    "enrolment.check": "registering",
    "enrolment.numbers": "activating",
    "enrolment.terms": "activating",
    "enrolment.facts": "enrolling by shared facts, in test_second_program",
    "enrolment.by_letter": "enrolling by shared facts, where codes are mailed too",
    "enrolment.accept": "enrolling by shared facts, in test_second_program",
    "delegation.answer": "a business that a third party asks",
    "delegation.refuse": "a business that a third party asks",
    "delegation.third_party_page": "a business for which a third party acts",
    "delegation.change": "a business for which a third party acts",
    "delegation.end": "a business for which a third party acts",
    "delegation.client_page": "a business that acts for another",
    "delegation.assign": "a business that acts for another",
    "delegation.unassign": "a business that acts for another",
    "delegation.give_up": "a business that acts for another",
    "delegation.withdraw": "a business that has asked a client",
    "delegation.list_page": "a business that has asked a list of clients",
    "delegation.group_page": "a business with a client group",
    "delegation.delete_group": "a business with a client group",
    "delegation.third_parties_page": "a business whose program lets others act",
    "delegation.clients_page": "a business whose program lets others act",
    "delegation.ask": "a business whose program lets others act",
    "delegation.ask_many": "a business whose program lets others act",
    "delegation.asked": "a business whose program lets others act",
    "delegation.groups_page": "a business whose program lets others act",
    "authority.program_accounts": "a business with program accounts",
    "authority.part_rule": "a program account",
    "ledger.home": "a program account",
    "ledger.transactions": "a program account",
    "ledger.line": "a program account with a ledger",
    "employees.withdrawing": "somebody who has asked a business for access",
    "employees.pending": "a business whose people ask for access",
    "employees.request_of": "a business whose people ask for access",
    "employees.approving": "a business whose people ask for access",
    "employees.refusing": "a business whose people ask for access",
    "employees.people": "a business whose people ask for access",
    "employees.person": "a business whose people ask for access",
    "employees.change": "a business whose people ask for access",
    "employees.end": "a business whose people ask for access",
    "employees.everything": "a business whose people ask for access",
    "enrolment.preview_registry": "a file that was sent",
    "ledger.preview_ledger": "a file that was sent",
    "AssignmentView.bulk": "rows chosen in the list",
    "LetterView.bulk": "rows chosen in the list",
    "LockView.bulk": "rows chosen in the list",
    "PersonView.bulk": "rows chosen in the list",
    "SessionView.bulk": "rows chosen in the list",
    "SavedViewView.open": "leads on to the list",
    "cases.aside": "a topic that may not apply, far down in a section",
    "cases.compare": "two submissions of one account",
    "SubmissionView.compare": "two submissions of one application",
    "cases.move": "an application that its owner may submit or withdraw",
    "BulkRunView.show": "what was done to chosen rows",
    "BulkRunView.file": "what was done to chosen rows",
    "RegistrationView.deed": "for what staff registered",
    "SavedViewView.deed": "a view that somebody kept",
    "SavedViewView.show": "a view that somebody kept",
}
"""Pages that a form leads to, or a row that the demonstration does not have; all of them are looked
at in tests/access."""


class Crawl:
    """One walk over everything that the links of a person's pages lead to."""

    def __init__(self, portal: Flask, at_most: int) -> None:
        self._map = portal.url_map.bind("localhost")
        self._at_most = at_most
        self.seen: set[str] = set()

    def endpoint(self, path: str) -> str | None:
        """Which page an address is, or None when it is none."""
        try:
            found: str = self._map.match(without_language(path), method="GET")[0]
        except (HTTPException, RequestRedirect):
            return None
        return found

    def walk(self, actor: Actor, starts: tuple[str, ...]) -> None:
        """Look at one page of each kind, beginning with these; a page already looked at is left
        out."""
        waiting, opened = deque(starts), set[str]()
        often: Counter[str] = Counter()
        while waiting:
            path = waiting.popleft()
            endpoint = self.endpoint(path)
            if endpoint is None or endpoint in NO_PAGES or path in opened:
                continue
            often[endpoint] += 1
            if often[endpoint] > self._at_most:
                continue
            opened.add(path)
            if endpoint not in self.seen or endpoint == "front.home":
                actor.go(without_language(path))
                self.seen.add(self.endpoint(actor.path) or endpoint)
                self.seen.add(endpoint)
                waiting.extend(links_of(actor, actor.page.content()))
            else:
                waiting.extend(links_of(actor, actor.read(without_language(path))))


def links_of(actor: Actor, html: str) -> list[str]:
    """Where the links of a page lead, within the portal and in its language."""
    found = (unescape(one) for one in re.findall(r'<a\b[^>]*\bhref="([^"]*)"', html))
    return [urlsplit(one).path for one in found if one.startswith(f"/{actor.lang}/")]


def _walk(crawl, open_browser, service: Service, lang: str, width: str, personas) -> None:
    crawl.walk(Actor(open_browser(lang, width), service, lang), STARTS["visitor"])
    for persona in personas:
        somebody = PERSONAS[persona]
        actor = Actor(open_browser(lang, width), service, lang)
        actor.sign_in(somebody.sign_in_name, somebody.email)
        crawl.walk(actor, STARTS.get(persona, ("/",)))
        actor.page.context.close()


@pytest.mark.nightly
@pytest.mark.parametrize(("lang", "width"), [("fr", "phone"), ("en", "desk")])
def test_every_page_that_a_link_leads_to(
    open_browser, service: Service, portal: Flask, lang: str, width: str
) -> None:
    crawl = Crawl(portal, AT_MOST)
    _walk(crawl, open_browser, service, lang, width, PERSONAS)
    linked = {rule.endpoint for rule in portal.url_map.iter_rules() if "GET" in rule.methods}
    missing = sorted(linked - crawl.seen - set(NO_PAGES) - set(ON_THE_WAY))
    assert missing == [], ", ".join(missing)


@pytest.mark.parametrize(("lang", "width"), [("fr", "phone"), ("en", "desk")])
def test_the_pages_of_what_went_wrong(open_browser, service: Service, lang, width) -> None:
    visitor = Actor(open_browser(lang, width), service, lang)
    visitor.go("/nowhere", status=404)
    visitor.go("/sign-in")
    visitor.press()
    assert visitor.page.locator("#errors").is_visible()
    assert re.match(r"\w+\W*: \d", visitor.page.title())
    visitor.go("/sign-up")
    visitor.press()
    assert visitor.page.locator("#errors a").count() >= 6
    reader = people.ROLE_HOLDERS[3]
    visitor.sign_in(reader.sign_in_name, reader.email)
    visitor.go("/staff/", status=403)


def test_the_pages_of_a_forgotten_password(open_browser, service: Service) -> None:
    visitor = Actor(open_browser("fr", "phone"), service, "fr")
    who = people.ROLE_HOLDERS[2]
    before = service.newest(who.email)
    visitor.go("/password")
    visitor.fill(sign_in_name=who.sign_in_name)
    visitor.press()
    assert visitor.path == "/password/code"
    visitor.fill(code=service.code(who.email, after=before))
    visitor.press()
    assert visitor.path == "/password/new"
    visitor.fill(password="court")
    visitor.press()
    assert visitor.page.locator("#errors a").count() == 1


def test_a_page_sent_in_the_wrong_way_says_so(open_browser, service: Service) -> None:
    """A deed's address that somebody types: which methods it takes, in words."""
    actor = Actor(open_browser("fr", "phone"), service, "fr")
    somebody = people.NEWCOMER
    actor.sign_in(somebody.sign_in_name, somebody.email)
    actor.go("/notices/read", status=405)
