"""One portal for all histories of a test process."""

from __future__ import annotations

import pytest

import app.correspondence.account  # noqa: F401  (deeds tell people through it)
from app.base import settings as base_settings
from tests.conftest import _values
from tests.histories.portal import Portal


@pytest.fixture
def history_portal(databases, portal, tmp_path):
    """The portal on the histories' own database, for one test."""
    values = _values(
        database_url=databases.app_url("guichet_history"),
        instance_dir=tmp_path / "instance",
        anchor_dir=tmp_path / "anchors",
    )
    before = base_settings.get()
    base_settings.install(values)
    made = Portal(databases)
    made.make_stage()
    with made.printing():
        yield made
    made.dispose()
    base_settings.install(before)
