"""What a case has been through: whose turn it is by now, and why it came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal

from app.base.days import add_days, local_day
from app.cases.rules.moves import open_moves

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseType
    from app.programs.schema.definition import Definition

Turn = Literal["client", "agency", "nobody"]
DECIDE: Final = "staff.cases.decide"
"""The action of a move that decides: what a service standard promises is done with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """A move that was made."""

    move: str
    to_state: str
    at: datetime
    reason: str | None = None


def due(program: Definition, kind: CaseType, steps: Sequence[Step]) -> date | None:
    """The day by which the Agency promised to be done, the first of those that run.

    A service standard begins the first time that the case comes to a state which names it; sending
    the case back does not stop it, a decision does.
    """
    found: dict[str, date] = {}
    for step in steps:
        move, state = kind.moves.get(step.move), kind.states.get(step.to_state)
        if move is not None and move.action == DECIDE:
            found.clear()
        if state is None or state.clock is None or state.clock in found:
            continue
        within = program.service_standards[state.clock].within
        found[state.clock] = add_days(local_day(step.at, program.zone), within)
    return min(found.values(), default=None)


def returned(kind: CaseType, state: str, steps: Sequence[Step]) -> str | None:
    """Why the case is with the client again: the reason of the move that brought it there.

    None where it did not come back, or where nothing can be submitted from where it is.
    """
    if not steps or steps[-1].to_state != state or not _submits(kind, state):
        return None
    return steps[-1].reason


def turn(kind: CaseType, state: str, steps: Sequence[Step]) -> Turn:
    """Who must do something next.

    Where something may be submitted it is the client's turn before the first submission and after
    it was sent back; once it is decided nobody waits for anybody, though changes may be submitted.
    """
    if kind.states[state].final:
        return "nobody"
    if _submits(kind, state):
        waits = kind.states[state].initial or returned(kind, state, steps) is not None
        return "client" if waits else "nobody"
    return "agency" if any(open_moves(kind, state, "staff")) else "client"


def _submits(kind: CaseType, state: str) -> bool:
    return any(move.submits for move in open_moves(kind, state, "client"))
