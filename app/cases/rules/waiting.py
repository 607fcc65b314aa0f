"""Whose turn a case is, and until when: what the staff's lists are narrowed and ordered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.base.days import add_days, local_day
from app.cases.rules.history import Step
from app.cases.rules.moves import waits_for_staff

if TYPE_CHECKING:
    from datetime import date

    from app.programs.schema.cases import CaseType
    from app.programs.schema.definition import Definition

DECIDE: Final = "staff.cases.decide"
"""The action of a move that decides: what a service standard promises is done with it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A service standard that runs: which, from which day on, and its last day."""

    clock: str
    since: date
    due: date


def running(
    program: Definition, kind: CaseType, state: str, steps: Sequence[Step]
) -> tuple[Running, ...]:
    """The service standards that run for a case, in the order in which they began.

    Each began the first time that the case came to a state that names it: "La norme de l'agence
    consiste à traiter les demandes dans un délai de 180 jours ouvrables." Sending a case back does
    not stop it; a decision, or the end of the case, does.
    """
    if kind.states[state].final:
        return ()
    found: dict[str, Running] = {}
    for step in steps:
        move, there = kind.moves.get(step.move), kind.states.get(step.to_state)
        if move is not None and move.action == DECIDE:
            found.clear()
        if there is None or there.clock is None or there.clock in found:
            continue
        since = local_day(step.at, program.zone)
        within = program.service_standards[there.clock].within
        found[there.clock] = Running(there.clock, since, add_days(since, within))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the staff's lists know of a case without reading its history."""

    with_staff: bool
    """A move of theirs leads on from where it is."""
    due: date | None
    """The day by which the Agency promised to be done, the first where several are promised."""


def waiting(program: Definition, kind: CaseType, state: str, steps: Sequence[Step]) -> Waiting:
    """What to keep of a case once it made its last step."""
    clocks = running(program, kind, state, steps)
    due = min((one.due for one in clocks), default=None)
    return Waiting(waits_for_staff(kind, state), due)
