"""Pages for axe: drawn by a real Chromium, answered by the portal within this process."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.chromium import chromium

__all__ = ["chromium"]


@pytest.fixture
def app(portal: Flask) -> Flask:
    """The portal; `fresh` connects it to a database."""
    return portal
