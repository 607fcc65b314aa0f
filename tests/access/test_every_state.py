"""axe-core, sideways scrolling and small targets on every page of the portal, in every state.

Doors come from the endpoint table, so that a new page is looked at from its first day. States: as
it is, with every disclosure open, with the menus open, in the dark, with nothing found, with its
form refused, and with nothing there yet.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.access.first_day import nobody_yet
from tests.access.walk import Walk, pages, refused
from tests.access.window import Window
from tests.browser.axe import EVERY_ONE
from tests.support.database import Databases
from tests.support.peopled import Fresh, Places, world_in

BY_DAY = [("fr", "phone")]
BY_NIGHT = [("en", "desk"), ("fr", "desk"), ("en", "phone")]
COMBINED = [*BY_DAY, *(pytest.param(*one, marks=pytest.mark.nightly) for one in BY_NIGHT)]
SHARES = 4
"""Each combination in so many parts, so that a failure is told before the last page."""

PAGES = list(pages())
FILES = {
    "GET static",
    "GET appbuilder.static",
    "GET machines.robots",
    "GET machines.security",
    "GET health.healthz",
    "GET health.readyz",
    "GET enrolment.registry_errors",
    "GET ledger.ledger_errors",
    "GET ledger.transactions_file",
    "GET BulkRunView.file",
    "GET consents.attestation",
    "GET consents.file",
    "GET delegation.list_file",
    "GET DocumentView.file",
    "GET DocumentView.preview",
    "GET cases.download",
    "GET cases.preview",
}
"""What a browser stores, and machines read."""


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize(("lang", "width"), COMBINED)
def test_no_state_of_any_page_has_a_violation(
    chromium: Browser,
    app: Flask,
    fresh: Fresh,
    peopled: tuple[str, Places],
    lang: str,
    width: str,
    share: int,
    record_property,
) -> None:
    with Window(chromium, app, width) as window:
        walk = Walk(app, fresh, peopled[1], lang, window)
        for name, actor in PAGES[share::SHARES]:
            walk.through(name, actor, forms=EVERY_ONE or not _is_generated(name))
    for state, number in walk.coverage.items():
        record_property(f"pages {state} for axe", number)
    missing = {name for name, _ in PAGES[share::SHARES]} - walk.seen - FILES
    assert missing == set(), "doors that showed no page"


def _is_generated(name: str) -> bool:
    """Whether a door is a generated screen's: their forms are drawn alike, and the night's."""
    return name.removeprefix("GET ")[0].isupper()


@pytest.mark.nightly
@pytest.mark.parametrize(("lang", "width"), [*BY_DAY, *BY_NIGHT])
def test_no_page_has_a_violation_when_nothing_is_there_yet(
    chromium: Browser,
    app: Flask,
    databases: Databases,
    lang: str,
    width: str,
    record_property,
) -> None:
    """A portal on its first day: staff, one person without a business, an owner without users."""
    with ExitStack() as stack:
        world = world_in(databases, stack.enter_context(databases.copy()), stack)
        places = nobody_yet(world)
        window = stack.enter_context(Window(chromium, app, width))
        walk = Walk(app, lambda: world, places, lang, window)
        for name, actor in pages():
            if walk.can_reach(name):
                walk.through(name, actor, forms=False)
        record_property("pages with nothing yet for axe", walk.coverage["as it is"])
    assert walk.coverage["as it is"] > len(PAGES) // 3


@pytest.mark.parametrize(("lang", "width"), COMBINED)
def test_no_refusal_has_a_violation(
    chromium: Browser,
    app: Flask,
    fresh: Fresh,
    peopled: tuple[str, Places],
    lang: str,
    width: str,
) -> None:
    with Window(chromium, app, width) as window:
        walk = Walk(app, fresh, peopled[1], lang, window)
        for name, actor in refused():
            assert walk.through(name, actor, forms=False), name
        walk.at("/nowhere", "visitor")
        walk.at("/notices/read", "stranger")
    assert walk.coverage["as it is"] == 4
