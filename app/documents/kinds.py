"""What a file is, by its content and never by its name, and why it may not be taken.

The head and the size are looked at here; everything that takes a parser happens in a child
process with limits (``examining``), since the file may be hostile. What a refusal is about:

* a file that is two files at once shows one to us and another to whoever opens it;
* a file that runs something, fetches something or carries other files harms its reader;
* a small file that unfolds to a large one takes the machine down.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from app.base.errors import GuichetError


class Kind(StrEnum):
    """The kinds of files that are taken."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    HEIC = "heic"
    DOCX = "docx"
    XLSX = "xlsx"


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: Final[Mapping[Kind, str]] = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.HEIC: "image/heic",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
}
EXTENSIONS: Final[Mapping[Kind, str]] = {
    Kind.PDF: "pdf",
    Kind.PNG: "png",
    Kind.JPEG: "jpg",
    Kind.HEIC: "heic",
    Kind.DOCX: "docx",
    Kind.XLSX: "xlsx",
}


class Reason(StrEnum):
    """Why a file is not taken; pages have a sentence for each."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN_KIND = "unknown_kind"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    """It opens with a password only."""
    POLYGLOT = "polyglot"
    """It is something else as well: octets after its end, markup in a picture."""
    ARCHIVE_BOMB = "archive_bomb"
    """It unfolds to far more than it is, or holds archives in archives."""
    MACROS = "macros"
    """A document or a spreadsheet with a program in it."""
    ACTIVE = "active"
    """A PDF that runs or sends something when it is opened or clicked."""
    EMBEDDED = "embedded"
    """It carries other files."""
    EXTERNAL = "external"
    """It fetches something from elsewhere when it is opened."""
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_COSTLY = "too_costly"
    """Looking into it takes more time or memory than a file may."""


class Unfit(GuichetError):
    """The file is not taken."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Found(NamedTuple):
    """What a file is; pages of a PDF, width and height in pixels of a picture (as stored)."""

    kind: Kind
    pages: int | None = None
    width: int | None = None
    height: int | None = None


_HEAD: Final = 64
_HEIC: Final = {b"heic", b"heix", b"heim", b"heis"}
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")


def by_head(path: Path, at_most: int) -> Kind:
    """Say what a file begins as, which costs nothing. Raises Unfit.

    DOCX and XLSX begin alike: what begins so is called DOCX here.
    """
    size = path.stat().st_size
    if size == 0:
        raise Unfit(Reason.EMPTY)
    if size > at_most:
        raise Unfit(Reason.TOO_LARGE)
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(_COMPOUND) and _LOCKED in file.read(1 << 20):
            raise Unfit(Reason.ENCRYPTED)  # Office puts a locked document into such a case
    kind = _by_magic(head)
    if kind is None:
        raise Unfit(Reason.UNKNOWN_KIND)
    return kind


def _by_magic(head: bytes) -> Kind | None:
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if head.startswith(b"PK\x03\x04"):
        return Kind.DOCX
    if head[4:8] == b"ftyp":
        end = min(int.from_bytes(head[:4], "big"), _HEAD)
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
        return Kind.HEIC if brands & _HEIC else None
    return None
