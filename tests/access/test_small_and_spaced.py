"""400 % zoom, wider text spacing and forced colours, on a page of every kind.

1280 × 1024 at 400 % is a window of 320 × 256 (WCAG 1.4.10); the spacing is that of WCAG 1.4.12;
forced colours are those of the system, in which no colour of ours is left.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.access.measures import FORCED, OPEN, REFLOW, SPACED, SPACING
from tests.access.walk import pages
from tests.access.window import SITE, Window
from tests.endpoints import TABLE
from tests.support.client import Client
from tests.support.doors import Door, address, doors, enter, give_everybody_a_session
from tests.support.peopled import Fresh, Places

PAGES = [(name, actor) for name, actor in pages() if not name.startswith("GET health.")]
BY_DAY = {
    f"GET {name}"
    for name in (
        "front.home", "front.accessibility", "help.topic", "programs.roles", "programs.program",
        "gallery.parts", "gallery.form", "gallery.code", "identity.sign_up", "identity.my_sessions",
        "correspondence.notices", "authority.businesses", "authority.dashboard",
        "authority.activity", "authority.users", "authority.add", "authority.transfer",
        "authority.confirm [remove]", "enrolment.registration", "enrolment.address",
        "enrolment.decide", "enrolment.preview_registry", "WorkListView.index", "LetterView.list",
        "LetterView.bulk [make]", "EntryView.show", "SavedViewView.columns", "AnnouncementView.add",
    )
}  # fmt: skip
"""A page of every kind; the night has them all, in both languages."""


def test_the_pages_of_the_day_are_there() -> None:
    assert BY_DAY - {name for name, _ in PAGES} == set()


@pytest.mark.parametrize(
    ("lang", "everything"),
    [
        ("fr", False),
        pytest.param("fr", True, marks=pytest.mark.nightly),
        pytest.param("en", True, marks=pytest.mark.nightly),
    ],
)
def test_nothing_is_lost_when_the_page_is_small_spaced_or_in_forced_colours(
    chromium: Browser,
    app: Flask,
    fresh: Fresh,
    peopled: tuple[str, Places],
    lang: str,
    everything: bool,
) -> None:
    chosen = [one for one in PAGES if everything or one[0] in BY_DAY]
    known = {str(door): door for door in doors(app)}
    tokens = give_everybody_a_session(fresh(), peopled[1])
    found: dict[str, Any] = {}
    with Window(chromium, app, "phone") as window:
        for name, actor in chosen:
            door = known[name.partition(" [")[0]]
            path = _path(app, door, peopled[1], name, lang)
            faults = _faults(window, enter(app, tokens, actor), path)
            if faults:
                found[f"{name} ({actor})"] = faults
    lines = [f"{name}: {fault}" for name, faults in found.items() for fault in faults]
    assert found == {}, "\n".join(lines)


@pytest.mark.parametrize(
    ("measure", "html", "fault"),
    [
        (REFLOW, "<div class='w'>x</div>", "the page scrolls sideways"),
        (
            REFLOW,
            "<p style='overflow-x: auto'><i class='w'>x</i></p>",
            "scrolls sideways by itself",
        ),
        (
            REFLOW,
            "<div style='overflow-x: auto'><table class='w'><tr><td>x</table></div>",
            "no keyboard scrolls it",
        ),
        (REFLOW, "<p style='position: absolute; left: -900px'>x</p>", "left of the page"),
        (SPACED, "<div style='overflow: hidden; height: 9px'>x</div>", "cut by"),
        (SPACED, "<button style='width: 30px; white-space: nowrap'>Long words</button>", "cut by"),
        (FORCED, "<input style='appearance: none; border: 0'>", "no border to be seen"),
        (
            FORCED,
            "<input type=checkbox checked style='appearance: none; width: 9px; height: 9px'>",
            "it does not show that it is chosen",
        ),
        (
            FORCED,
            "<svg width=20 height=20><rect width=9 height=9 fill='#fff'/></svg>",
            "a picture of the colour of the page",
        ),
        (
            FORCED,
            "<svg><circle class=solid r=9 fill='#000'/><path class=cut stroke='#111'/></svg>",
            "a sign that is lost in its shape",
        ),
        (
            FORCED,
            "<main><p style='color: #fff; forced-color-adjust: none'>x</p></main>",
            "text of the colour of the page",
        ),
    ],
)
def test_what_is_lost_is_told(chromium: Browser, measure: str, html: str, fault: str) -> None:
    forced = "active" if measure == FORCED else "none"
    page = chromium.new_page(viewport={"width": 320, "height": 256}, forced_colors=forced)
    style = ".w { display: block; width: 900px } body { background: #fff }"
    page.set_content(f"<!doctype html><style>{style}</style>{html}")
    told = page.evaluate(measure)
    assert any(fault in one for one in told), told
    page.close()


def _path(app: Flask, door: Door, places: Places, name: str, lang: str) -> str:
    return address(app, door, places, TABLE[name].given).replace("/en/", f"/{lang}/", 1)


def _faults(window: Window, client: Client, path: str) -> list[str]:
    """Everything that is lost on one page, in each way of reading it."""
    response = client.http.get(path, buffered=True)
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    page = window.page
    page.emulate_media(forced_colors="none", color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 256})
    window._shown = response
    page.goto(f"{SITE}{path.partition('?')[0]}")
    page.evaluate(OPEN)
    faults = [f"at 400 %: {one}" for one in page.evaluate(REFLOW)]
    page.evaluate(SPACING)
    faults += [f"spaced, at 400 %: {one}" for one in page.evaluate(SPACED)]
    page.set_viewport_size({"width": 1280, "height": 900})
    faults += [f"spaced: {one}" for one in page.evaluate(SPACED)]
    for scheme in ("light", "dark"):
        page.emulate_media(forced_colors="active", color_scheme=scheme)
        faults += [f"forced colours, {scheme}: {one}" for one in page.evaluate(FORCED)]
    return faults
