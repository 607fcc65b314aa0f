"""Pictures: PNG, JPEG and HEIC, whole, one, and no larger than can be drawn."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PIL import Image

from app.documents.inside.octets import UNREADABLE, boxes, refuse_archive, refuse_markup
from app.documents.kinds import Found, Kind, Reason, Unfit

MOST_PIXELS: Final = 64_000_000
"""More than the 50 million of a telephone's camera; as many as fit into a child's memory."""
LONGEST_SIDE: Final = 30_000


def look(path: Path, kind: Kind) -> Found:
    """Say how large a picture is; raise Unfit."""
    content = path.read_bytes()
    if kind is Kind.PNG:
        width, height = _png(content)
    elif kind is Kind.JPEG:
        width, height = _jpeg(content)
    else:
        for _ in boxes(content, 0, broken=Reason.POLYGLOT):
            pass
        width, height = _size_of_heic(path)
    refuse_archive(content)
    refuse_markup(content)
    refuse_pixels(width, height)
    del content
    _decode(path, kind)
    return Found(kind, width=width, height=height)


def refuse_pixels(width: int, height: int) -> None:
    """Refuse a picture that would fill the memory, before anything of it is decoded."""
    if not (width and height):
        raise Unfit(Reason.DAMAGED)
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Unfit(Reason.TOO_MANY_PIXELS)


# ── PNG ─────────────────────────────────────────────────────────────────────────────────


def _png(content: bytes) -> tuple[int, int]:
    """Go from chunk to chunk: each whole, the last one the end of the file."""
    name, at = _chunk(content, 8)
    if name != b"IHDR":
        raise Unfit(Reason.DAMAGED)
    while name != b"IEND":
        name, at = _chunk(content, at)
    if at != len(content):
        raise Unfit(Reason.POLYGLOT)
    width, height = struct.unpack_from(">II", content, 16)
    return width, height


def _chunk(content: bytes, at: int) -> tuple[bytes, int]:
    """Name and end of the chunk that begins here, proved by its sum. Raises Unfit."""
    if at + 12 > len(content):
        raise Unfit(Reason.DAMAGED)
    length, name = struct.unpack_from(">I4s", content, at)
    end = at + 12 + length
    if end > len(content) or (name == b"IHDR" and (at != 8 or length != 13)):
        raise Unfit(Reason.DAMAGED)
    proved = zlib.crc32(memoryview(content)[at + 4 : end - 4])
    if proved != struct.unpack_from(">I", content, end - 4)[0]:
        raise Unfit(Reason.DAMAGED)
    return name, end


# ── JPEG ────────────────────────────────────────────────────────────────────────────────

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_END_OF_PICTURE: Final = 0xD9
_SCAN: Final = 0xDA
_NEXT_MARKER: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def _jpeg(content: bytes) -> tuple[int, int]:
    width, height, end = _one_jpeg(content, 0)
    _refuse_unknown_tail(content, end)
    return width, height


def _one_jpeg(content: bytes, at: int) -> tuple[int, int, int]:
    """Width, height and end of the picture that begins here. Raises Unfit."""
    width = height = 0
    at += 2
    while True:
        marker, at = _marker(content, at)
        if marker == _END_OF_PICTURE:
            return width, height, at
        if marker in _BARE:
            continue
        end = _segment(content, at)
        if marker in _FRAMES and end - at >= 8:
            height, width = struct.unpack_from(">HH", content, at + 3)
        at = end
        if marker == _SCAN:  # what follows is the picture, up to the next marker
            found = _NEXT_MARKER.search(content, at)
            at = found.start() if found else len(content)


def _marker(content: bytes, at: int) -> tuple[int, int]:
    found = _NEXT_MARKER.match(content, at)
    if found is None:
        raise Unfit(Reason.DAMAGED)
    return content[found.end() - 1], found.end()


def _segment(content: bytes, at: int) -> int:
    """The end of the segment whose length stands here. Raises Unfit."""
    length = int.from_bytes(content[at : at + 2], "big")
    if length < 2 or at + length > len(content):
        raise Unfit(Reason.DAMAGED)
    return at + length


def _refuse_unknown_tail(content: bytes, at: int) -> None:
    """Refuse what telephones do not put behind a picture.

    They put there: a second picture (a map of its lights), a short film, a maker's own records.
    Each is known by its own structure and fills its place exactly; it is never shown, and what
    is shown of the picture is drawn anew without it.
    """
    while content.startswith(b"\xff\xd8\xff", at):
        _, _, at = _one_jpeg(content, at)
    if at < len(content) and at == _beginning_of_records(content):
        return
    if content[at + 4 : at + 8] == b"ftyp":
        for _ in boxes(content, at, broken=Reason.POLYGLOT):
            pass
        return
    if content[at:].strip(b"\x00\xff\r\n"):
        raise Unfit(Reason.POLYGLOT)


def _beginning_of_records(content: bytes) -> int:
    """Where Samsung's records begin, told by their directory at the file's end; or -1."""
    if len(content) < 20 or not content.endswith(b"SEFT"):
        return -1
    length = struct.unpack_from("<I", content, len(content) - 8)[0]
    head = len(content) - 8 - length
    if head < 0 or length < 12 or not content.startswith(b"SEFH", head):
        return -1
    count = struct.unpack_from("<I", content, head + 8)[0]
    if length != 12 + 12 * count or not count:
        return -1
    places = [struct.unpack_from("<I", content, head + 16 + 12 * one)[0] for one in range(count)]
    return int(head - max(places))


# ── decoding, last of all ───────────────────────────────────────────────────────────────


def _size_of_heic(path: Path) -> tuple[int, int]:
    import pillow_heif  # only its own kind pays for it

    try:
        return pillow_heif.open_heif(path).size  # type: ignore[no-any-return]
    except UNREADABLE:
        raise Unfit(Reason.DAMAGED) from None


@contextmanager
def open_picture(path: Path, kind: Kind) -> Iterator[Image.Image]:
    """Open a picture as this kind and no other. Raises Unfit, or one of UNREADABLE."""
    if kind is Kind.HEIC:
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = None  # it only warns below twice as many; ours is asked next
    with Image.open(path, formats=["HEIF" if kind is Kind.HEIC else kind.name]) as picture:
        # Its eyes may see another size than ours did: a photograph may give two.
        refuse_pixels(*picture.size)
        yield picture


def _decode(path: Path, kind: Kind) -> None:
    """Decode it all once: a picture that cannot be drawn is no evidence."""
    try:
        with open_picture(path, kind) as picture:
            picture.draft("RGB", (1, 1))  # a JPEG of any size, in the memory of a small one
            picture.load()
    except UNREADABLE:
        raise Unfit(Reason.DAMAGED) from None
