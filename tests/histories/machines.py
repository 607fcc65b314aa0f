"""The machines that are run, and how many of their histories `make test` tells."""

from __future__ import annotations

from tests.histories.activation import Activation
from tests.histories.agency import Agency
from tests.histories.doors import Doors
from tests.histories.measures import Measures
from tests.histories.newcomers import Newcomers


class Authority(Agency, Doors):
    """Users, ownership, staff, delegations; and every door at intervals."""


class Enrolment(Activation, Doors):
    """Registrations, letters, codes; and every door at intervals."""


class SigningIn(Measures, Newcomers, Doors):
    """Names, passwords, codes, locks, sessions; and every door at intervals."""


class Everything(Agency, Activation, Newcomers, Doors):
    """All of it in one history: who registered transfers, who is disabled has a code waiting."""


HISTORIES = {Authority: 20, Enrolment: 15, SigningIn: 12, Everything: 8}
"""Long ones; of short ones `SHORT_ONES` times as many."""
SHORT_ONES = 3
