"""Documents taken out of the answers, and brought back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.base.db import deed, now
from app.base.errors import Conflict, NotFound
from app.cases.models import CasePart, ClientCase, Document
from app.cases.rules.files import UNREADABLE
from app.cases.service.common import Open, Place, lock_section
from app.cases.service.sending import make_room, tell_of_document
from app.programs.schema.questions import Question


@deed
def remove(db: Session, actor: int, account_id: int, number: int) -> None:
    """Take a document out of the answers. It is kept, and may come back, until the next submission.

    Raises NotFound, Refused. Nothing happens where it is removed already.
    """
    here, part, document = _opened(db, actor, account_id, number)
    if document.removed_at is None:
        document.removed_by, document.removed_at = actor, now(db)
        db.flush()
        tell_of_document(db, Event.DOCUMENT_REMOVED, actor, here, part, document)


@deed
def bring_back(db: Session, actor: int, account_id: int, number: int) -> None:
    """Make a document that was removed an answer again.

    It takes the place of another as a new one does. Raises NotFound, Refused; Conflict
    ``too_many_files``, ``file_gone`` once it was purged, ``file_refused`` where the scanner said
    that nobody may open it, and ``not_asked`` where its question is gone.
    """
    here, part, document = _opened(db, actor, account_id, number)
    if document.removed_at is None:
        return
    if document.purged_at is not None:
        raise Conflict("file_gone")
    if document.scan in UNREADABLE:
        raise Conflict("file_refused")
    make_room(db, actor, here, part, _question(here, document.question))
    document.removed_by = document.removed_at = None
    db.flush()
    tell_of_document(db, Event.DOCUMENT_BROUGHT_BACK, actor, here, part, document)


def _opened(
    db: Session, actor: int, account_id: int, number: int
) -> tuple[Open, CasePart, Document]:
    """A document of the account, its section locked. Raises NotFound, Refused."""
    asked = (
        select(Document, CasePart, ClientCase)
        .join(CasePart, CasePart.id == Document.part_id)
        .join(ClientCase, ClientCase.id == CasePart.case_id)
        .where(Document.id == number, ClientCase.account_id == account_id)
    )
    found = db.execute(asked).one_or_none()
    if found is None:
        raise NotFound(f"Document {number}")
    document, part, case = found
    here = lock_section(db, actor, account_id, Place(case.case_type, part.section, part.key))
    db.refresh(document, with_for_update=True)  # the worker may be purging it
    db.refresh(part)
    if part.removed_at is not None or here.case is None or here.case.id != case.id:
        raise NotFound(f"Document {number}")
    return here, part, document


def _question(here: Open, code: str) -> Question:
    """The question that a document answers. Raises Conflict ``not_asked``."""
    for topic in (here.section.topics or {}).values():
        found = topic.questions.get(code)
        if found is not None and found.type == "document":
            return found
    raise Conflict("not_asked")
