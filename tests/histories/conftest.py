"""One portal for all histories of a test process."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

import app.correspondence.account  # noqa: F401  (deeds tell people through it)
from app.base import settings as base_settings
from app.identity import passwords
from tests.conftest import _values
from tests.histories.portal import Portal


@pytest.fixture
def history_portal(databases, portal, tmp_path, monkeypatch):
    """The portal on the histories' own database, for one test."""
    values = _values(
        database_url=databases.app_url("guichet_history"),
        instance_dir=tmp_path / "instance",
        anchor_dir=tmp_path / "anchors",
    )
    before = base_settings.get()
    base_settings.install(values)
    # The real hash is slow on purpose: here it would only be waited for.
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
    made = Portal(databases)
    made.make_stage()
    with made.printing():
        yield made
    made.dispose()
    base_settings.install(before)
