"""Single keys that move through the staff's lists, for who has turned them on."""

from __future__ import annotations

from playwright.sync_api import Page

from app.ops.demo import people
from tests.browser.actor import Actor
from tests.browser.service import Service

LETTERS = "/staff/letters/list/"


def row_here(page: Page) -> int:
    """The row that has the focus, from 0; -1 outside of the rows."""
    found: int = page.evaluate(
        "() => [...document.querySelectorAll('#rows tbody tr')]"
        ".indexOf(document.activeElement.closest('#rows tbody tr'))"
    )
    return found


def test_keys_move_through_a_list_once_they_are_turned_on(open_browser, service: Service) -> None:
    officer = Actor(open_browser("fr", "desk"), service, "fr")
    officer.sign_in(people.STAFF["supervisor"].sign_in_name, people.STAFF["supervisor"].email)
    page = officer.page

    officer.go(LETTERS)
    page.keyboard.press("j")
    assert row_here(page) == -1, "off until somebody turns them on (WCAG 2.1.4)"

    officer.go("/staff/keys")
    with page.expect_navigation():
        page.locator(".heading button").click()
    officer.look()
    assert page.locator("kbd").count() == 8

    officer.go(LETTERS)
    for key, row in (("j", 0), ("j", 1), ("k", 0), ("k", 0)):
        page.keyboard.press(key)
        assert row_here(page) == row
    box = page.locator("#rows tbody tr").first.locator("input[type=checkbox]")
    page.keyboard.press("x")
    assert box.is_checked()
    page.keyboard.press("x")
    assert not box.is_checked()
    page.keyboard.press("Control+j")
    assert row_here(page) == 0, "keys of the browser's own stay its own"

    page.keyboard.press("/")
    field = page.locator("#asked input:not([type=hidden]), #asked select").first
    assert field.evaluate("one => one === document.activeElement")
    text = page.locator("#asked input[type=search]").first
    text.focus()
    page.keyboard.type("jx?")
    assert text.input_value() == "jx?", "in a field a key is a letter"

    page.locator("#rows tbody th a").first.focus()
    with page.expect_navigation():
        page.keyboard.press("w")
    assert officer.path == "/staff/"
    with page.expect_navigation():
        page.keyboard.press("?")
    assert officer.path == "/staff/keys"

    with page.expect_navigation():
        page.locator(".heading button").click()
    officer.go(LETTERS)
    page.keyboard.press("j")
    assert row_here(page) == -1, "and off again"
