"""Files that the demonstration's businesses send: a page with a heading, a picture of a yard."""

from __future__ import annotations

import io
import re
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from app.base.text import fold

_SKY, _GROUND, _WALL, _FENCE = "#c9dbe6", "#8d8f86", "#b3533f", "#3f4a4f"
_PAGE: Final = (1_240, 1_754)
_LINES: Final = 22


def picture(turn: int) -> bytes:
    """A photograph, as far as nobody looks twice: a warehouse behind a fence."""
    width, height = 1_600, 1_200
    made = Image.new("RGB", (width, height), _SKY)
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 780, width, height), fill=_GROUND)
    left = 180 + 90 * (turn % 5)
    draw.rectangle((left, 420, left + 980, 800), fill=_WALL)
    for door in range(4):
        at = left + 80 + 230 * door
        draw.rectangle((at, 560, at + 150, 800), fill="#e8e6df", outline=_FENCE, width=6)
    for post in range(0, width, 110):
        draw.line((post, 640, post, 960), fill=_FENCE, width=9)
    for wire in range(660, 960, 44):
        draw.line((0, wire, width, wire), fill=_FENCE, width=3)
    return _saved(made, "JPEG", quality=84)


def page(heading: str, business: str) -> bytes:
    """A page of a procedure or a certificate: a heading, a name, and lines of writing."""
    made = Image.new("RGB", _PAGE, "white")
    draw = ImageDraw.Draw(made)
    draw.text((120, 130), business, fill="#333333", font=ImageFont.load_default(34))
    draw.multiline_text((120, 230), _broken(heading), fill="black", font=ImageFont.load_default(48))
    for line in range(_LINES):
        end = 1_120 if line % 5 != 4 else 620
        draw.line((120, 520 + 48 * line, end, 520 + 48 * line), fill="#9a9a9a", width=12)
    return _saved(made, "PDF", resolution=150.0)


def name_of(heading: str, ending: str) -> str:
    """A file's name, as somebody would give it."""
    words = re.findall(r"[a-z0-9]+", fold(heading))[:4]
    return f"{'-'.join(words)}.{ending}"


def _broken(text: str, most: int = 42) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _saved(made: Image.Image, kind: str, **options: object) -> bytes:
    into = io.BytesIO()
    made.save(into, kind, **options)
    return into.getvalue()
