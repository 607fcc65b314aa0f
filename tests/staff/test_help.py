"""Help on every page of the staff: the topic is about the page, in both languages."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from app.web.help_pages import TOPICS
from tests.staff.conftest import screens
from tests.web.checker import text_of

ABOUT = {
    "staff-decide": {"RegistrationView", "BusinessTriesView"},
    "staff-letters": {"LetterView", "ActivationCodeView"},
    "staff-registry": {"PartyView", "BusinessView", "RegistryView", "RegistryImportView"},
    "staff-ledger": {"LedgerView", "LedgerImportView"},
    "staff-people": {
        "PersonView",
        "LockView",
        "SessionView",
        "AccountView",
        "MembershipView",
        "TransferView",
        "AssignmentView",
        "UserView",
        "RoleView",
        "EntryView",
    },
}
PAGES = {
    "/staff/registrations/new": "staff-decide",
    "/staff/registry/import": "staff-registry",
    "/staff/registry/new": "staff-registry",
    "/staff/ledger/import": "staff-ledger",
    "/staff/": "staff-lists",
}


def help_of(page, lang):
    """Where the help link of a page leads."""
    words = {"en": "Help", "fr": "Aide"}[lang]
    (found,) = {str(a.get("href")) for a in page.page.all("a") if text_of(a) == words}
    return urlsplit(found).path


def test_every_staff_screen_has_a_topic_that_is_about_it():
    told = {view.__name__: view.help_topic for view in screens()}
    assert set(told.values()) <= set(TOPICS)
    for topic, names in ABOUT.items():
        assert {name for name, one in told.items() if one == topic} == names


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_each_staff_page_leads_to_the_help_about_it(world, filled, client, sign_in, lang):
    sign_in(filled.officer)
    wanted = dict(PAGES)
    wanted["/staff/letters/list/"] = "staff-letters"
    wanted["/staff/registrations/list/"] = "staff-decide"
    wanted["/staff/persons/list/"] = "staff-people"
    wanted[f"/staff/registry/show/{filled.entry.id}"] = "staff-registry"
    for path, topic in wanted.items():
        address = help_of(client.get(path, lang=lang), lang)
        assert address == f"/{lang}/help/{topic}"
        assert client.get(address).h1
