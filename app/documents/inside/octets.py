"""What is seen from a file's octets alone: another file hidden in it, markup, boxes."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

from app.documents.kinds import Reason, Unfit

UNREADABLE: Final = (
    *(OSError, ValueError, SyntaxError, RuntimeError, EOFError, LookupError, ArithmeticError),
    *(TypeError, AttributeError, struct.error, zlib.error),
)
"""What libraries raise over a file that is not as they expect."""
_ARCHIVE_END: Final = b"PK\x05\x06"
_LONGEST_TAIL: Final = 22 + 65_535
"""An archive is found by its end, which stands in the last octets of a file."""
_MARKUP: Final = re.compile(
    rb"<(script|iframe|html|body|object|embed|applet)[\s>/]|<\?php|<!doctype|<svg\s+(on|xmlns)",
    re.IGNORECASE,
)


def refuse_archive(content: bytes) -> None:
    """Refuse a file that is an archive as well. Raises Unfit."""
    tail = content[-_LONGEST_TAIL:]
    at = tail.rfind(_ARCHIVE_END)
    while at >= 0:
        if len(tail) - at >= 22 and _leads_to_a_directory(content, len(content) - len(tail) + at):
            raise Unfit(Reason.POLYGLOT)
        at = tail.rfind(_ARCHIVE_END, 0, at)


def _leads_to_a_directory(content: bytes, end: int) -> bool:
    # Four octets may stand there by chance; a directory of that size before them may not. Programs
    # find the directory behind whatever precedes the archive, by its size and not by its place.
    size = struct.unpack_from("<I", content, end + 12)[0]
    return size == 0 or content[max(end - size, 0) :].startswith(b"PK\x01\x02")


def refuse_markup(content: bytes) -> None:
    """Refuse a picture in which a browser could find a page or a program. Raises Unfit."""
    if _MARKUP.search(content):
        raise Unfit(Reason.POLYGLOT)


def boxes(content: bytes, at: int, *, broken: Reason) -> Iterator[tuple[bytes, int, int]]:
    """Type, beginning and end of each box of an ISO media file, which must fill it exactly."""
    while at < len(content):
        if at + 8 > len(content):
            raise Unfit(broken)
        size, name = struct.unpack_from(">I4s", content, at)
        head = 8
        if size == 1:
            if at + 16 > len(content):
                raise Unfit(broken)
            size, head = struct.unpack_from(">Q", content, at + 8)[0], 16
        elif size == 0:
            size = len(content) - at
        if size < head or at + size > len(content) or not name.isascii() or not name.isalnum():
            raise Unfit(broken)
        yield name, at, at + size
        at += size
