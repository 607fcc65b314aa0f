"""Deeds on the ledger: a file of it is kept, held beside what is there, imported whole or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, Date, Numeric, Text, func, insert, literal, select, update
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record, record_many
from app.authority.queries import authorise, find, visible
from app.base.db import deed
from app.base.errors import Conflict, NotFound
from app.base.queue import enqueue
from app.ledger.comparing import Change, Preview, array_of, compare
from app.ledger.models import LedgerImport, LedgerLine, LedgerUpload
from app.ledger.rules.lines import MOVING
from app.ledger.service.reading import what_was_read
from app.parties.registry import lock_registry
from app.parties.uploading import CHUNK, Db, keep
from app.programs.models import Program

_SAID: Final = {
    "program_account": Text,
    "kind": Text,
    "number": Text,
    "dated": Date,
    "description": Text,
    "amount": Numeric,
    "state": Text,
    "due_on": Date,
    "submitted_by": Text,
}
"""What a file says of a line."""

READ: Final = "staff.ledger.read"
IMPORT: Final = "staff.ledger.import"


@deed
def upload(db: Session, actor: int, program_id: int, file_name: str, content: bytes) -> int:
    """Keep a file for its preview, for a day at most; nothing of it is in the ledger yet.

    Raises Invalid ``file`` ``empty`` or ``too_large``; Refused.
    """
    program = find(db, actor, READ, Program, program_id)
    authorise(db, actor, IMPORT, program)
    kept = keep(db, LedgerUpload, actor, program.id, file_name, content)
    enqueue(db, "ledger.read", upload_id=kept.id)
    return kept.id


def my_upload(db: Db, actor: int, upload_id: int) -> LedgerUpload:
    """A file that this officer uploaded and has not imported yet. Raises NotFound."""
    found = find(db, actor, IMPORT, LedgerUpload, upload_id)
    if found.uploaded_by != actor:
        raise NotFound(f"LedgerUpload {upload_id}")
    return found


def check(db: Db, actor: int, upload_id: int) -> Preview:
    """Hold the lines of an uploaded file beside the ledger; change nothing.

    Raises Conflict ``not_read`` while the worker reads it.
    """
    kept = my_upload(db, actor, upload_id)
    if kept.state == "reading":
        raise Conflict("not_read")
    return compare(db, kept.program_id, what_was_read(db, kept.id))


def imported_from(db: Db, actor: int, upload_id: int) -> LedgerImport | None:
    """The import that an upload of this officer has become."""
    wanted = visible(actor, READ, LedgerImport).where(
        LedgerImport.upload_id == upload_id, LedgerImport.imported_by == actor
    )
    return db.scalars(wanted).one_or_none()


@deed
def ask_import(db: Session, actor: int, upload_id: int) -> None:
    """Let the worker import an uploaded file. Raises Conflict ``not_read``, ``has_errors``."""
    kept = my_upload(db, actor, upload_id)
    db.refresh(kept, with_for_update=True)
    authorise(db, actor, IMPORT, db.get_one(Program, kept.program_id))
    if kept.state == "importing":
        return
    if check(db, actor, upload_id).errors:
        raise Conflict("has_errors")
    kept.state = "importing"
    enqueue(db, "ledger.import", upload_id=kept.id, actor=actor)


@deed
def confirm(db: Session, actor: int, upload_id: int) -> int:
    """Import an uploaded file, all of it or nothing; return the import's number.

    It is compared again, since the ledger and the registry may have changed since the preview;
    neither does meanwhile. A line that the file does not name stays as it is. Raises Conflict
    ``not_read``, ``has_errors``.
    """
    kept = my_upload(db, actor, upload_id)
    lock_registry(db, kept.program_id)
    lock_ledger(db, kept.program_id)
    program = db.get_one(Program, kept.program_id)
    authorise(db, actor, IMPORT, program)
    preview = check(db, actor, upload_id)
    if preview.errors:
        raise Conflict("has_errors")
    done = LedgerImport(
        program_id=program.id,
        file_name=kept.file_name,
        sha256=kept.sha256,
        row_count=preview.row_count,
        added=len(preview.added),
        changed=len(preview.changed),
        imported_by=actor,
        upload_id=kept.id,
    )
    db.add(done)
    db.flush()
    _add(db, done, preview.added)
    _change(db, done, preview.changed)
    db.delete(kept)
    db.flush()
    record(
        db,
        Event.LEDGER_IMPORTED,
        actor=actor,
        target=done,
        changes={
            name: getattr(done, name)
            for name in ("file_name", "sha256", "row_count", "added", "changed")
        },
    )
    record_many(
        db,
        Event.LEDGER_LINE_CHANGED,
        [(one.was.id, one.changes, {}) for one in preview.changed if one.was],
        actor=actor,
        target_kind=LedgerLine.__tablename__,
        program_id=program.id,
    )
    return done.id


def lock_ledger(db: Session, program_id: int) -> None:
    """Two officers who import at the same instant do so one after the other."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("ledger", program_id))))


def _add(db: Session, done: LedgerImport, added: Sequence[Change]) -> None:
    """Write new lines, some thousand in one statement."""
    for start in range(0, len(added), CHUNK):
        some = added[start : start + CHUNK]
        new = func.unnest(
            array_of(BigInteger, [one.entry_id for one in some]),
            *(
                array_of(kind, [getattr(one.data, name) for one in some])
                for name, kind in _SAID.items()
            ),
        ).table_valued("registry_entry_id", *_SAID)
        rows = select(*new.render_derived().c, literal(done.program_id), literal(done.id))
        names = ["registry_entry_id", *_SAID, "program_id", "import_id"]
        db.execute(insert(LedgerLine).from_select(names, rows, include_defaults=False))


def _change(db: Session, done: LedgerImport, changed: Sequence[Change]) -> None:
    """Say anew what has become of lines, some thousand in one statement."""
    for start in range(0, len(changed), CHUNK):
        some = changed[start : start + CHUNK]
        new = (
            func.unnest(
                array_of(BigInteger, [one.was.id for one in some if one.was]),
                array_of(Text, [one.data.description for one in some]),
                array_of(Text, [one.data.state for one in some]),
                array_of(Date, [one.data.due_on for one in some]),
            )
            .table_valued("id", "description", "state", "due_on")
            .render_derived()
        )
        db.execute(
            update(LedgerLine)
            .where(LedgerLine.id == new.c.id)
            .values({name: new.c[name] for name in MOVING} | {"import_id": done.id})
            .execution_options(synchronize_session=False)
        )
