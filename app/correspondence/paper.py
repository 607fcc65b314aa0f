"""Paper: PDF/UA-1 files drawn by Typst, in the portal's own letters and no others.

A template stands beside the package that it belongs to and imports ``paper.typ`` for what all of
them share. Every word arrives as data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import typst

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
FONTS: Final = HERE / "fonts"
AUTHOR: Final = "Guichet"

_UNKNOWN: Final = re.compile(r"the text `\"(.+?)\"` could not be displayed")
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")


class PaperError(Exception):
    """It could not be drawn. The message never holds what was to be drawn."""


def draw(template: Path, data: Mapping[str, Any], **how: Any) -> bytes:
    """Draw a template with its data. Raises PaperError."""
    try:
        return _compiled(template, data, **how)
    except typst.TypstError:
        # Its message may quote what it could not draw, and so does the exception's chain.
        raise PaperError(f"{template.name} could not be drawn") from None


def draw_anything(template: Path, data: Mapping[str, Any], **how: Any) -> tuple[bytes, int]:
    """Draw data that people typed, in whatever script; and how many kinds of signs are unknown.

    A sign that the letters do not have is written by its number, like ``[U+6F22]``: a file whose
    words a screen reader cannot tell would not be accessible. Raises PaperError.
    """
    try:
        return _compiled(template, data, **how), 0
    except typst.TypstError as error:
        unknown = _unknown(str(error.diagnostic))
    if not unknown:
        raise PaperError(f"{template.name} could not be drawn")
    named = {ord(sign): f"[U+{ord(sign):04X}]" for sign in unknown}
    return draw(template, _spelled(data, named), **how), len(unknown)


def _compiled(template: Path, data: Mapping[str, Any], **how: Any) -> bytes:
    drawn: bytes = typst.compile(
        str(template),
        root=str(ROOT),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        **how,
    )
    return drawn


def _unknown(diagnostic: str) -> set[str]:
    """The signs that the drawing's complaint names."""
    found = "".join(_UNKNOWN.findall(diagnostic))
    return set(_ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), found))


def _spelled(value: Any, named: Mapping[int, str]) -> Any:
    """The same data with some signs written by their numbers."""
    if isinstance(value, str):
        return value.translate(named)
    if isinstance(value, Mapping):
        return {key: _spelled(one, named) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_spelled(one, named) for one in value]
    return value
