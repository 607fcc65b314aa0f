"""Reading a case for the staff: its sections, what was submitted, and what it went through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.audit.events import Event
from app.audit.models import Entry
from app.authority.queries import visible
from app.cases.models import CaseMove, CasePart, ClientCase, Document, Submission, holds
from app.cases.queries import Folder, by_section
from app.programs.published import published

Db = Session | scoped_session[Session]

READ = "staff.cases.read"
MOST_ENTRIES = 25
"""How much of the trail stands on the page of a case; all of it has a screen of its own."""


def folder_of_case(db: Db, person_id: int, case: ClientCase) -> Folder:
    """A case as the staff read it: every section of questions, under the case's own version."""
    program = published(db, case.program, case.definition_version)
    kind = program.cases[case.case_type]
    seen = [section for section in kind.sections.values() if section.kind == "questions"]
    wanted = visible(person_id, READ, CasePart).where(
        CasePart.case_id == case.id, CasePart.removed_at.is_(None)
    )
    rows = list(db.scalars(wanted.order_by(CasePart.id)))
    return Folder(program, kind, case, by_section(db, program, seen, rows))


def moves_of(db: Db, person_id: int, case: ClientCase) -> Sequence[CaseMove]:
    """Every move that a case made, the first one first."""
    made = visible(person_id, READ, CaseMove).where(CaseMove.case_id == case.id)
    made = made.options(joinedload(CaseMove.person)).order_by(CaseMove.ordinal)
    return db.scalars(made).all()


def submissions_of(db: Db, person_id: int, case: ClientCase) -> Sequence[Submission]:
    """What was submitted of a case, the last one first; what each holds is read when asked for."""
    wanted = (
        visible(person_id, READ, Submission)
        .where(Submission.case_id == case.id)
        .options(joinedload(Submission.person))
    )
    return db.scalars(wanted.order_by(Submission.ordinal.desc())).all()


def documents_of(db: Db, person_id: int, case: ClientCase) -> Mapping[int, Document]:
    """Every document that was ever sent for a case, by its number; also those removed since."""
    wanted = (
        visible(person_id, READ, Document)
        .join(CasePart, CasePart.id == Document.part_id)
        .where(CasePart.case_id == case.id)
    )
    return {one.id: one for one in db.scalars(wanted)}


def was_submitted(db: Db, document: Document) -> bool:
    """Whether a submission holds the document, by what was kept of it.

    One that stood under a question which was not asked is in none.
    """
    holding = (
        select(Submission.id)
        .join(CasePart, CasePart.case_id == Submission.case_id)
        .where(CasePart.id == document.part_id, holds(Submission.snapshot, document.id))
    )
    return db.scalar(holding.limit(1)) is not None


def entries_of(db: Db, person_id: int, case: ClientCase, parts: Sequence[int]) -> Sequence[Entry]:
    """The last entries of the trail about a case and its parts; moves have rows of their own."""
    about = [("client_case", str(case.id)), *(("case_part", str(part)) for part in parts)]
    wanted = visible(person_id, "staff.trail.read", Entry).where(
        tuple_(Entry.target_kind, Entry.target_id).in_(about),
        Entry.event != Event.CASE_MOVED.value,
    )
    return db.scalars(wanted.order_by(Entry.seq.desc()).limit(MOST_ENTRIES)).all()
