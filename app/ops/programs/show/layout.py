"""Lines of plain text that fit the page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

WIDTH: Final = 100
"""Columns: what a terminal and a printed page hold."""


def heading(words: str) -> Iterator[str]:
    """A heading with a line under it and air around it."""
    yield ""
    yield words
    yield "─" * len(words)
    yield ""


def wrapped(words: str, indent: int = 0, first: str = "", width: int = WIDTH) -> list[str]:
    """The words in lines; `first` stands before them, and what follows hangs below them."""
    lead = " " * indent + first
    return textwrap.wrap(
        words,
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_on_hyphens=False,
    ) or [lead.rstrip()]
