"""Deeds on the registry: a file imported whole or not at all, a business written from a paper.

They stand here and not with the parties, since they ask who may.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find, visible
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, NotFound
from app.base.queue import enqueue
from app.enrolment.service.reading import what_was_read
from app.enrolment.service.registry_trail import (
    corrected_line,
    record_added,
    record_corrected,
    told_of,
)
from app.parties.models import RegistryEntry, RegistryImport, RegistryUpload
from app.parties.registry import (
    Change,
    Db,
    Preview,
    columns_of,
    compare,
    different,
    entries_of,
    fill,
    lock_registry,
    rename_business,
)
from app.parties.rules.entries import EntryData
from app.parties.uploading import CHUNK, keep
from app.programs.models import Program

IMPORT: Final = "staff.registry.import"
ADD: Final = "staff.registry.add"


@deed
def upload(db: Session, actor: int, program_id: int, file_name: str, content: bytes) -> int:
    """Keep a file for its preview, for a day at most; nothing of it is in the registry yet.

    Raises Invalid ``file`` ``empty`` or ``too_large``; Refused.
    """
    program = find(db, actor, "staff.registry.read", Program, program_id)
    authorise(db, actor, IMPORT, program)
    kept = keep(db, RegistryUpload, actor, program.id, file_name, content)
    enqueue(db, "enrolment.read_registry", upload_id=kept.id)
    return kept.id


def my_upload(db: Db, actor: int, upload_id: int) -> RegistryUpload:
    """A file that this officer uploaded and has not imported yet. Raises NotFound."""
    found = find(db, actor, IMPORT, RegistryUpload, upload_id)
    if found.uploaded_by != actor:
        raise NotFound(f"RegistryUpload {upload_id}")
    return found


def check(db: Db, actor: int, upload_id: int) -> Preview:
    """Hold the lines of an uploaded file beside the registry; change nothing.

    Raises Conflict ``not_read`` while the worker reads it.
    """
    kept = my_upload(db, actor, upload_id)
    if kept.state == "reading":
        raise Conflict("not_read")
    return compare(what_was_read(db, kept.id), entries_of(db, kept.program_id))


def imported_from(db: Db, actor: int, upload_id: int) -> RegistryImport | None:
    """The import that an upload of this officer has become."""
    wanted = visible(actor, "staff.registry.read", RegistryImport).where(
        RegistryImport.upload_id == upload_id, RegistryImport.imported_by == actor
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
    enqueue(db, "enrolment.import_registry", upload_id=kept.id, actor=actor)


@deed
def confirm(db: Session, actor: int, upload_id: int) -> int:
    """Import an uploaded file, all of it or nothing; return the import's number.

    It is compared again, since the registry may have changed since the preview. A business that
    the file does not name stays as it is. Raises Conflict ``not_read``, ``has_errors``.
    """
    kept = my_upload(db, actor, upload_id)
    lock_registry(db, kept.program_id)
    program = db.get_one(Program, kept.program_id)
    authorise(db, actor, IMPORT, program)
    preview = check(db, actor, upload_id)
    if preview.errors:
        raise Conflict("has_errors")
    done = RegistryImport(
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
    moment = now(db)
    origin = {"program_id": program.id, "origin": "import", "import_id": done.id}
    for start in range(0, len(preview.added), CHUNK):
        some = preview.added[start : start + CHUNK]
        db.execute(insert(RegistryEntry), [columns_of(one.entry) | origin for one in some])
    corrected = []
    for change in preview.changed:
        if change.was is None:
            continue
        before = told_of(change.was)
        fill(change.was, change.entry)
        change.was.origin, change.was.paper_reference = "import", None
        change.was.import_id, change.was.as_of = done.id, moment
        rename_business(db, change)
        corrected.append(corrected_line(change.was, before))
    db.delete(kept)
    db.flush()
    record(
        db,
        Event.REGISTRY_IMPORTED,
        actor=actor,
        target=done,
        changes={
            "file_name": done.file_name,
            "sha256": done.sha256,
            "row_count": done.row_count,
            "added": done.added,
            "changed": done.changed,
        },
    )
    record_corrected(db, actor, program.id, corrected)
    return done.id


@deed
def add_entry(
    db: Session, actor: int, program_id: int, data: EntryData, paper_reference: str
) -> int:
    """Add one business to the registry by hand, from a paper; return its number.

    Raises Invalid ``bn`` or ``carrier_code`` ``taken``, ``paper_reference`` ``empty``; Refused.
    """
    return write_entry(db, actor, program_id, data, paper_reference).id


def write_entry(
    db: Session, actor: int, program_id: int, data: EntryData, paper_reference: str
) -> RegistryEntry:
    """The same, inside another deed."""
    program = find(db, actor, "staff.registry.read", Program, program_id)
    lock_registry(db, program.id)
    authorise(db, actor, ADD, program)
    _require_reference(paper_reference)
    _refuse_taken(db, program.id, data, None)
    entry = RegistryEntry(
        program_id=program.id, origin="officer", paper_reference=paper_reference.strip()
    )
    fill(entry, data)
    db.add(entry)
    db.flush()
    record_added(db, actor, entry)
    return entry


def correct_entry(
    db: Session, actor: int, entry: RegistryEntry, data: EntryData, paper_reference: str
) -> RegistryEntry:
    """Correct an entry from a paper, inside another deed; the next import may change it again."""
    lock_registry(db, entry.program_id)
    db.refresh(entry)
    authorise(db, actor, ADD, entry)
    _require_reference(paper_reference)
    _refuse_taken(db, entry.program_id, data, entry.id)
    before = told_of(entry)
    change = Change(0, data, entry, different(entry, data))
    fill(entry, data)
    entry.origin, entry.paper_reference = "officer", paper_reference.strip()
    entry.as_of = now(db)
    rename_business(db, change)
    db.flush()
    record_corrected(db, actor, entry.program_id, [corrected_line(entry, before)])
    return entry


def _require_reference(paper_reference: str) -> None:
    if not paper_reference.strip():
        raise Invalid({"paper_reference": "empty"})


def _refuse_taken(db: Session, program_id: int, data: EntryData, own_id: int | None) -> None:
    errors = {}
    for column in ("bn", "carrier_code"):
        value = getattr(data, column)
        if value is None:
            continue
        wanted = select(RegistryEntry.id).where(
            RegistryEntry.program_id == program_id, getattr(RegistryEntry, column) == value
        )
        if db.scalar(wanted) not in {None, own_id}:
            errors[column] = "taken"
    if errors:
        raise Invalid(errors)
