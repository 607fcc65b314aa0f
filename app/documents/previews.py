"""Previews: what people are shown of a document, drawn anew and without anything but its dots."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from app.documents.confined import ALLOWED, Allowance, run
from app.documents.kinds import Kind

DRAWN: Final = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG, Kind.HEIC})
"""The kinds that have a preview; of a text or a spreadsheet nobody draws one faithfully."""


class Preview(NamedTuple):
    """A preview that was written: its media type, and width and height in pixels."""

    media_type: str
    width: int
    height: int


def draw(path: Path, kind: Kind, into: Path, allowed: Allowance = ALLOWED) -> Preview | None:
    """Draw a picture, or a PDF's first page, into a new file; None for a kind without preview.

    ``into`` must be empty or not exist. Raises Unfit when the file cannot be drawn within the
    limits; what is at ``into`` then is no preview.
    """
    if kind not in DRAWN:
        return None
    told = run("draw", path, kind, str(into.resolve()), allowed=allowed)
    return Preview(told["media_type"], told["width"], told["height"])
