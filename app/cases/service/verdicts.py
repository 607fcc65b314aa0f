"""Telling people what the scanner said of a file, where nobody may open it any more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.authority.people import people_who, staff_who
from app.authority.queries import may
from app.cases.models import CasePart, ClientCase, Document, Submission, holds
from app.cases.rules.files import UNREADABLE
from app.cases.service.answering import asked_now
from app.cases.service.common import Open, Place, program_of
from app.cases.service.telling import EXAMINE
from app.correspondence.service import notify
from app.documents.scanning import ScanState
from app.parties.models import Account
from app.programs.schema.questions import Question

_NOTICES: Final = {
    (ScanState.INFECTED, False): "file_with_virus",
    (ScanState.INFECTED, True): "submitted_file_with_virus",
    (ScanState.COULD_NOT_SCAN, False): "file_not_scannable",
    (ScanState.COULD_NOT_SCAN, True): "submitted_file_not_scannable",
}


def tell_of_verdict(
    db: Session, account: Account, case: ClientCase, part: CasePart, document: Document
) -> None:
    """Tell whoever sent the file, once, inside the deed that writes the verdict down.

    Whoever may not fill in the section any more is told nothing of the business: those who may
    are. Where the last submission holds the file, the officers learn that they cannot open it.
    Nobody is told of a case that is over, nor of a file that was taken out of the answers.
    """
    state = ScanState(document.scan)
    if state not in UNREADABLE or case.closed_at is not None:
        return
    submission = _submission_with(db, document, case)
    stands = document.removed_at is None and part.removed_at is None
    if not stands and submission is None:
        return
    here = _section_of(db, account, case, part)
    question, path = _question(db, here, part, document)
    facts = {
        "business": account.party.name,
        "file": document.name,
        "question": {"en": question.text.en, "fr": question.text.fr} if question else _whole(here),
    }
    for person_id in _concerned(db, account, part, document):
        notify(
            db,
            person_id,
            _NOTICES[state, submission is not None],
            facts,
            account_id=account.id,
            program_id=account.program_id,
            path=path if stands else f"/a/{account.id}/",
        )
    if submission is not None:
        _tell_officers(db, account, case, document, submission)


def _submission_with(db: Session, document: Document, case: ClientCase) -> Submission | None:
    """The case's last submission, when it holds the document."""
    made = select(Submission).where(Submission.case_id == case.id)
    last = made.order_by(Submission.ordinal.desc()).limit(1).subquery()
    wanted = select(Submission).join(last, last.c.id == Submission.id)
    return db.scalars(wanted.where(holds(Submission.snapshot, document.id))).one_or_none()


def _section_of(db: Session, account: Account, case: ClientCase, part: CasePart) -> Open:
    program = program_of(db, account, case)
    kind = program.cases[case.case_type]
    return Open(account, program, kind, kind.sections[part.section], case)


def _question(
    db: Session, here: Open, part: CasePart, document: Document
) -> tuple[Question | None, str]:
    """The question that the file was sent for, and where it stands; the dashboard if nowhere."""
    place = Place(here.kind.code, part.section, part.key)
    shown = asked_now(db, here, place, part)
    number = part.id if here.section.repeated else 0
    section = f"/a/{here.account.id}/case/{here.kind.code}/{part.section}/{number}"
    for code, topic in (here.section.topics or {}).items():
        question = topic.questions.get(document.question)
        if question is not None:
            asked = code in shown and any(q.code == question.code for q in shown[code].questions)
            return question, f"{section}/topic/{code}" if asked else f"{section}/check"
    return None, f"{section}/check"


def _whole(here: Open) -> dict[str, str]:
    """The section, where its question is not in the definition any more."""
    return {"en": here.section.label.en, "fr": here.section.label.fr}


def _concerned(db: Session, account: Account, part: CasePart, document: Document) -> Iterator[int]:
    """Whoever sent the file, where they may still fill in the section; else those who may."""
    deed = f"{part.section}.edit"
    if may(db, document.sent_by, deed, account):
        yield document.sent_by
    else:
        yield from (one.id for one in people_who(db, deed, account))


def _tell_officers(
    db: Session, account: Account, case: ClientCase, document: Document, submission: Submission
) -> None:
    """In the portal, without an e-mail: the work list is where they look."""
    facts = {
        "business": account.party.name,
        "file": document.name,
        "number": submission.number,
    }
    for one in staff_who(db, EXAMINE, account.program_id):
        notify(
            db,
            one.id,
            "submitted_file_unreadable",
            facts,
            program_id=account.program_id,
            path=f"/staff/cases/show/{case.id}",
            mail=False,
        )
