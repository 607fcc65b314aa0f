"""Pages by key: each begins beside a row and not at a number, so that all cost what the first does.

An offset makes the database read and throw away every row before the page: the ten-thousandth cost
forty times the first. Here a page is the rows after (or before) one row in the order of a column
and of the key, which is unique, so that no row is on two pages. Rows without a value stand last in
both directions; an index serves neither “nulls last” nor “or is null”, so they are asked apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, inspect, literal, tuple_
from sqlalchemy.orm import Query

from app.web.admin.columns import relations
from app.web.admin.joins import joined
from app.web.admin.words import Words

Place = tuple[Any, Any]
"""Where a row stands: its value in the column, and its key."""


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of a page, in order, and the keys beside which its neighbours begin."""

    rows: Sequence[Any]
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """The rows of a query in the order of a column and, within equal values, of the key."""

    query: Query[Any]
    model: type[Any]
    column: Any
    key: Any
    descending: bool
    empties: bool  # whether the column may be without a value
    options: Sequence[Any] = ()  # how what the cells will ask is loaded with the rows

    def sorted(self) -> Query[Any]:
        """All of it in order, for a file."""
        column = self.column.desc() if self.descending else self.column.asc()
        key = self.key.desc() if self.descending else self.key.asc()
        return self.query.order_by(column.nulls_last() if self.empties else column, key)

    def place(self, key: int) -> tuple[Any, Any]:
        """Where the row with that key stands, to be asked along with something else.

        Both are None when there is none that may be seen; the page is then the first one: the
        place of a hidden row in the alphabet tells nothing.
        """
        here = self.query.filter(self.key == key)
        value, own = (here.with_entities(part) for part in (self.column, self.key))
        return value.scalar_subquery(), own.scalar_subquery()

    def page(
        self, size: int, *, after: Place | None = None, before: Place | None = None, last: int = 0
    ) -> Page:
        """The page after or before a place, the ``last`` rows, or else the first page."""
        if last:
            rows = self.rows(None, last + 1, back=True)
            shown = rows[:last][::-1]
            return Page(shown, before=self._of(shown[0]) if len(rows) > last else None)
        at = after or before
        back = at is not None and after is None
        rows = self.rows(at, size + 1, back=back)
        more, rows = len(rows) > size, rows[:size]
        if back and not more:
            return self.page(size)  # the beginning: a whole page, not what happened to be left
        ends = (self._of(rows[0]), self._of(rows[-1])) if rows else (None, None)
        if back:
            return Page(rows[::-1], before=ends[1], after=ends[0])
        return Page(rows, ends[0] if at is not None else None, ends[1] if more else None)

    def rows(self, at: Place | None, size: int, *, back: bool = False) -> list[Any]:
        """Up to ``size`` rows after the place, or before it; from an end without one.

        Before, they come the other way round: the nearest first.
        """
        found: list[Any] = []
        for part in self._parts(at, back=back):
            found += part.rows(size - len(found))
            if len(found) == size:
                break
        return found

    def _parts(self, at: Place | None, *, back: bool) -> Iterator[Part]:
        """The rows with a value, then those without; the other way round when going back."""
        for empty in (back, not back) if self.empties else (False,):
            here = at is not None and (at[0] is None) is empty
            if at is not None and not here and empty is back:
                continue  # the place is in the part that comes next
            yield Part(self, empty, self.descending is not back, at if here else None)

    def _of(self, row: Any) -> Any:
        return inspect(row).identity[0]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a line that have a value, or those that have none, from a place on."""

    line: Line
    empty: bool
    down: bool
    at: Place | None

    def rows(self, size: int) -> list[Any]:
        """Its first rows.

        Their keys are chosen first, in a query as narrow as an index: with everything that the
        cells ask in it, the planner would find another way, and load and sort the whole table.
        """
        line = self.line
        whole = line.query.session.query(line.model).options(*line.options)
        number = func.row_number().over(order_by=self._order()).label("number")
        chosen = self._from(line.query, line.key.label("key"), number).limit(size).subquery()
        return whole.join(chosen, line.key == chosen.c.key).order_by(chosen.c.number).all()

    def _from(self, query: Query[Any], *columns: Any) -> Query[Any]:
        line = self.line
        query = query.with_entities(*columns)
        if line.empties:
            query = query.filter(line.column.is_(None) if self.empty else line.column.is_not(None))
        if self.at is not None:
            query = query.filter(self._beyond(self.at))
        return query.order_by(*self._order())

    def _order(self) -> Sequence[Any]:
        columns = (self.line.key,) if self.empty else (self.line.column, self.line.key)
        return [column.desc() if self.down else column.asc() for column in columns]

    def _beyond(self, at: Place) -> Any:
        line = self.line
        key = literal(at[1], line.key.type)
        if self.empty:
            return line.key < key if self.down else line.key > key
        value = literal(at[0], line.column.type)
        here, there = tuple_(line.column, line.key), tuple_(value, key)
        # The pair says where the page begins; the column alone lets its index begin there too
        # when the key stands in another table.
        if self.down:
            return and_(line.column <= value, here < there)
        return and_(line.column >= value, here > there)


def line(
    query: Query[Any],
    model: type[Any],
    path: str,
    *,
    descending: bool,
    words: Words | None = None,
    options: Sequence[Any] = (),
) -> Line:
    """The rows of ``query`` along a column of ``model``, or of what its relationships lead to.

    With common ``words``, those that have them.
    """
    passed, _, last = relations(model, path)
    query, at, always = joined(query, model, passed, for_order=True)
    if words is not None:
        query = words.along(query, passed, at)
    column = getattr(at, last)
    (stored,) = column.property.columns
    (key,) = inspect(model).primary_key
    return Line(
        query=query,
        model=model,
        column=column,
        key=inspect(model).get_property_by_column(key).class_attribute,
        descending=descending,
        empties=not always or bool(stored.nullable),
        options=options,
    )
