"""Filters of a staff list, on FAB's ``_flt_N_column`` parameters, each with its own control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask_babel import gettext
from sqlalchemy import Boolean, Date, DateTime, Integer, inspect
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Query, RelationshipProperty
from sqlalchemy.sql import ColumnElement

from app.base.text import fold_words
from app.web.admin import scope
from app.web.admin.columns import Choices, relations
from app.web.admin.interface import SafeSQLAInterface
from app.web.admin.words import Words
from app.web.formats import ZONE

MOST_CHOICES: Final = 200
"""A longer drop-down is no help; such a relation needs a text filter."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on one column: ``index`` is its N in ``_flt_N_column``."""

    column: str
    index: int
    kind: str  # words · text · choice · boolean · number · from · until · relation

    @property
    def name(self) -> str:
        """The parameter in the address."""
        return f"_flt_{self.index}_{self.column}"


@dataclass(slots=True)
class Control:
    """A filter as it is drawn: what was typed, its choices, what is wrong with it."""

    filter: Filter
    label: str
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()
    error: str = ""

    @property
    def shown(self) -> str:
        """The value in words, for the removable link."""
        return next((words for key, words in self.choices if key == self.value), self.value)


def filters_for(model: type[Any], column: str, choices: Choices | None) -> list[Filter]:
    """The filters of a search column, by its type. Raises TypeError for a type without one."""
    if choices is not None:
        return [Filter(column, 0, "choice")]
    _, at, last = relations(model, column)
    if isinstance(inspect(at).attrs.get(last), RelationshipProperty):
        return [Filter(column, 0, "relation")]
    kind = inspect(at).columns[last].type
    if isinstance(kind, TSVECTOR):
        return [Filter(column, 0, "words")]
    if isinstance(kind, Boolean):
        return [Filter(column, 0, "boolean")]
    if isinstance(kind, (DateTime, Date)):
        return [Filter(column, 0, "from"), Filter(column, 1, "until")]
    if isinstance(kind, Integer):
        return [Filter(column, 0, "number")]
    if kind.python_type is str:
        return [Filter(column, 0, "text")]
    raise TypeError(f"no filter for {model.__name__}.{column}")


def label_of(one: Filter, label: str) -> str:
    """The label of a filter: that of its column, with from and until for dates."""
    if one.kind == "from":
        return str(gettext("%(column)s, from (yyyy-mm-dd)", column=label))
    if one.kind == "until":
        return str(gettext("%(column)s, until (yyyy-mm-dd)", column=label))
    return label


def choices_for(
    one: Filter, interface: SafeSQLAInterface, choices: Choices | None
) -> list[tuple[str, str]]:
    """What the drop-down of a filter offers; empty when it is a text box."""
    if one.kind == "choice":
        return [(str(value), str(words)) for value, words in (choices or {}).items()]
    if one.kind == "boolean":
        return [("1", gettext("Yes")), ("0", gettext("No"))]
    if one.kind == "relation":
        related = _related(one, interface)
        some = scope.offered(related.obj, related.action)
        if some is None:
            some = related.rows().limit(MOST_CHOICES + 1).all()
        if len(some) > MOST_CHOICES:
            return []
        found = [(str(related.get_pk_value(row)), str(row)) for row in some]
        return sorted(found, key=lambda pair: fold_words(pair[1]))
    return []


def apply(query: Query[Any], one: Filter, value: str, interface: SafeSQLAInterface) -> Query[Any]:
    """Narrow the query. Raises ValueError with the words for the reader when it cannot be read."""
    if one.kind == "words":
        return Words(interface.obj, one.column, value).narrow(query)
    passed, at, last = relations(interface.obj, one.column)
    condition = _condition(one, getattr(at, last), value)
    for step in reversed(passed):
        condition = step.has(condition)
    return query.filter(condition)


def _condition(one: Filter, column: Any, value: str) -> ColumnElement[bool]:
    found: ColumnElement[bool]
    match one.kind:
        case "text":
            found = column.icontains(value, autoescape=True)
        case "boolean":
            found = column.is_(value == "1")
        case "from":
            found = column >= _start(column, _day(value))
        case "until":
            found = column < _start(column, _day(value) + timedelta(days=1))
        case "number":
            found = column == _number(value)
        case "relation":
            (local,) = column.property.local_columns
            found = local == _number(value)
        case _:
            found = column == value
    return found


def _related(one: Filter, interface: SafeSQLAInterface) -> SafeSQLAInterface:
    _, at, last = relations(interface.obj, one.column)
    return SafeSQLAInterface(at, interface.action, interface._session).get_related_interface(last)  # noqa: SLF001


def _day(value: str) -> date:
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(gettext("Enter a date that exists, like 2026-08-31.")) from error
    # At either end of the calendar there is no next day, and no such instant in a table.
    if not 1900 <= day.year <= 2200:
        raise ValueError(gettext("Enter a date that exists, like 2026-08-31."))
    return day


def _start(column: Any, day: date) -> date | datetime:
    """The first instant of a day in Eastern time, for a column of instants."""
    if isinstance(column.type, DateTime):
        return datetime.combine(day, time.min, ZONE)
    return day


def _number(value: str) -> int:
    if value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    raise ValueError(gettext("Enter a number in digits."))
