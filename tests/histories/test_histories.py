"""Whatever people do, in whatever order: the portal and the reference tell the same history."""

from __future__ import annotations

from tests.histories.agency import Agency
from tests.histories.doors import Doors
from tests.histories.running import run


class Authority(Agency, Doors):
    """Users, ownership, staff, delegations; and every door at intervals."""


def test_who_may_do_what_in_an_account_is_as_the_reference_foresees(history_portal):
    run(Authority, history_portal, 60)
