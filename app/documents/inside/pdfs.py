"""PDF: one whole file that only shows its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pikepdf

from app.documents.inside.octets import UNREADABLE, refuse_archive
from app.documents.kinds import Found, Kind, Reason, Unfit

MOST_OBJECTS: Final = 300_000
_DEEPEST: Final = 100
_END: Final = b"%%EOF"
_SPACE: Final = b"\x00\t\n\x0c\r "

ACTIVE_KEYS: Final = frozenset({"/JS", "/XFA"})
ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE", "/GoToR"}
)
"""Actions that run a program, send what was typed, or open another file; links are none."""
EMBEDDED_KEYS: Final = frozenset({"/EF", "/Collection", "/RichMediaContent"})
"""What a file in a file hangs on. Acrobat leaves lists of scripts and files behind, empty."""
EMBEDDED_TYPES: Final = frozenset({"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/3D"})


def look(path: Path) -> Found:
    """Count the pages; raise Unfit."""
    _refuse_second_file(path.read_bytes())
    try:
        with pikepdf.open(path) as pdf:
            _refuse_unfit_objects(pdf)
            pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise Unfit(Reason.ENCRYPTED) from None
    except (pikepdf.PdfError, *UNREADABLE):
        raise Unfit(Reason.DAMAGED) from None
    if pages == 0:
        raise Unfit(Reason.DAMAGED)
    return Found(Kind.PDF, pages=pages)


def _refuse_second_file(content: bytes) -> None:
    end = content.rfind(_END)
    if end < 0:
        raise Unfit(Reason.DAMAGED)
    if content[end + len(_END) :].strip(_SPACE):
        raise Unfit(Reason.POLYGLOT)
    refuse_archive(content)


def _refuse_unfit_objects(pdf: pikepdf.Pdf) -> None:
    if pdf.is_encrypted:
        raise Unfit(Reason.ENCRYPTED)
    for number, thing in enumerate(pdf.objects):
        if number > MOST_OBJECTS:
            raise Unfit(Reason.TOO_COSTLY)
        _refuse_more_than_pages(thing, 0)


def _refuse_more_than_pages(thing: Any, depth: int) -> None:
    """Refuse what does more than show; what other objects hold is looked at there."""
    if depth > _DEEPEST:
        raise Unfit(Reason.TOO_COSTLY)
    inside: list[Any] = []
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        entries = dict(thing.items())
        _refuse_entries(entries)
        inside.extend(entries.values())
    elif isinstance(thing, pikepdf.Array):
        inside.extend(thing)
    for one in inside:
        if isinstance(one, pikepdf.Object) and not one.is_indirect:
            _refuse_more_than_pages(one, depth + 1)


def _refuse_entries(entries: dict[str, Any]) -> None:
    if entries.keys() & ACTIVE_KEYS or _name(entries, "/S") in ACTIONS:
        raise Unfit(Reason.ACTIVE)
    if entries.keys() & EMBEDDED_KEYS or _name(entries, "/Type") in EMBEDDED_TYPES:
        raise Unfit(Reason.EMBEDDED)
    if _name(entries, "/Subtype") in EMBEDDED_TYPES:
        raise Unfit(Reason.EMBEDDED)


def _name(entries: dict[str, Any], key: str) -> str:
    value = entries.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""
