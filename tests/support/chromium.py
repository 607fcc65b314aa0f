"""Debian's Chromium for the tests that look at pages.

Playwright keeps an event loop running in the thread that started it, which makes every
`asyncio.run` of a later test on the same worker fail. It is therefore stopped at the end of each
module, and all tests that use it go to one worker (`tests.support.scheduling`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.browser import find

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser without a sandbox, as root in a container needs it."""
    path = find()
    assert path is not None, "no Chromium: see `make programs`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()
