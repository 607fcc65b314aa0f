"""Whatever people do, in whatever order: the portal and the reference tell the same history."""

from __future__ import annotations

import pytest

from tests.histories.history import History
from tests.histories.machines import (
    HISTORIES,
    SHORT_ONES,
    Authority,
    Enrolment,
    Everything,
    SigningIn,
)
from tests.histories.portal import Portal
from tests.histories.running import LONG, PARTS, SHORT, run

pytestmark = [
    pytest.mark.parametrize("steps", [LONG, SHORT]),
    pytest.mark.parametrize("part", range(PARTS)),
]


@pytest.fixture
def counted(history_portal, record_property):
    """Let the run's last lines tell how many histories there were, and how many deeds."""
    yield
    record_property("histories", history_portal.histories)
    record_property("deeds", history_portal.steps)


def tell(machine: type[History], portal: Portal, steps: int) -> None:
    """As many histories of this length as a day, or a night, has."""
    run(machine, portal, HISTORIES[machine] * (SHORT_ONES if steps == SHORT else 1), steps=steps)


def test_who_may_do_what_in_an_account_is_as_the_reference_foresees(
    history_portal, counted, steps, part
):
    tell(Authority, history_portal, steps)


def test_an_account_is_opened_as_the_reference_foresees(history_portal, counted, steps, part):
    tell(Enrolment, history_portal, steps)


def test_people_sign_in_as_the_reference_foresees(history_portal, counted, steps, part):
    tell(SigningIn, history_portal, steps)


def test_all_that_people_do_is_as_the_reference_foresees(history_portal, counted, steps, part):
    tell(Everything, history_portal, steps)
