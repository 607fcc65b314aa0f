"""The paper that an officer's word stands on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.base.db import now
from app.base.errors import Invalid
from app.enrolment.models import Registration

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Paper:
    """On what an officer decided: the paper's reference, and a note for staff."""

    reference: str
    note: str


def require_paper(paper: Paper) -> None:
    """An officer's word stands on a paper: its reference and a note are kept with the decision."""
    errors = {
        name: "empty"
        for name, text in (("paper_reference", paper.reference), ("note", paper.note))
        if not text.strip()
    }
    if len(paper.note) > LONGEST_NOTE:
        errors["note"] = "too_long"
    if errors:
        raise Invalid(errors)


def sign(db: Session, actor: int, row: Registration, paper: Paper) -> None:
    """Write who decided, when, and on what."""
    row.decided_at, row.officer_id = now(db), actor
    row.paper_reference = paper.reference.strip() or None
    row.officer_note = paper.note.strip() or None
