"""A real browser on a real run. One worker of the test run does all of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.axe import check
from tests.browser.service import Service
from tests.support.chromium import chromium

__all__ = ["chromium"]

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
LANGUAGES = {"en": "en-CA", "fr": "fr-CA"}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The portal, started as a newcomer starts it."""
    folder = tmp_path_factory.mktemp("service")
    service = Service(folder)
    try:
        service.start()
        yield service
    finally:
        service.stop()
        shutil.rmtree(folder, ignore_errors=True)


Opened = Callable[..., Page]


@pytest.fixture
def open_browser(service: Service, chromium: Browser) -> Iterator[Opened]:
    """`open_browser(lang="fr", width="phone", javascript=False)`: a page of a new browser.

    Whatever its console complains of fails the test: a refused script, a missing file.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(lang: str = "en", width: str = "desk", *, javascript: bool = True) -> Page:
        across, down = WIDTHS[width]
        context = chromium.new_context(
            base_url=service.address,
            locale=LANGUAGES[lang],
            viewport={"width": across, "height": down},
            java_script_enabled=javascript,
            accept_downloads=True,
            reduced_motion="reduce",  # else each change of colours is waited for
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: _note(complaints, said.type, said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def _note(complaints: list[str], kind: str, text: str) -> None:
    # A page of an error is asked for on purpose; the browser calls each one a failed load.
    if kind in {"error", "warning"} and "Failed to load resource" not in text:
        complaints.append(text)


@pytest.fixture(scope="session")
def accessible() -> Callable[[Page], None]:
    """`accessible(page)`: no violation, closed and with everything open, light and dark."""
    return check
