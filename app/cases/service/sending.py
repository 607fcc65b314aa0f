"""Sending a document: begun, examined, kept, and then an answer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.base import settings
from app.base.db import deed, now
from app.base.errors import Conflict, NotFound
from app.base.queue import enqueue
from app.base.text import showable
from app.cases.models import CasePart, Document, Upload
from app.cases.rules import files
from app.cases.rules.shown import Asked
from app.cases.service.answering import asked_now
from app.cases.service.common import Open, Place, lock_section, part_at, tell_of_part
from app.documents import copies, examining, names, uploads
from app.documents.errors import StoreError
from app.documents.kinds import Found, Reason, Unfit
from app.documents.scanning import ScanState
from app.documents.store import Kept, store
from app.programs.limits import limits
from app.programs.schema.questions import Question

LONGEST_NAME: Final = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which question of which topic a file answers."""

    place: Place
    topic: str
    question: str


class File(NamedTuple):
    """What is known of a file before it comes: its name there, and how to know it again."""

    name: str
    size: int
    modified: int | None = None


class Came(NamedTuple):
    """What became of a file that was sent: its document and name, and whether it is a new one."""

    document: int
    name: str
    is_new: bool = True
    instead_of: str | None = None
    """The name of the file whose place it took; that one can come back."""


def largest() -> int:
    """Octets of the largest file that is taken: megabytes as sizes are shown."""
    return limits().documents.megabytes * 1_000_000


def receive(
    actor: int, account_id: int, wanted: Wanted, name: str, size: int, chunks: Iterable[bytes]
) -> Came:
    """Take a file that came in one piece.

    It is examined and kept before the deed that makes it an answer, so no lock is held while
    octets go about; what dies in between is swept. The same file sent twice is there once. Raises
    as ``begin``, ``finish``; Unfit; StoreError.
    """
    upload = begin(actor, account_id, wanted, File(name, size))
    with given_up_otherwise(upload), copies.copied(_at_most(chunks)) as path:
        return keep(actor, account_id, wanted, upload, path)


@contextmanager
def given_up_otherwise(upload: str) -> Iterator[None]:
    """Nothing is kept of an upload whose file is not taken.

    One that only met a store that did not answer stays, and may go on; what cannot be deleted now
    is swept later.
    """
    try:
        yield
    except StoreError:
        raise
    except BaseException:
        with suppress(StoreError):
            give_up(upload)
        raise


def keep(actor: int, account_id: int, wanted: Wanted, upload: str, path: Path) -> Came:
    """Examine what came of an upload, put it into the store, and make it an answer.

    Raises as ``receive``; the caller gives the upload up then.
    """
    found = examining.examine(path, largest())
    kept = store().put(key_of(upload), copies.octets(path))
    came = finish(actor, account_id, wanted, upload, found, kept)
    if not came.is_new:
        give_up(upload)
    return came


def key_of(upload: str) -> str:
    """Where the store keeps what came of an upload."""
    return f"documents/{upload}"


@deed
def begin(db: Session, actor: int, account_id: int, wanted: Wanted, file: File) -> str:
    """Make ready for a file; return what its upload is called, the same for the same file.

    Raises NotFound, Refused; Unfit for a size that is never taken; Conflict ``not_asked``,
    ``set_aside``, ``too_many_files``, ``not_begun``.
    """
    if not 0 < file.size <= largest():
        raise Unfit(Reason.TOO_LARGE if file.size else Reason.EMPTY)
    _here, part, question = _open(db, actor, account_id, wanted)
    if file.modified is not None:
        again = _known(db, actor, part, wanted, file)
        if again is not None:
            return again
    there = present(db, part.id, wanted.question)
    if all(one.size != file.size for one in there):  # else it may be there already
        require_room(question, there)
    upload = Upload(
        id=secrets.token_hex(20),
        part_id=part.id,
        question=wanted.question,
        person_id=actor,
        file_name=_name(file.name),
        size=file.size,
        modified=file.modified,
    )
    db.add(upload)
    db.flush()
    return upload.id


@deed
def finish(
    db: Session, actor: int, account_id: int, wanted: Wanted, upload: str, found: Found, kept: Kept
) -> Came:
    """Make what the store keeps of an upload an answer.

    A file that the question has already, octet by octet, is not kept twice; another may take the
    place of one (``files.gives_way``). Raises as ``begin``; NotFound when the upload is gone.
    """
    here, part, question = _open(db, actor, account_id, wanted)
    row = db.get(Upload, upload)
    if row is None or (row.person_id, row.part_id) != (actor, part.id):
        raise NotFound(upload)
    there = present(db, part.id, wanted.question)
    for one in there:
        if one.sha256 == kept.sha256:
            return Came(one.id, one.name, is_new=False)
    before = make_room(db, actor, here, part, question)
    document = Document(
        part_id=part.id,
        question=wanted.question,
        key=key_of(upload),
        name=names.safe_name(row.file_name, found.kind),
        kind=found.kind,
        size=kept.size,
        sha256=kept.sha256,
        pages=found.pages,
        sent_by=actor,
    )
    if settings.get().clamd_address is None:
        document.scan, document.scanned_at = ScanState.NOT_SCANNED, now(db)
    db.add(document)
    db.delete(row)
    db.flush()
    tell_of_document(db, Event.DOCUMENT_SENT, actor, here, part, document)
    enqueue(db, "cases.look_at_document", document_id=document.id)
    return Came(document.id, document.name, instead_of=before.name if before else None)


@deed
def _forget(db: Session, upload: str) -> None:
    db.execute(delete(Upload).where(Upload.id == upload))


def give_up(upload: str) -> None:
    """Keep nothing of an upload, neither in the store nor in the table. Raises StoreError."""
    uploads.abandon(store(), upload)
    store().delete(key_of(upload))
    _forget(upload)


# ── below ───────────────────────────────────────────────────────────────────────────────


def _open(
    db: Session, actor: int, account_id: int, wanted: Wanted
) -> tuple[Open, CasePart, Question]:
    """The section, locked, and the question of documents, when it is asked."""
    here = lock_section(db, actor, account_id, wanted.place)
    part = part_at(db, actor, here, wanted.place)
    shown: Asked | None = asked_now(db, here, wanted.place, part).get(wanted.topic)
    found = {} if shown is None else {one.code: one for one in shown.questions}
    if shown is not None and not shown.applies:
        raise Conflict("set_aside")
    question = found.get(wanted.question)
    if question is None:
        raise Conflict("not_asked")
    if question.type != "document":
        raise NotFound(wanted.question)
    return here, part, question


def _known(db: Session, actor: int, part: CasePart, wanted: Wanted, file: File) -> str | None:
    """The upload of the very same file that this person began before, wherever it broke off."""
    return db.scalar(
        select(Upload.id).where(
            Upload.part_id == part.id,
            Upload.question == wanted.question,
            Upload.person_id == actor,
            Upload.file_name == _name(file.name),
            Upload.size == file.size,
            Upload.modified == file.modified,
        )
    )


def _name(given: str) -> str:
    return showable(given)[:LONGEST_NAME] or "document"


def present(db: Session, part_id: int, question: str) -> list[Document]:
    """The documents that answer a question: not those that were removed."""
    wanted = select(Document).filter_by(part_id=part_id, question=question, removed_at=None)
    return list(db.scalars(wanted.order_by(Document.id)))


def require_room(question: Question, there: Sequence[Document]) -> None:
    """Raise Conflict ``too_many_files`` when the question takes no more."""
    if not files.has_room(question, [one.scan for one in there]):
        raise Conflict("too_many_files")


def make_room(
    db: Session, actor: int, here: Open, part: CasePart, question: Question
) -> Document | None:
    """Take out the file whose place another takes, and return it; None where there is room.

    It is removed like any other: it can come back. Raises as ``require_room``.
    """
    there = present(db, part.id, question.code)
    require_room(question, there)
    place = files.gives_way(question, [one.scan for one in there])
    if place is None:
        return None
    document = there[place]
    document.removed_by, document.removed_at = actor, now(db)
    db.flush()
    tell_of_document(db, Event.DOCUMENT_REMOVED, actor, here, part, document)
    return document


def tell_of_document(
    db: Session, event: Event, actor: int, here: Open, part: CasePart, document: Document
) -> None:
    """Write what was done with a document into the trail, by its hash; its name can be erased."""
    tell_of_part(
        db,
        event,
        actor,
        here,
        part,
        changes={"questions": [document.question], "sha256": document.sha256},
        personal={"file_name": document.name},
    )


def _at_most(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The octets, up to one too many: what is too large fills no disk."""
    left = largest() + 1
    for chunk in chunks:
        if left <= 0:
            return
        yield chunk[:left]
        left -= len(chunk)
