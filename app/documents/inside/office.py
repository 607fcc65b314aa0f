"""DOCX and XLSX: an archive of parts without programs, other files, or anything from elsewhere."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final
from xml.parsers import expat

from app.documents.inside.octets import UNREADABLE
from app.documents.kinds import MEDIA_TYPES, Found, Kind, Reason, Unfit

MOST_PARTS: Final = 5_000
LARGEST: Final = 300_000_000
"""Octets that all parts unfold to, together."""
HIGHEST_RATIO: Final = 200
_SMALL: Final = 1_000_000
"""Octets below which a part may be as repetitive as it likes."""
_CHUNK: Final = 1 << 18
_ARCHIVES: Final = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ")
_OLE: Final = b"\xd0\xcf\x11\xe0"
_CONTENT_TYPES: Final = "[content_types].xml"
_MAIN: Final = {
    f"{MEDIA_TYPES[Kind.DOCX]}.main+xml": Kind.DOCX,
    f"{MEDIA_TYPES[Kind.XLSX]}.main+xml": Kind.XLSX,
}
_PROGRAMS: Final = ("vbaproject", "vbadata", "activex", "macrosheets", "dialogsheets")
_HARMLESS_LINK: Final = re.compile(r"(https?:|mailto:|tel:|#).*|[\w.%][^:\\]*", re.IGNORECASE)
"""A page, somebody's address, a place in the document, a file beside it; no other machine's."""


def look(path: Path) -> Found:
    """Say which of the two it is; raise Unfit."""
    content = path.read_bytes()
    # An archive is found by its end: another one may stand before it, or a comment behind it.
    if content[-22:-18] != b"PK\x05\x06":
        raise Unfit(Reason.POLYGLOT if b"PK\x05\x06" in content else Reason.DAMAGED)
    del content
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_unfit_directory(archive)
            kind = _kind(archive)
            total = 0
            for part in archive.infolist():
                total += _refuse_unfit_part(archive, part)
                if total > LARGEST:
                    raise Unfit(Reason.ARCHIVE_BOMB)
    except (zipfile.BadZipFile, *UNREADABLE):
        raise Unfit(Reason.DAMAGED) from None
    return Found(kind)


def _refuse_unfit_directory(archive: zipfile.ZipFile) -> None:
    """Refuse by what the directory says, before anything is unfolded."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST:
        raise Unfit(Reason.ARCHIVE_BOMB)
    if any(part.flag_bits & 1 for part in parts):
        raise Unfit(Reason.ENCRYPTED)
    if min((part.header_offset for part in parts), default=0) != 0:
        raise Unfit(Reason.POLYGLOT)
    names = [part.filename.lower() for part in parts]
    if len(set(names)) != len(names) or not all(map(_is_name_of_a_part, names)):
        raise Unfit(Reason.DAMAGED)
    _refuse_overlaps(parts)
    for name in names:
        _refuse_name(name)


def _refuse_overlaps(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse parts that share their octets: by that, a small archive unfolds without end."""
    end = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        if part.header_offset < end:
            raise Unfit(Reason.ARCHIVE_BOMB)
        end = part.header_offset + 30 + len(part.filename.encode()) + part.compress_size


def _is_name_of_a_part(name: str) -> bool:
    return not (name.startswith("/") or "\\" in name or ".." in name.split("/") or "\x00" in name)


def _refuse_name(name: str) -> None:
    if any(word in name for word in _PROGRAMS):
        raise Unfit(Reason.MACROS)
    if "/embeddings/" in name:
        raise Unfit(Reason.EMBEDDED)
    if name.startswith("xl/externallinks/") or name == "xl/connections.xml":
        raise Unfit(Reason.EXTERNAL)


def _kind(archive: zipfile.ZipFile) -> Kind:
    """Which kind the list of contents names, once."""
    named = [part for part in archive.infolist() if part.filename.lower() == _CONTENT_TYPES]
    if not named:
        raise Unfit(Reason.UNKNOWN_KIND)
    types: list[str] = []

    def begin(_tag: str, attributes: dict[str, str]) -> None:
        types.append(attributes.get("ContentType", "").strip())

    _parse(archive, named[0], begin)
    if any("macroenabled" in one.lower() or "vba" in one.lower() for one in types):
        raise Unfit(Reason.MACROS)
    kinds = {_MAIN[one] for one in types if one in _MAIN}
    if len(kinds) != 1:
        raise Unfit(Reason.UNKNOWN_KIND)
    return kinds.pop()


def _refuse_unfit_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """Unfold one part, whose own sum then proves it; return its real size."""
    size, head = 0, b""
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            head = head or chunk[:16]
            size += len(chunk)
            if size > _SMALL and size > HIGHEST_RATIO * max(part.compress_size, 1):
                raise Unfit(Reason.ARCHIVE_BOMB)
    if head.startswith(_ARCHIVES):
        raise Unfit(Reason.ARCHIVE_BOMB)
    if head.startswith(_OLE):
        raise Unfit(Reason.EMBEDDED)
    if part.filename.lower().endswith(".rels"):
        _parse(archive, part, _refuse_relation)
    return size


def _refuse_relation(_tag: str, attributes: dict[str, str]) -> None:
    """Refuse what is fetched when the document opens; a link that a person follows may stay."""
    if attributes.get("TargetMode", "").lower() != "external":
        return
    link = attributes.get("Type", "").endswith("/hyperlink")
    if not (link and _HARMLESS_LINK.fullmatch(attributes.get("Target", ""))):
        raise Unfit(Reason.EXTERNAL)


def _parse(
    archive: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    begin: Callable[[str, dict[str, str]], None],
) -> None:
    """Read a small part as XML without declarations, which could name other files or grow."""
    if part.file_size > _SMALL * 5:
        raise Unfit(Reason.ARCHIVE_BOMB)

    def declared(*_about: object) -> None:
        raise Unfit(Reason.DAMAGED)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = declared
    parser.StartElementHandler = begin
    try:
        parser.Parse(archive.read(part), True)
    except expat.ExpatError:
        raise Unfit(Reason.DAMAGED) from None
