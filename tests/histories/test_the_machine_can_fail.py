"""The histories find what is wrong: each fault below is put in on purpose, and must be found.

Every one within the number of histories that `make test` tells of its subject.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from app.authority import rules
from app.authority.service import handover, transfer
from app.enrolment.service import activation
from app.identity import codes, factors
from tests.histories.history import History
from tests.histories.machines import HISTORIES, Authority, Enrolment, SigningIn
from tests.histories.running import run


class Fault(NamedTuple):
    """What is wrong, where, and what the database would have to let pass."""

    name: str
    machine: type[History]
    module: Any
    attribute: str
    wrong: Callable[[Any], Any]
    dropped: str | None = None


def _never_ends_an_owner(end: Any) -> Any:
    def wrong(row: Any, reason: str, moment: Any) -> None:
        if reason != "transferred":
            end(row, reason, moment)

    return wrong


def _forgets_every_second_try(settle: Any) -> Any:
    def wrong(db: Any, person_id: int) -> Any:
        barrier = settle(db, person_id)
        factor = factors.factor_of(db, person_id)
        factor.in_a_row -= factor.in_a_row % 2
        return barrier

    return wrong


FAULTS = [
    Fault(
        "a lapsed offer can be accepted",
        Authority,
        rules,
        "is_open",
        lambda _: lambda _expires, _moment: True,
    ),
    Fault(
        "wrong tries are not all counted",
        SigningIn,
        factors,
        "count_try",
        _forgets_every_second_try,
    ),
    Fault(
        "an offer of somebody other than the owner needs no owner",
        Authority,
        rules,
        "status_after_acceptance",
        lambda _: lambda **_facts: "active",
    ),
    Fault(
        "who waits for an activated business keeps a code",
        Enrolment,
        activation,
        "_hold",
        lambda _: lambda _db, _actor, _other: None,
    ),
    Fault(
        "a wrong try of a letter’s code leaves no trace",
        Enrolment,
        activation,
        "record_wrong",
        lambda _: lambda _actor, _trial, _tries: None,
    ),
    Fault(
        "a transfer is withdrawn without a word in the trail",
        Authority,
        transfer,
        "record_transfer",
        lambda _: lambda *_told, **_more: None,
    ),
    Fault(
        "a used code opens again",
        SigningIn,
        codes,
        "consume",
        lambda _: lambda _db, _proof: None,
    ),
    Fault(
        "a transfer leaves two owners",
        Authority,
        handover,
        "end",
        _never_ends_an_owner,
        "ALTER TABLE membership DROP CONSTRAINT ex_membership_exclusive_role",
    ),
]


# Two by day; each takes seconds, and the night has them all.
@pytest.mark.parametrize(
    "fault",
    [*FAULTS[:2], *(pytest.param(fault, marks=pytest.mark.nightly) for fault in FAULTS[2:])],
    ids=lambda fault: fault.name.replace(" ", "_"),
)
def test_a_fault_that_is_put_in_is_found(history_portal, monkeypatch, fault):
    right = getattr(fault.module, fault.attribute)
    monkeypatch.setattr(fault.module, fault.attribute, fault.wrong(right))
    if fault.dropped is not None:
        history_portal.spoil = lambda owner: owner.execute(text(fault.dropped))
    with pytest.raises(AssertionError, match="differs: "):
        # It ends with the first that differs; a fault may need a rare turn of events.
        run(fault.machine, history_portal, 4 * HISTORIES[fault.machine], shrink=False)
