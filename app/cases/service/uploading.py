"""Sending a file in parts, so that it goes on where a broken connection left it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.base.db import session
from app.base.errors import NotFound
from app.cases.models import Upload
from app.cases.service.sending import (
    Came,
    File,
    Wanted,
    begin,
    finish,
    give_up,
    given_up_otherwise,
    key_of,
    largest,
)
from app.documents import copies, examining, uploads
from app.documents.errors import BrokenUpload, WrongOffset
from app.documents.store import store


@dataclass(frozen=True, slots=True)
class Taken:
    """How far an upload is: its next octet, and what became of the file once it is whole."""

    upload: str
    offset: int
    came: Came | None = None

    @property
    def document(self) -> int | None:
        """The document's number, once the file is whole."""
        return self.came.document if self.came is not None else None


def go_on(actor: int, account_id: int, wanted: Wanted, file: File) -> Taken:
    """Begin an upload, or find the one of the same file that broke off.

    Raises as ``sending.begin``; StoreError.
    """
    upload = begin(actor, account_id, wanted, file)
    session.rollback()  # no transaction is held open while the store answers
    return Taken(upload, _received(upload))


def take(
    actor: int, account_id: int, wanted: Wanted, upload: str, offset: int, octets: bytes
) -> Taken:
    """Keep the next octets of an upload; with the last of them it becomes a document.

    Octets for another place than the next are left out, and the answer says where to go on.
    Raises NotFound for an upload that is not this person's, or is gone; as ``sending.receive``.
    """
    size = _size(actor, upload)
    have = offset
    if octets:
        try:
            have = uploads.append(store(), upload, offset, [octets], at_most=size)
        except WrongOffset as elsewhere:
            have = elsewhere.have
    if have < size:
        return Taken(upload, have)
    return Taken(upload, have, _whole(actor, account_id, wanted, upload))


def _whole(actor: int, account_id: int, wanted: Wanted, upload: str) -> Came:
    """Make the parts a document."""
    with given_up_otherwise(upload):
        kept = uploads.assemble(store(), upload, key_of(upload), at_most=largest())
        with copies.copied(store().read(key_of(upload))) as path:
            found = examining.examine(path, largest())
        came = finish(actor, account_id, wanted, upload, found, kept)
        if not came.is_new:
            give_up(upload)
        return came


def _size(actor: int, upload: str) -> int:
    size = session.scalar(select(Upload.size).filter_by(id=upload, person_id=actor))
    session.rollback()
    if size is None:
        raise NotFound(upload)
    return size


def _received(upload: str) -> int:
    """Where the upload is. One whose parts make no whole begins again."""
    try:
        return uploads.received(store(), upload)
    except BrokenUpload:
        uploads.abandon(store(), upload)
        return 0
