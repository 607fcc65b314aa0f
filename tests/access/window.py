"""A browser's window whose every request the portal answers within this process.

No service, no port: what the test client gets is what Chromium draws, headers and all. So a page
of every state is a moment's work, also one that answers a form.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page, Route
from werkzeug.test import TestResponse

from tests.browser.axe import check

WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
SITE = "http://localhost"


class Window:
    """One window, of one width. Whatever its console complains of fails the page."""

    def __init__(self, chromium: Browser, app: Flask, width: str) -> None:
        across, down = WIDTHS[width]
        self._context = chromium.new_context(
            viewport={"width": across, "height": down},
            reduced_motion="reduce",  # else each change of colours is waited for
        )
        self._context.route("**/*", self._answer)
        self._files = app.test_client()
        self._known: dict[str, TestResponse] = {}
        self._shown: TestResponse | None = None
        self.page: Page = self._context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._context.close()

    def look(self, response: TestResponse, path: str) -> None:
        """Draw an answer as the page of an address, and let axe see all its states."""
        self._shown = response
        self.page.goto(f"{SITE}{path}")
        check(self.page)
        assert self.complaints == [], f"{path}: {self.complaints}"

    def _answer(self, route: Route) -> None:
        asked = route.request
        if asked.is_navigation_request() and self._shown is not None:
            self._give(route, self._shown)
            return
        path = urlsplit(asked.url).path
        if path not in self._known:
            self._known[path] = self._files.get(path, buffered=True)
        self._give(route, self._known[path])

    @staticmethod
    def _give(route: Route, answer: TestResponse) -> None:
        headers = {name: value for name, value in answer.headers if name != "Set-Cookie"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.data)

    def _note(self, kind: str, text: str) -> None:
        # A page of an error is asked for on purpose; the browser calls each one a failed load.
        if kind in {"error", "warning"} and "Failed to load resource" not in text:
            self.complaints.append(text)
