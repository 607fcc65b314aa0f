"""Reading documents that somebody may open, and what was removed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.queries import visible_for
from app.base.errors import NotFound
from app.cases.models import CasePart, ClientCase, Document
from app.cases.queries import Part
from app.parties.models import Account

Db = Session | scoped_session[Session]


def document_of(
    db: Db, person_id: int, account: Account, number: int, allowed: Collection[str]
) -> Document:
    """A document of the account that the person may see, by the section that it belongs to.

    ``allowed`` are the actions that the person may do on the account; the row is asked again.
    Raises NotFound for one that there is not, and one that was purged.
    """
    viewing = [action for action in allowed if action.endswith(".view")]
    wanted = (
        visible_for(person_id, viewing, Document)
        .join(CasePart, CasePart.id == Document.part_id)
        .join(ClientCase, ClientCase.id == CasePart.case_id)
        .where(
            Document.id == number,
            ClientCase.account_id == account.id,
            Document.purged_at.is_(None),
        )
    )
    found = db.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(f"Document {number}")
    return found


def part_gone(
    db: Db, person_id: int, account: Account, section: str, number: int
) -> CasePart | None:
    """A part of the account that was removed, or whose case is closed; None where there is none."""
    wanted = (
        visible_for(person_id, [f"{section}.view"], CasePart)
        .join(ClientCase, ClientCase.id == CasePart.case_id)
        .where(
            CasePart.id == number,
            CasePart.section == section,
            ClientCase.account_id == account.id,
            or_(CasePart.removed_at.is_not(None), ClientCase.closed_at.is_not(None)),
        )
        .options(joinedload(CasePart.remover))
    )
    return db.scalars(wanted).one_or_none()


def removed(db: Db, part: Part, questions: Collection[str]) -> dict[str, list[Document]]:
    """Question → the documents of it that were removed and can come back, the newest first."""
    if part.row is None or not questions:
        return {}
    wanted = (
        select(Document)
        .where(
            Document.part_id == part.row.id,
            Document.question.in_(questions),
            Document.removed_at.is_not(None),
            Document.purged_at.is_(None),
        )
        .order_by(Document.removed_at.desc())
        .options(joinedload(Document.sender))
    )
    found: dict[str, list[Document]] = {}
    for one in db.scalars(wanted):
        found.setdefault(one.question, []).append(one)
    return found
