"""Whoever acts here has proved a code just now; enrolment says how accounts were opened."""

from __future__ import annotations

import pytest

from tests.delegation.acting import Chain


@pytest.fixture
def chain(app, world):
    return Chain(world)


@pytest.fixture
def proved(chain, acting):
    """The client's manager acts, with a code proved just now."""
    acting(chain.manager)
    return chain
