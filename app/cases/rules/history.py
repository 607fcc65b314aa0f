"""What a case has been through: whose turn it is by now, and why it came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from app.cases.rules.moves import open_moves

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseType

Turn = Literal["client", "agency", "nobody"]


@dataclass(frozen=True, slots=True)
class Step:
    """A move that was made."""

    move: str
    to_state: str
    at: datetime
    reason: str | None = None


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
