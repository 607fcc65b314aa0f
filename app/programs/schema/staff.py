"""What a program brings for the people who work for it: views of the staff lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from app.programs.schema.base import Code, Many, Strict, Text, Words

_SCREEN = re.compile(r"[a-z]+(?:-[a-z]+)*")
_ORDER = re.compile(r"([a-z_.]+) (asc|desc)")


def _screen(value: Any) -> str:
    if not isinstance(value, str) or not _SCREEN.fullmatch(value):
        raise ValueError("expected a list of the staff by its address, like activation-codes")
    return value


def _order(value: Any) -> tuple[str, str]:
    found = _ORDER.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("expected a column and its direction, like due_at asc")
    return found[1], found[2]


def _where(value: Any) -> Any:
    if not isinstance(value, Mapping) or not value:
        raise ValueError("expected at least one column with the value that it must have")
    return dict(value)


class StaffView(Strict):
    """A view of one staff list, found there as a tab by everybody who works for the program."""

    code: Code
    screen: Annotated[str, BeforeValidator(_screen)]
    label: Text
    where: Annotated[dict[str, Words], BeforeValidator(_where)]
    """Column of the list → the value that it has, as its filter takes it."""
    order: Annotated[tuple[str, str] | None, BeforeValidator(_order)] = None
    columns: Many[Words] = Field(default=())
    """The columns that it shows, first the one that names the row; those of the list without."""
