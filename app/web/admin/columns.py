"""Columns of a screen by their path: ``state``, ``account.party.name``, a property's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import inspect
from sqlalchemy.orm import Load, RelationshipProperty
from sqlalchemy.orm.interfaces import LoaderOption

from app.web import formats

Choices = Mapping[Any, Any]
"""Value in the database → the word shown for it."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A value shown as a tag: one of the kinds of LOOK (done, late, …) and its word."""

    kind: str
    label: Any

    def __str__(self) -> str:
        return str(self.label)


def value_of(row: Any, path: str) -> Any:
    """What the row holds at ``path``; None as soon as a step is missing. Methods are called."""
    found = row
    for name in path.split("."):
        if found is None:
            return None
        found = getattr(found, name)
        if callable(found):
            found = found()
    return found


def relations(model: type[Any], path: str) -> tuple[list[Any], type[Any], str]:
    """The relationships that ``path`` passes, the model it ends on, and its last name.

    Raises AttributeError when the path does not exist: at start, not on a page.
    """
    *steps, last = path.split(".")
    passed: list[Any] = []
    at = model
    for name in steps:
        step = inspect(at).relationships.get(name)
        if step is None:
            raise AttributeError(f"{at.__name__}.{name} is no relationship")
        passed.append(getattr(at, name))
        at = step.mapper.class_
    if not hasattr(at, last):
        raise AttributeError(f"{at.__name__} has no {last}")
    return passed, at, last


def is_column(model: type[Any], path: str) -> bool:
    """Whether the database can sort by it: a column, and no relationship or property."""
    _, at, last = relations(model, path)
    return last in inspect(at).columns


def loaders(model: type[Any], paths: list[str]) -> list[LoaderOption]:
    """Load what the columns will ask with the rows themselves, and nothing row by row.

    A collection takes one statement more.
    """
    wanted: dict[str, LoaderOption] = {}
    for path in paths:
        passed, at, last = relations(model, path)
        if isinstance(inspect(at).attrs.get(last), RelationshipProperty):
            passed = [*passed, getattr(at, last)]
        if passed:
            option: Any = Load(model)
            for step in passed:
                how = "selectinload" if step.property.uselist else "joinedload"
                option = getattr(option, how)(step)
            wanted[".".join(str(step.key) for step in passed)] = option
    return list(wanted.values())


def kind_of(value: Any) -> str:
    """How the cell of a value is set: number, date or text."""
    if isinstance(value, bool):
        return "text"
    if isinstance(value, (int, float, Decimal)):
        return "number"
    return "date" if isinstance(value, date) else "text"


def plain(value: Any) -> Any:
    """A value for a page or a file name: ISO dates, words for yes and no, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return formats.format_datetime(value)
    if isinstance(value, date):
        return formats.format_date_iso(value)
    if isinstance(value, (int, float, Decimal)):
        return formats.format_number(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(plain(item)) for item in value)
    return value if isinstance(value, Markup) else str(value)


def raw(value: Any) -> Any:
    """A value for an exported file: ISO, decimal point, Eastern time; numbers stay numbers."""
    if isinstance(value, datetime):
        return value.astimezone(formats.ZONE).isoformat(sep=" ", timespec="minutes")
    if isinstance(value, bool) or value is None:
        return plain(value)
    if isinstance(value, (int, float, Decimal)):
        return value
    return plain(value) if not isinstance(value, date) else value.isoformat()
