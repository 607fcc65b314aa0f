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


@pytest.fixture
def browser_of(new_client, sign_in):
    """`browser_of(person)`: a browser of their own, signed in with a code just now."""

    def enter(person, lang="en"):
        browser = new_client(lang)
        sign_in(person, browser)
        return browser

    return enter
