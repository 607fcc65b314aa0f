"""The whole way with the keyboard alone, the focus seen at every stop."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from playwright.sync_api import Page

from app.base.days import local_day
from app.enrolment.forms import NUMBER
from app.ops.demo.people import STAFF
from tests.browser.keyboard import Keyboard
from tests.browser.service import PASSWORD, Service
from tests.browser.test_journey import in_registry, numbers_in
from tests.enrolment.steps import answers_that
from tests.support.client import without_language
from tests.support.definitions import transferring

BUSINESS = "Imprimerie du Haut-Richelieu ltée"
NEWCOMER = ("Fleur", "O’Brien-Côté", "fleur.keys")
COLLEAGUE = ("Noé", "Beaupré", "noe.keys")
SUPPORT = STAFF["supervisor"]
"""Makes letters as an officer does; the officers' codes are other journeys'."""


def test_an_account_is_opened_and_handed_over_without_a_mouse(
    open_browser, service: Service
) -> None:
    person, colleague = (Keyboard(open_browser("fr", "desk")) for _ in range(2))
    sign_up(person, service, NEWCOMER)
    register(person)
    assert person.page.locator("main").get_by_text(BUSINESS).first.is_visible()
    staff = Keyboard(open_browser("en", "desk"))
    sign_in(staff, service)
    account = activate(person, make_letter(staff))
    sign_up(colleague, service, COLLEAGUE)
    three = {
        "family_name": COLLEAGUE[1],
        "urn": service.urn(mail_of(COLLEAGUE)),
        "email": mail_of(COLLEAGUE),
    }
    add(person, account, three)
    accept(colleague)
    hand_over(person, account, three)
    take_over(colleague)
    answer = colleague.page.goto(f"/fr/a/{account}/transfer")
    assert answer is not None
    assert answer.status == 200, "the new owner may hand it over"
    assert person.stops + colleague.stops + staff.stops > 200


def mail_of(who: tuple[str, str, str]) -> str:
    return f"{who[2]}@voyage.example"


def sign_up(keys: Keyboard, service: Service, who: tuple[str, str, str]) -> None:
    given, family, name = who
    email = mail_of(who)
    keys.page.goto("/fr/")
    keys.press('main a[href="/fr/sign-up"]')
    keys.into_main()
    keys.type(given_name=given, family_name=family, email=email, email_again=email)
    keys.choose("language", "fr")
    keys.type(sign_in_name=name, password=PASSWORD)
    keys.enter()
    through(keys, service, email, None)


def sign_in(keys: Keyboard, service: Service) -> None:
    keys.page.goto("/en/sign-in")
    before = service.newest(SUPPORT.email)
    keys.type(sign_in_name=SUPPORT.sign_in_name, password=PASSWORD)
    keys.enter()
    through(keys, service, SUPPORT.email, before)


def through(keys: Keyboard, service: Service, email: str, before: str | None) -> None:
    """The code, and the terms as often as they are asked."""
    for _ in range(4):
        step = _path(keys.page)
        if not step.startswith(("/sign-up/", "/sign-in/")):
            return
        keys.into_main()
        if step.endswith("/code"):
            keys.type(code=service.code(email, after=before))
        if keys.page.locator('main [name="accept"]').count():
            keys.tick("accept")
        keys.press()
    raise AssertionError(f"still at {keys.page.url}")


def register(keys: Keyboard) -> None:
    """Question by question, then the business and its address, then send."""
    row, program = in_registry(BUSINESS), transferring()
    today = local_day(datetime.now(UTC), program.zone)
    answers = answers_that("ok", program, today, row["base"])
    keys.page.goto("/fr/register")
    keys.into_main()
    keys.press('main a[href="/fr/register/new"]')
    keys.into_main()
    keys.choose("program", program.code)
    keys.press()
    while "/question/" in keys.page.url:
        keys.into_main()
        _answer(keys, str(answers[_path(keys.page).rpartition("/")[2]]), answers)
        keys.press()
    keys.into_main()
    number = keys.page.locator(f'main [name^="{NUMBER}"]').get_attribute("name")
    keys.type(**{str(number): row["bn"], "legal_name": row["legal_name"]})
    keys.enter()
    keys.into_main()
    keys.type(street=row["street"], city=row["city"])
    keys.choose("region", f"{row['country']}-{row['region']}")
    keys.type(postal_code=row["postal_code"])
    keys.enter()
    keys.into_main()
    keys.press()


def _answer(keys: Keyboard, text: str, answers: dict[str, object]) -> None:
    given = answers[_path(keys.page).rpartition("/")[2]]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        for part, value in zip(("year", "month", "day"), text.split("-"), strict=True):
            keys.to(f'main [name^="answer"][name*="{part}"]')
            keys.page.keyboard.type(value)
    else:
        keys.choose("answer", given)


def make_letter(keys: Keyboard) -> tuple[str, str]:
    """From the work list to the file, by its links."""
    keys.page.goto("/en/staff/letters/list/?_flt_0_state=due")
    keys.into_main()
    shown = keys.page.get_by_role("link", name=BUSINESS, exact=True).first
    keys.press(f'main a[href="{shown.get_attribute("href")}"]')
    keys.into_main()
    keys.press('main a[href*="/letters/deed/make/"]')
    keys.into_main()
    keys.to("main button.primary")
    with keys.page.expect_download() as coming:
        keys.page.keyboard.press("Enter")
    return numbers_in(coming.value.path().read_bytes())


def activate(keys: Keyboard, letter: tuple[str, str]) -> int:
    """Both numbers of the letter, the attestation, the terms; returns the account's number."""
    keys.page.goto("/fr/activate")
    keys.into_main()
    if not keys.page.locator('main [name="client_number"]').count():
        keys.press("main a[href*='/activate/']")
        keys.into_main()
    keys.type(client_number=letter[0], code=letter[1])
    keys.tick("attested")
    keys.press()
    keys.into_main()
    keys.tick("accept")
    keys.press()
    found = re.search(r"/a/(\d+)/", keys.page.url)
    assert found, f"not on a dashboard but on {keys.page.url}"
    return int(found[1])


def add(keys: Keyboard, account: int, three: dict[str, str]) -> None:
    """The three data of the colleague, and the lowest role."""
    keys.page.goto(f"/fr/a/{account}/users/add")
    keys.into_main()
    keys.type(**three)
    last = keys.page.locator('main [name="role"] option').last.get_attribute("value")
    keys.choose("role", last)
    keys.press()


def accept(keys: Keyboard) -> None:
    """The role that is offered."""
    keys.page.goto("/fr/businesses")
    keys.into_main()
    keys.press("main a[href*='/offers/']")
    keys.into_main()
    keys.press()


def hand_over(keys: Keyboard, account: int, three: dict[str, str]) -> None:
    """Offer the ownership, and choose what one is afterwards."""
    keys.page.goto(f"/fr/a/{account}/transfer")
    keys.into_main()
    keys.type(**three)
    keys.tick("old_owner_role")
    keys.press("main button.primary, main button.danger")


def take_over(keys: Keyboard) -> None:
    """Accept the ownership, with the attestation."""
    keys.page.goto("/fr/businesses")
    keys.into_main()
    keys.press("main a[href*='/transfers/']")
    keys.into_main()
    keys.tick("attested")
    keys.press('main button[name="accept"]')


def _path(page: Page) -> str:
    return without_language(re.sub(r"^https?://[^/]+|[?#].*$", "", page.url))
