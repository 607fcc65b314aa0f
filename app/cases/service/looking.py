"""What becomes of a document after it was sent: scanned, drawn, and one day not kept any more.

All of it is the worker's. Each may run twice, and a worker may die anywhere in it: what is put
into the store is put under a key that says whose it is, and rows tell of it afterwards.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.authority.locks import lock_account
from app.base import settings
from app.base.db import deed, now, session
from app.base.errors import GuichetError
from app.base.queue import enqueue
from app.cases.models import CasePart, ClientCase, Document, Submission, Upload
from app.cases.rules import files
from app.cases.service.sending import give_up
from app.cases.service.verdicts import tell_of_verdict
from app.documents import copies, previews, scanning
from app.documents.kinds import Kind, Unfit
from app.documents.previews import Preview
from app.documents.scanning import ScanState
from app.documents.store import store

Db = Session | scoped_session[Session]

GIVEN_UP: Final = timedelta(days=7)
"""How long a broken upload can go on; then what came of it is deleted."""
AT_ONCE: Final = 500


class ScannerAway(GuichetError):
    """The scanner did not answer: the job is tried again."""


def preview_key(key: str) -> str:
    """Where the store keeps the preview of the document that it keeps under ``key``."""
    return f"previews/{key.partition('/')[2]}"


def look_at(document_id: int) -> None:
    """Scan a document that was not scanned yet, and draw its preview once it may be opened.

    No transaction is held open meanwhile. Raises ScannerAway, StoreError: then it is tried again.
    """
    document = session.get(Document, document_id)
    if document is None or document.purged_at is not None:
        return
    key, kind, state = document.key, Kind(document.kind), ScanState(document.scan)
    drawn = document.preview_width is not None
    session.rollback()
    if state in (ScanState.WAITING, ScanState.NOT_SCANNED):
        state = _scan(document_id, key, state)
    if files.may_be_opened(state) and not drawn:
        _draw(document_id, key, kind)


def _scan(document_id: int, key: str, before: ScanState) -> ScanState:
    address = settings.get().clamd_address
    if address is None and before is ScanState.NOT_SCANNED:
        return before
    told = scanning.scan(address, store().read(key))
    if told.again:
        raise ScannerAway(told.detail)
    settle_scan(document_id, told.state)
    return told.state


@deed
def settle_scan(db: Session, document_id: int, state: ScanState) -> None:
    """Write down what the scanner said; once it said clean or infected, it stays.

    Whoever sent a file that nobody may open then is told in the same transaction.
    """
    part, case = _where(db, document_id)
    account = lock_account(db, case.account_id)  # nobody submits the file meanwhile
    db.refresh(case)
    db.refresh(part)
    document = db.get_one(Document, document_id, with_for_update=True)
    if document.scan not in (ScanState.WAITING, ScanState.NOT_SCANNED):
        return
    if document.scan == state:
        return
    document.scan, document.scanned_at = state, now(db)
    db.flush()
    tell_of_verdict(db, account, case, part, document)
    _tell(db, Event.DOCUMENT_SCANNED, document, scan=str(state))


def _where(db: Session, document_id: int) -> tuple[CasePart, ClientCase]:
    """The part that a document is of, and its case."""
    document = db.get_one(Document, document_id)
    part = db.get_one(CasePart, document.part_id)
    return part, db.get_one(ClientCase, part.case_id)


def _draw(document_id: int, key: str, kind: Kind) -> None:
    if kind not in previews.DRAWN:
        return
    with copies.copied(store().read(key)) as path:
        into = path.with_name("preview")
        try:
            preview = previews.draw(path, kind, into)
        except Unfit:
            return  # a rare file that can be opened, and not drawn within the limits
        if preview is None:
            return
        store().put(preview_key(key), copies.octets(into))
    _settle_preview(document_id, preview)


@deed
def _settle_preview(db: Session, document_id: int, preview: Preview) -> None:
    document = db.get_one(Document, document_id, with_for_update=True)
    document.preview_type = preview.media_type
    document.preview_width, document.preview_height = preview.width, preview.height


@deed
def ask_again(db: Session) -> int:
    """Have documents looked at that wait for an hour, or that no scanner saw before one was set.

    Returns how many.
    """
    waiting = [ScanState.WAITING]
    if settings.get().clamd_address is not None:
        waiting.append(ScanState.NOT_SCANNED)
    wanted = select(Document.id).where(
        Document.scan.in_(waiting),
        Document.purged_at.is_(None),
        Document.sent_at < func.guichet_now() - timedelta(hours=1),
    )
    found = list(db.scalars(wanted.order_by(Document.id).limit(AT_ONCE)))
    for number in found:
        enqueue(db, "cases.look_at_document", document_id=number)
    return len(found)


# ── what is not kept any more ───────────────────────────────────────────────────────────


def superfluous(db: Db) -> list[tuple[int, str]]:
    """Documents that nobody can bring back and that no submission holds, with their keys.

    "Versions kept until submission": a document is removed, then what is left is submitted. Those
    whose turn was lately are among them, since the worker may have died before it deleted them.
    """
    later, holding = aliased(Submission), aliased(Submission)
    left_out = and_(
        Document.removed_at.is_not(None),
        Document.purged_at.is_(None),
        exists().where(later.case_id == CasePart.case_id, later.submitted_at > Document.removed_at),
        ~exists().where(
            holding.case_id == CasePart.case_id,
            holding.submitted_at.between(Document.sent_at, Document.removed_at),
        ),
    )
    wanted = (
        select(Document.id, Document.key)
        .join(CasePart, CasePart.id == Document.part_id)
        .where(or_(left_out, Document.purged_at > func.guichet_now() - timedelta(days=3)))
    )
    return [(one.id, one.key) for one in db.execute(wanted.order_by(Document.id).limit(AT_ONCE))]


def purge(document_id: int, key: str) -> None:
    """Keep nothing of a superfluous document but its row. Raises StoreError.

    The row says so first: nobody is promised a document that is being deleted.
    """
    if _settle_purge(document_id):
        store().delete(preview_key(key))
        store().delete(key)


@deed
def _settle_purge(db: Session, document_id: int) -> bool:
    document = db.get_one(Document, document_id, with_for_update=True)
    if document.removed_at is None:
        return False  # it came back meanwhile
    if document.purged_at is None:
        document.purged_at = now(db)
        db.flush()
        _tell(db, Event.DOCUMENT_PURGED, document)
    return True


def sweep() -> None:
    """Delete what is left of uploads that nobody went on with. Raises StoreError."""
    wanted = select(Upload.id).where(Upload.begun_at < func.guichet_now() - GIVEN_UP)
    found = list(session.scalars(wanted.limit(AT_ONCE)))
    session.rollback()
    for upload in found:
        give_up(upload)


def _tell(db: Session, event: Event, document: Document, **more: str) -> None:
    """Write what the portal itself did with a document, under its account."""
    part, case = _where(db, document.id)
    record(
        db,
        event,
        actor=None,
        target=part,
        account_id=case.account_id,
        program_id=case.program_id,
        changes={
            "section": part.section,
            "questions": [document.question],
            "sha256": document.sha256,
            **more,
        },
    )
