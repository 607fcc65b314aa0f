"""The page of every way in which a request fails, drawn and looked at with axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_wtf.csrf import CSRFError
from playwright.sync_api import Browser
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge
from werkzeug.test import TestResponse

from app.base.errors import Conflict, Invalid, NotFound, Refused, TooMany
from app.web.access import public
from config import ROOT
from tests.access.window import Window

FAILS: dict[str, Callable[[], Exception]] = {
    "400": lambda: Invalid({"name": "empty"}),
    "403": lambda: Refused("staff.read", "no_role"),
    "404": lambda: NotFound("account 1"),
    "405": lambda: MethodNotAllowed(["POST"]),
    "409": lambda: Conflict("stale"),
    "413": RequestEntityTooLarge,
    "429": lambda: TooMany("sign_in", datetime.now(UTC) + timedelta(minutes=7)),
    "500": lambda: RuntimeError("broken on purpose"),
    "503": lambda: OperationalError("SELECT 1", {}, Exception("gone")),
    "form_too_old": lambda: CSRFError("expired"),
}
"""Each template of `errors/`, and what leads to it."""
_NIGHT = [("en", "desk"), ("fr", "desk"), ("en", "phone")]


@pytest.fixture
def failing(app: Flask, engine: Engine, monkeypatch) -> Callable[..., TestResponse]:
    """`failing(error, lang)`: what a visitor is answered when a page ends in this."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def ask(error: Callable[[], Exception], lang: str) -> TestResponse:
        @public
        def fails() -> str:
            raise error()

        monkeypatch.setitem(app.view_functions, "front.contact", fails)
        return app.test_client().get(f"/{lang}/contact", buffered=True)

    return ask


@pytest.mark.parametrize(
    ("lang", "width"),
    [("fr", "phone"), *(pytest.param(*one, marks=pytest.mark.nightly) for one in _NIGHT)],
)
def test_no_page_of_an_error_has_a_violation(
    chromium: Browser, app: Flask, failing: Callable[..., TestResponse], lang: str, width: str
) -> None:
    with Window(chromium, app, width) as window:
        for name, error in FAILS.items():
            answer = failing(error, lang)
            assert answer.status_code == (400 if name == "form_too_old" else int(name))
            assert answer.text.startswith("<!doctype html>"), name
            window.look(answer, f"/{lang}/contact")


def test_every_page_of_an_error_is_led_to() -> None:
    there = {path.stem for path in Path(ROOT, "app/web/templates/errors").glob("[!_]*.html")}
    assert set(FAILS) == there
