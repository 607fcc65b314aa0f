"""Tab by Tab through a page: at each stop the focus is seen, and nothing lies over it.

In a window of 320 × 256, with the note open that the session is about to end: it is fixed at the
bottom, and must never cover what has the focus (WCAG 2.4.7, 2.4.11).
"""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.access.test_small_and_spaced import PAGES
from tests.access.window import SITE, Window
from tests.browser.keyboard import FOCUS
from tests.endpoints import TABLE
from tests.support.doors import address, doors, enter, give_everybody_a_session
from tests.support.peopled import Fresh, Places

BY_DAY = {
    f"GET {name}"
    for name in ("front.home", "gallery.form", "gallery.code", "authority.add", "LetterView.list")
}
_STAY = "() => { const box = document.getElementById('stay'); if (box) box.hidden = false; }"
_TEXT = """
() => {
    const box = document.getElementById('stay');
    document.getElementById('stay-words').textContent = box.dataset.two;
}
"""
_ROUND = "() => document.activeElement === document.body || document.activeElement.matches('.skip')"
MOST = 300


@pytest.mark.parametrize(
    "everything", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["day", "night"]
)
def test_the_focus_is_seen_at_every_stop(
    chromium: Browser,
    app: Flask,
    fresh: Fresh,
    peopled: tuple[str, Places],
    everything: bool,
) -> None:
    known = {str(door): door for door in doors(app)}
    tokens = give_everybody_a_session(fresh(), peopled[1])
    found: dict[str, list[str]] = {}
    stops = 0
    with Window(chromium, app, "phone") as window:
        window.page.set_viewport_size({"width": 320, "height": 256})
        for name, actor in PAGES:
            if not everything and name not in BY_DAY:
                continue
            door = known[name.partition(" [")[0]]
            path = address(app, door, peopled[1], TABLE[name].given).replace("/en/", "/fr/", 1)
            response = enter(app, tokens, actor).http.get(path, buffered=True)
            if not response.headers.get("Content-Type", "").startswith("text/html"):
                continue
            window._shown = response
            window.page.goto(f"{SITE}{path.partition('?')[0]}")
            faults, passed = _walk(window)
            stops += passed
            if faults:
                found[f"{name} ({actor})"] = faults
    assert found == {}, "\n".join(f"{name}: {set(faults)}" for name, faults in found.items())
    assert stops > 60


@pytest.mark.parametrize(
    ("style", "fault"),
    [
        ("a:focus { outline: none }", "no ring around A here"),
        ("a:focus { outline: 1px solid #000 }", "no ring around A here"),
        ("a:focus { outline: 3px solid #eee }", "a ring nobody sees around A here"),
        ("b { position: fixed; inset: 0; background: #fff }", "A here is hidden below something"),
        ("a { position: absolute; left: -999px }", "A here is outside of the window"),
        ("a:focus { outline: 3px solid #000 }", None),
    ],
)
def test_a_focus_that_is_lost_is_told(chromium: Browser, style: str, fault: str | None) -> None:
    page = chromium.new_page()
    page.set_content(
        f"<style>a:focus {{ outline: 3px solid #000 }} {style}</style><a href='/'>here</a><b></b>"
    )
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS) == ([fault] if fault else [])
    page.close()


def _walk(window: Window) -> tuple[list[str], int]:
    """Every fault on the way round, and how many stops there were."""
    page = window.page
    page.evaluate(_STAY)
    if page.locator("#stay").count():
        page.evaluate(_TEXT)
    faults: list[str] = []
    for stop in range(MOST):
        page.keyboard.press("Tab")
        if stop and page.evaluate(_ROUND):
            return faults, stop
        faults += page.evaluate(FOCUS)
    raise AssertionError(f"the tabulator never comes round on {page.url}")
