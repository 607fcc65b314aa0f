"""Signing in with the keyboard alone, and what is read out on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from app.ops.demo import people
from tests.browser.service import PASSWORD, Service

SOMEBODY = {"en": people.OWNERS[0], "fr": people.OWNERS[1]}
"""One each, since a second code so soon would be refused."""


def focused(page: Page) -> str:
    """The name, or else the text, of what has the focus."""
    found: str = page.evaluate(
        "() => document.activeElement.getAttribute('name') || document.activeElement.innerText"
    )
    return found


def tab_to(page: Page, name: str, most: int = 40) -> None:
    """Press the tabulator until this has the focus; every stop on the way shows it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(_RING), f"no focus to be seen on {focused(page)!r}"
        if focused(page) == name:
            return
    raise AssertionError(f"{name} is not reached by the keyboard")


# On the element, or on what is drawn around it: the six cells of a code, a file's button.
_RING = """
() => {
    const ringed = (one) => {
        const style = getComputedStyle(one);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const here = document.activeElement;
    return [here, here.parentElement, here.parentElement?.parentElement]
        .some((one) => one && one !== document.body && ringed(one));
}
"""


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_somebody_signs_in_with_the_keyboard_alone(open_browser, service: Service, lang) -> None:
    page, somebody = open_browser(lang, "desk"), SOMEBODY[lang]
    page.goto(f"/{lang}/sign-in")
    before = service.newest(somebody.email)
    tab_to(page, "sign_in_name")
    page.keyboard.type(somebody.sign_in_name)
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "code")
    page.keyboard.type(service.code(somebody.email, after=before))
    for _ in range(3):
        if page.locator('main [name="accept"]').count():
            tab_to(page, "accept")
            page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if "/sign-in" not in page.url:
            break
    assert page.url.endswith("/businesses")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getAttribute('href')").startswith("#")
    page.keyboard.press("Enter")
    assert page.evaluate("() => location.hash.length > 1")


def test_after_a_refused_form_the_summary_is_read_first(open_browser, service: Service) -> None:
    page = open_browser("en", "desk")
    page.goto("/en/sign-in")
    with page.expect_navigation():
        page.locator("main button.primary").click()
    summary = page.locator("#errors")
    assert summary.evaluate("one => one === document.activeElement || one.matches(':target')")
    first = summary.locator("a").first
    first.focus()
    page.keyboard.press("Enter")
    assert focused(page) == "sign_in_name"


def test_the_menus_open_and_close_with_the_keyboard(open_browser, service: Service) -> None:
    page = open_browser("fr", "phone")
    page.goto("/fr/")
    summaries = page.locator("summary")
    for number in range(summaries.count()):
        one = summaries.nth(number)
        if not one.is_visible():
            continue
        one.focus()
        page.keyboard.press("Enter")
        assert one.evaluate("one => one.parentElement.open")
        page.keyboard.press("Enter")
        assert not one.evaluate("one => one.parentElement.open")


def test_the_language_switch_keeps_the_page_and_what_was_typed(open_browser, service) -> None:
    for javascript in (True, False):
        page = open_browser("en", "phone", javascript=javascript)
        page.goto("/en/sign-up")
        page.locator('main [name="given_name"]').fill("Zoé")
        page.locator('main [name="password"]').fill(PASSWORD)
        with page.expect_navigation():
            page.locator('[name="_switch_language"]').first.click()
        assert page.url.split("?")[0].split("#")[0].endswith("/fr/sign-up")
        assert page.locator('main [name="given_name"]').input_value() == "Zoé"
        assert page.locator('main [name="password"]').input_value() == ""
