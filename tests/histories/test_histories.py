"""Whatever people do, in whatever order: the portal and the reference tell the same history."""

from __future__ import annotations

from tests.histories.activation import Activation
from tests.histories.agency import Agency
from tests.histories.doors import Doors
from tests.histories.measures import Measures
from tests.histories.newcomers import Newcomers
from tests.histories.running import run


class Authority(Agency, Doors):
    """Users, ownership, staff, delegations; and every door at intervals."""


class SigningIn(Measures, Newcomers, Doors):
    """Names, passwords, codes, locks, sessions; and every door at intervals."""


class Enrolment(Activation, Doors):
    """Registrations, letters, codes; and every door at intervals."""


def test_who_may_do_what_in_an_account_is_as_the_reference_foresees(history_portal):
    run(Authority, history_portal, 60)


def test_an_account_is_opened_as_the_reference_foresees(history_portal):
    run(Enrolment, history_portal, 40)


def test_people_sign_in_as_the_reference_foresees(history_portal):
    run(SigningIn, history_portal, 40)
