"""The whole way: from signing up to an account with a new owner, in both languages, on both widths.

"A newcomer runs the two commands, signs up, registers, lets the demo officer make the letter,
activates with the code in the PDF, adds a colleague, transfers ownership — in French on a
phone-sized screen — without meeting an English word, an axe violation or a dead end; the journey
leaves a trail that verifies" (issue 2).
"""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.base.days import local_day
from app.enrolment.forms import NUMBER
from app.ops.demo.people import STAFF
from config import ROOT
from tests.browser.actor import Actor
from tests.browser.service import Service
from tests.enrolment.steps import answers_that
from tests.support.definitions import transferring

REGISTRY = ROOT / "app" / "ops" / "demo" / "registry.csv"
OFFICER = STAFF["program_officer"]
MAIL_NUMBERS = iter(("RN123456785CA", "RN000000014CA", "RN000000028CA", "RN000000031CA"))

WAYS = {
    "fr-phone without JavaScript": ("fr", "phone", False, "Aliments Beau-Rivage inc."),
    "en-desk": ("en", "desk", True, "Niagara Tender Fruit Packers Inc."),
    "en-phone": ("en", "phone", True, "Tidewater Salvage & Shipping Ltd."),
    "fr-desk": ("fr", "desk", True, "Chaussures Bellechasse inc."),
}


def in_registry(name: str) -> dict[str, str]:
    with REGISTRY.open(encoding="utf-8") as file:
        return next(row for row in csv.DictReader(file) if row["legal_name"] == name)


@pytest.mark.parametrize("way", WAYS)
def test_a_newcomer_gets_an_account_and_hands_it_over(open_browser, service: Service, way) -> None:
    lang, width, javascript, business = WAYS[way]

    def somebody(at: str = width) -> Actor:
        page = open_browser(lang, at, javascript=javascript)
        twin = None if javascript else open_browser(lang, at)
        return Actor(page, service, lang, twin=twin)

    suffix = way.split()[0].replace("-", ".")
    newcomer, colleague, officer = somebody(), somebody(), somebody("desk")
    row = in_registry(business)

    newcomer.go("/")
    newcomer.sign_up("Zoé", "Côté-O’Neill", f"zoe.{suffix}")
    register(newcomer, row)
    letter = make_letter(officer, business)
    account = activate(newcomer, letter)
    urn = colleague.sign_up("Émile", "Tremblay", f"emile.{suffix}")
    add(newcomer, account, urn, f"emile.{suffix}@voyage.example")
    accept(colleague, service, f"emile.{suffix}@voyage.example")
    hand_over(newcomer, account, urn, f"emile.{suffix}@voyage.example")
    take_over(colleague, service, account, f"emile.{suffix}@voyage.example")
    both_see_it(newcomer, colleague, account)
    proved = service.command("audit", "verify")
    assert proved.returncode == 0, proved.stdout + proved.stderr


def register(actor: Actor, row: dict[str, str]) -> None:
    """Answer question by question, name the business, give its address, send."""
    program = transferring()
    today = local_day(datetime.now(UTC), program.zone)
    answers = answers_that("ok", program, today, row["base"])
    actor.go("/register")
    actor.go("/register/new")
    actor.fill(program=program.code)
    actor.press()
    while "/question/" in actor.path:
        code = actor.path.rpartition("/")[2]
        answer(actor, answers[code])
        actor.press()
    assert actor.path.endswith("/business"), actor.path
    actor.page.locator(f'main [name^="{NUMBER}"]').fill(row["bn"])
    actor.fill(legal_name=row["legal_name"])
    actor.press()
    actor.fill(street=row["street"], city=row["city"], postal_code=row["postal_code"])
    actor.fill(region=f"{row['country']}-{row['region']}")
    actor.press()
    actor.press()


def answer(actor: Actor, value: object) -> None:
    """One answer: a choice, several, or a date in three fields."""
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        for name, part in zip(("year", "month", "day"), text.split("-"), strict=True):
            actor.page.locator(f'main [name^="answer"][name*="{name}"]').fill(part)
    else:
        actor.fill(answer=value)


def make_letter(officer: Actor, business: str) -> tuple[str, str]:
    """The officer makes, prints, posts and delivers the letter; returns its two numbers."""
    officer.sign_in(OFFICER.sign_in_name, OFFICER.email)
    officer.go("/staff/")
    officer.go("/staff/letters/list/")
    officer.click(business)
    shown = officer.page.url
    key = shown.rstrip("/").rpartition("/")[2]
    officer.go(f"/staff/letters/deed/make/{key}")
    with officer.page.expect_download() as coming:
        officer.page.locator("main button.primary").click()
    content = coming.value.path().read_bytes()
    officer.go(f"/staff/letters/deed/printed/{key}")
    officer.press()
    officer.go(f"/staff/letters/deed/posted/{key}")
    officer.page.locator('main input[type="text"]').fill(next(MAIL_NUMBERS))
    officer.press()
    officer.go(f"/staff/letters/deed/delivered/{key}")
    officer.press()
    return numbers_in(content)


def numbers_in(pdf: bytes) -> tuple[str, str]:
    """Client number and activation code, as somebody copies them from the paper."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    plain = re.sub(r"\s+", " ", text)
    code = re.search(r"\b((?=[\dA-Z ]*[A-Z])[2-9A-HJ-NP-Z]{4}(?: [2-9A-HJ-NP-Z]{4}){2})\b", plain)
    number = re.search(r"\b(\d{4} \d{4})\b", plain)
    assert code, plain
    assert number, plain
    return number[1], code[1]


def activate(actor: Actor, letter: tuple[str, str]) -> int:
    """Enter both numbers, attest, accept the terms; returns the account's number."""
    actor.go("/activate")
    if not actor.page.locator('main [name="client_number"]').count():
        with actor.page.expect_navigation():
            actor.page.locator("main a[href*='/activate/']").first.click()
        actor.look()
    actor.fill(client_number=letter[0], code=letter[1], attested=True)
    actor.press()
    actor.fill(accept=True)
    actor.press()
    found = re.search(r"/a/(\d+)/", actor.page.url)
    assert found, f"not on a dashboard but on {actor.page.url}"
    return int(found[1])


def add(actor: Actor, account: int, urn: str, email: str) -> None:
    """Add the colleague by the three data, with the role just below one's own."""
    actor.go(f"/a/{account}/users")
    actor.go(f"/a/{account}/users/add")
    roles = actor.page.locator('main [name="role"] option')
    offered = [roles.nth(n).get_attribute("value") for n in range(roles.count())]
    actor.fill(family_name="TREMBLAY", urn=urn.lower(), email=email, role=offered[-1])
    actor.press()


def accept(actor: Actor, service: Service, email: str) -> None:
    """Accept the role from the notice."""
    actor.go("/notices")
    actor.go("/businesses")
    with actor.page.expect_navigation():
        actor.page.locator("main a[href*='/offers/']").first.click()
    actor.look()
    accepts = actor.page.locator("main button.primary")
    with actor.page.expect_navigation():
        accepts.first.click()
    actor.look()


def hand_over(actor: Actor, account: int, urn: str, email: str) -> None:
    """Offer the ownership, and stay with another role."""
    actor.go(f"/a/{account}/transfer")
    actor.fill(family_name="Tremblay", urn=urn, email=email)
    actor.page.locator('main [name="old_owner_role"]').first.check()
    actor.press()


def take_over(actor: Actor, service: Service, account: int, email: str) -> None:
    """Accept the ownership, with the attestation."""
    actor.go("/businesses")
    with actor.page.expect_navigation():
        actor.page.locator("main a[href*='/transfers/']").first.click()
    actor.look()
    actor.fill(attested=True)
    actor.press("accept")


def both_see_it(newcomer: Actor, colleague: Actor, account: int) -> None:
    """The new owner reads the activity and the users; the old one is told."""
    for page in ("", "activity", "users"):
        colleague.go(f"/a/{account}/{page}")
    colleague.go(f"/a/{account}/transfer")
    newcomer.go(f"/a/{account}/")
    newcomer.go(f"/a/{account}/transfer", status=403)
    newcomer.go("/notices")
