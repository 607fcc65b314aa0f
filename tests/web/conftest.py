"""The apps of the shell's own tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from app.web.admin import scope
from tests.web.screens import done, screen_app, see_all
from tests.web.small_app import small_app


@pytest.fixture(scope="session")
def shell_app() -> Flask:
    """The shell and the public pages, over no database."""
    return small_app()


@pytest.fixture
def browser_of(shell_app: Flask) -> FlaskClient:
    """A browser without cookies, before the shell."""
    return shell_app.test_client()


@pytest.fixture(scope="session")
def _screens() -> Flask:
    return screen_app()


@pytest.fixture
def screens(_screens: Flask, engine: Engine) -> Iterator[Flask]:
    """Two staff screens on this test's database; everything is visible until a test says less."""
    see_all(_screens)
    done.deeds.clear()
    done.fails = None
    yield _screens
    _screens.extensions.pop("guichet.exported", None)


@pytest.fixture
def desk(screens: Flask) -> FlaskClient:
    """A member of the staff before the two screens."""
    return screens.test_client()


__all__ = ["scope"]
