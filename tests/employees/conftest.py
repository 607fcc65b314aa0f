"""A program in which people ask for access, whatever it and its roles are called."""

from __future__ import annotations

import pytest

import app.correspondence.account
import app.employees.scopes  # noqa: F401
from app.authority import registered  # noqa: F401  (the scopes)
from tests.employees.working import Working


@pytest.fixture
def working(world):
    """An account with three program accounts, its manager, and what tests ask of them."""
    return Working(world)


@pytest.fixture
def manager(working):
    return working.manager


@pytest.fixture
def newcomer(world):
    """Somebody with a profile and nothing else."""
    return world.person()
