"""What a saved view may be: its name, how many there may be, which columns it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.base.errors import Conflict, Invalid
from app.base.text import fold_words

LONGEST_NAME: Final = 40
"""A tab's words: longer ones would fill the line."""
MOST_VIEWS: Final = 12
"""Views of one list that one person, or one team, may keep: more would not be found among tabs."""
MOST_COLUMNS: Final = 8
"""Columns beside which a name still fits at the width of a desk's screen."""


def name_of(typed: str) -> str:
    """The name without needless spaces. Raises Invalid ``name`` ``empty`` or ``long``."""
    name = " ".join(typed.split())
    if not fold_words(name):
        raise Invalid({"name": "empty"})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": "long"}, max=LONGEST_NAME)
    return name


def one_more(kept: int) -> None:
    """Raise Conflict ``too_many_views`` when there are as many as may be."""
    if kept >= MOST_VIEWS:
        raise Conflict("too_many_views")


def columns_of(chosen: Sequence[str], possible: Sequence[str]) -> list[str]:
    """The chosen columns in the screen's order, first the one that names the row, always.

    Raises Invalid ``columns`` ``unknown`` for a column that the screen does not have, ``many``.
    """
    if not set(chosen) <= set(possible):
        raise Invalid({"columns": "unknown"})
    found = [name for name in possible if name in chosen or name == possible[0]]
    if len(found) > MOST_COLUMNS:
        raise Invalid({"columns": "many"}, num=MOST_COLUMNS)
    return found


def shown(kept: Sequence[str] | None, possible: Sequence[str], usual: Sequence[str]) -> list[str]:
    """The columns to show: those kept that the screen still has, or its usual ones.

    A release may take a column away; a view that held it shows the others.
    """
    there = [name for name in kept or () if name in possible]
    if not there:
        return list(usual)
    return there if there[0] == possible[0] else [possible[0], *there]
