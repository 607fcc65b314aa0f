"""Keeping what is submitted: its number, its snapshot and fingerprint, and a copy to be made."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.errors import Conflict
from app.base.identifiers import new_submission_number
from app.base.queue import enqueue
from app.cases.models import ClientCase, Submission
from app.cases.rules.snapshot import Snapshot, as_json, digest
from app.programs.schema.cases import Move


class _Sent(Protocol):
    @property
    def seen(self) -> str: ...
    @property
    def language(self) -> str: ...


def seen_of(case: ClientCase | None, moves_made: int, sha256: str = "") -> str:
    """What the page of a move shows, in one word: the case, how often it moved, what is in it.

    Without ``sha256`` it is the beginning of that word, for a move that submits nothing.
    """
    number = case.id if case is not None else 0
    place = f"{number}.{moves_made}"
    return f"{place}:{sha256}" if sha256 else place


def submit(
    db: Session, actor: int, case: ClientCase, snapshot: Snapshot, move: Move, sent: _Sent
) -> Submission:
    """Keep the case as it is, under a number of its own, inside the caller's deed.

    Raises Conflict ``changed`` when somebody changed an answer since the page was drawn: nobody
    declares to be true what they have not seen.
    """
    kept = as_json(snapshot)
    sha256 = digest(kept)
    if sent.seen.partition(":")[2] != sha256:
        raise Conflict("changed")
    count = select(func.count()).where(Submission.case_id == case.id)
    submission = Submission(
        case_id=case.id,
        ordinal=(db.scalar(count) or 0) + 1,
        number=_new_number(db),
        definition_version=case.definition_version,
        language=sent.language,
        declaration=move.declaration.say(sent.language) if move.declaration else None,
        submitted_by=actor,
        snapshot=kept,
        sha256=sha256,
    )
    db.add(submission)
    db.flush()
    enqueue(
        db, "cases.copy_submission", submission_id=submission.id, lock=f"submission:{submission.id}"
    )
    record(
        db,
        Event.CASE_SUBMITTED,
        actor=actor,
        target=submission,
        account_id=case.account_id,
        program_id=case.program_id,
        changes={
            "number": submission.number,
            "definition_version": submission.definition_version,
            "language": submission.language,
            "sha256": sha256,
        },
    )
    return submission


def _new_number(db: Session) -> str:
    """A number that no submission has. Of two deeds that drew the same, the second fails."""
    while True:
        number = new_submission_number()
        if db.scalar(select(Submission.id).where(Submission.number == number)) is None:
            return number
