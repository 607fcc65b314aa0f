"""Keeping the copy of a submission that the worker drew."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.db import deed
from app.cases.models import Submission, SubmissionCopy
from app.documents.store import Kept


def key_of(submission: Submission) -> str:
    """Under which key the store keeps the copy: the same whoever draws it, however often."""
    return f"submissions/{submission.id}/{submission.sha256}.pdf"


@deed
def keep_copy(db: Session, submission_id: int, key: str, kept: Kept) -> None:
    """Say where the copy is; nothing happens where it was said before."""
    said = db.execute(
        insert(SubmissionCopy)
        .values(submission_id=submission_id, key=key, size=kept.size, sha256=kept.sha256)
        .on_conflict_do_nothing()
        .returning(SubmissionCopy.submission_id)
    ).first()
    if said is None:
        return
    submission = db.get_one(Submission, submission_id)
    record(
        db,
        Event.SUBMISSION_COPIED,
        target=submission,
        account_id=submission.case.account_id,
        program_id=submission.case.program_id,
        changes={"number": submission.number, "sha256": kept.sha256},
    )
