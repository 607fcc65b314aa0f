"""Whatever people do, in whatever order: the portal and the reference tell the same history."""

from __future__ import annotations

import pytest

from tests.histories.machines import HISTORIES, Authority, Enrolment, Everything, SigningIn
from tests.histories.running import run


@pytest.fixture
def counted(history_portal, record_property):
    """Let the run's last lines tell how many histories there were, and how many deeds."""
    yield
    record_property("histories", history_portal.histories)
    record_property("deeds", history_portal.steps)


def test_who_may_do_what_in_an_account_is_as_the_reference_foresees(history_portal, counted):
    run(Authority, history_portal, HISTORIES[Authority])


def test_an_account_is_opened_as_the_reference_foresees(history_portal, counted):
    run(Enrolment, history_portal, HISTORIES[Enrolment])


def test_people_sign_in_as_the_reference_foresees(history_portal, counted):
    run(SigningIn, history_portal, HISTORIES[SigningIn])


def test_all_that_people_do_is_as_the_reference_foresees(history_portal, counted):
    run(Everything, history_portal, HISTORIES[Everything])
