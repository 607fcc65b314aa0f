"""Uploads that may break: kept in parts as they come, so that they go on where they stopped.

A part lies under its offset, in a folder of its upload, and is never overwritten: of two
connections that send the same upload (one of them hangs, and the browser tried again) the slower
is told where the upload now is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from app.documents.errors import BrokenUpload, NotKept, TooLarge, WrongOffset
from app.documents.store import UPLOADS, DocumentStore, Kept

PART: Final = 1 << 20
"""Octets of a part: what a broken connection loses at most."""
MOST_PARTS: Final = 1_000
"""Parts of one upload; somebody who sends octet by octet is stopped here."""
_UPLOAD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")


def received(store: DocumentStore, upload: str) -> int:
    """How many octets of an upload are kept: where its next part begins."""
    return sum(size for _, size in _parts(store, upload))


def append(
    store: DocumentStore,
    upload: str,
    offset: int,
    chunks: Iterable[bytes],
    *,
    at_most: int | None = None,
) -> int:
    """Keep what comes, part by part, behind ``offset``; return where the upload is then.

    Whatever ends the chunks early, their whole parts stay: ``received`` tells from where to
    go on. Raises WrongOffset when the upload is elsewhere, TooLarge when it would grow beyond
    ``at_most`` octets, BrokenUpload when it comes in too small parts.
    """
    parts = _parts(store, upload)
    have = sum(size for _, size in parts)
    if offset != have:
        raise WrongOffset(have)
    for number, part in enumerate(_cut(chunks, PART), len(parts)):
        if at_most is not None and offset + len(part) > at_most:
            raise TooLarge(at_most)
        if number >= MOST_PARTS:
            raise BrokenUpload(f"more than {MOST_PARTS} parts")
        if not store.add(f"{_folder(upload)}{offset:012d}", part):
            raise WrongOffset(received(store, upload))
        offset += len(part)
    return offset


def assemble(store: DocumentStore, upload: str, key: str, *, at_most: int | None = None) -> Kept:
    """Make a document of an upload's parts, and forget them. Raises NotKept without any."""
    parts = _parts(store, upload)
    if not parts:
        raise NotKept(upload)
    chunks = (chunk for name, _ in parts for chunk in store.read(name))
    kept = store.put(key, chunks, at_most=at_most)
    abandon(store, upload)
    return kept


def abandon(store: DocumentStore, upload: str) -> None:
    """Forget an upload, the last part first: what is left at any moment is a beginning."""
    for name, _, _ in sorted(store.listed(_folder(upload)), reverse=True):
        store.delete(name)


def abandoned(store: DocumentStore, before: datetime) -> set[str]:
    """Uploads that got no part since an instant."""
    last: dict[str, datetime] = {}
    for name, _, at in store.listed(UPLOADS):
        upload = name.removeprefix(UPLOADS).partition("/")[0]
        last[upload] = max(at, last.get(upload, at))
    return {upload for upload, at in last.items() if at < before}


def _parts(store: DocumentStore, upload: str) -> list[tuple[str, int]]:
    """Name and size of each part, in order. Raises BrokenUpload when one is missing."""
    found = sorted(store.listed(_folder(upload)))
    at = 0
    for name, size, _ in found:
        if int(name.rpartition("/")[2]) != at:
            raise BrokenUpload(f"{upload}: nothing is kept at {at}")
        at += size
    return [(name, size) for name, size, _ in found]


def _folder(upload: str) -> str:
    if _UPLOAD.fullmatch(upload) is None:
        raise ValueError(f"{upload!r} names no upload")
    return f"{UPLOADS}{upload}/"


def _cut(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same octets in parts of one size; the last may be smaller."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)
