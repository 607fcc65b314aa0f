"""Where a case is, in words: whose turn it is, what was submitted, what happens next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from app.authority.cards import Db
from app.base.days import local_day
from app.cases.models import CaseMove, Submission
from app.cases.queries import Folder
from app.cases.queries_submitted import history, latest_of, readable, steps
from app.cases.rules import at_once, moves
from app.cases.rules.comparing import Difference, compare
from app.cases.rules.history import Turn, returned, turn
from app.cases.rules.snapshot import Snapshot, as_json, digest, from_json
from app.cases.service.filed import Standing
from app.cases.service.submitting import seen_of
from app.parties.models import Account
from app.programs.schema.cases import Move


@dataclass(frozen=True, slots=True)
class Situation:
    """A case that is open, as its pages need it."""

    state: str
    turn: Turn
    moves: Sequence[CaseMove]
    latest: Submission | None
    reason: str | None
    """Why it was sent back, where it is the client's turn again."""
    due: date | None
    """The day by which the Agency promises to be done."""
    offered: Sequence[Move]
    """The client's moves that lead on from here, whoever may make them."""

    @property
    def submits(self) -> Move | None:
        """The move that submits, where one does from here."""
        return next((move for move in self.offered if move.submits), None)

    @property
    def others(self) -> list[Move]:
        """The client's other moves, such as withdrawing."""
        return [move for move in self.offered if not move.submits]


def situation(db: Db, person_id: int, found: Folder) -> Situation:
    """Where the case of a folder is; one that nobody began is where it would begin."""
    kind, case = found.kind, found.case
    if case is None:
        first = moves.initial(kind)
        offered = tuple(moves.open_moves(kind, first, "client"))
        return Situation(first, "client", (), None, None, None, offered)
    made = history(db, person_id, case)
    been = steps(made)
    return Situation(
        state=case.state,
        turn=turn(kind, case.state, been),
        moves=made,
        latest=latest_of(db, person_id, case),
        reason=returned(kind, case.state, been),
        due=local_day(case.due_at, found.program.zone) if case.due_at is not None else None,
        offered=tuple(moves.open_moves(kind, case.state, "client")),
    )


def standing_of(db: Db, account: Account, found: Folder) -> Standing:
    """The case with every part of it, for what its guards and its snapshot ask."""
    return Standing(db, account, found.program, found.kind).read(found.case)


def seen_here(found: Folder, here: Situation, snapshot: Snapshot | None) -> str:
    """What the form of a move carries: what its page shows."""
    sha256 = digest(as_json(snapshot)) if snapshot is not None else ""
    return seen_of(found.case, len(here.moves), sha256)


def left_to_submit(
    found: Folder, here: Situation, draft: Snapshot, allowed: Collection[str]
) -> list[Difference]:
    """What changed since the last submission and does not count yet, as the reader may see it."""
    if here.latest is None:
        return []
    differences = compare(from_json(here.latest.snapshot), draft)
    seen = readable(found.kind, allowed)
    left = at_once.to_submit(differences, at_once.places(found.kind))
    return [one for one in left if one.part.section in seen]


def turn_words(here: Situation) -> str:
    """Who must do something next, in a sentence."""
    words = {
        "client": _("It is your business’s turn."),
        "agency": _("It is the Agency’s turn. You may go on editing; nothing can be submitted."),
        "nobody": _("Nobody has to do anything now."),
    }
    return str(words[here.turn])
