"""From state to state: which moves a case may make, and what still stands in their way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.base.errors import Conflict, Invalid

if TYPE_CHECKING:
    from typing import Literal

    from app.programs.schema.cases import CaseType, Guard, Move


_MET_IN_MAKING: Final = frozenset({"fresh_code"})
"""Guards that whoever makes the move meets by making it: they are asked for a code then."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What guards ask of a case."""

    complete: bool
    """Every section is at 100 %."""
    scanned: bool
    """Every document was scanned, and none was found to be harmful."""
    fresh: bool
    """Whoever moves it proved a code a moment ago."""
    owned: bool
    """The account has its one owner."""


def initial(case: CaseType) -> str:
    """The state in which a case begins."""
    return next(code for code, state in case.states.items() if state.initial)


def open_moves(case: CaseType, state: str, by: Literal["client", "staff"]) -> Iterator[Move]:
    """The moves that lead out of this state, for clients or for staff, in their order."""
    return (move for move in case.moves.values() if move.by == by and state in move.comes_from)


def may_submit(case: CaseType, state: str) -> bool:
    """Whether what is edited may be submitted from this state.

    "While CBSA is reviewing users can edit and save but not submit."
    """
    return any(move.submits for move in open_moves(case, state, "client"))


def unmet(move: Move, facts: Facts) -> tuple[Guard, ...]:
    """The guards that still stand in the way, in the order in which they are written."""
    met = {
        "all_sections_complete": facts.complete,
        "documents_scanned": facts.scanned,
        "fresh_code": facts.fresh,
        "one_owner": facts.owned,
    }
    return tuple(guard for guard in move.guards if not met[guard])


def obstacles(move: Move, facts: Facts) -> tuple[Guard, ...]:
    """The guards that stand in the way whoever makes the move: pressing the button meets none."""
    return tuple(guard for guard in unmet(move, facts) if guard not in _MET_IN_MAKING)


def require(
    move: Move, state: str, facts: Facts, *, reason: str = "", declared: bool = False
) -> None:
    """Let the move pass, or say why not.

    Raises Conflict ``moved`` when the case is elsewhere by now, or with the first guard that is
    not met; Invalid when a reason or a declaration is missing.
    """
    if state not in move.comes_from:
        raise Conflict("moved")
    if left := unmet(move, facts):
        raise Conflict(left[0])
    missing = {}
    if move.asks_reason and not reason.strip():
        missing["reason"] = "empty"
    if move.declaration is not None and not declared:
        missing["declared"] = "empty"
    if missing:
        raise Invalid(missing)


def waits_for_staff(case: CaseType, state: str) -> bool:
    """Whether it is the staff's turn: a move of theirs leads out of the state."""
    return any(True for _ in open_moves(case, state, "staff"))


def shape_of(case: CaseType, state: str) -> str:
    """How a state is drawn, whatever it is called: whose turn it is, or that it is over.

    With the staff it is *submitted* where a submission leads to it, else *review*; with the client
    it is *done* where a move that gives a standing leads to it, else *waiting*; *draft* and *ended*
    are the two ends.
    """
    here = case.states[state]
    if here.initial or here.final:
        return "draft" if here.initial else "ended"
    led = [move for move in case.moves.values() if move.goes_to == state]
    if waits_for_staff(case, state):
        return "submitted" if any(move.submits for move in led) else "review"
    return "done" if any(move.standing for move in led) else "waiting"
