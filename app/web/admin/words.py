"""Searching names in a million rows: the hits of the index first, then rows for them, or a walk.

The planner cannot judge the prefix of a word: it walks a million names for one that none has, and
sorts hundreds of thousands for one that a third have. So the index is asked first, for 10,001 hits
at most. Few are taken from it and sorted; many are looked for along the order of the list
(``app.web.admin.paging``), where the next page's worth is never far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    any_,
    case,
    false,
    func,
    inspect,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Query, Session, scoped_session

from app.base.text import fold_words
from app.web.admin.columns import relations
from app.web.admin.joins import joined

RARE: Final = 10_000
"""Up to so many hits are sorted."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the index said: the keys of the names, None when there are too many of them.

    ``rows`` of the list have such a name, as far as they were counted.
    """

    few: Sequence[int] | None
    rows: int

    @property
    def everywhere(self) -> bool:
        """Whether so many rows have the words that a page of them is never far along the list."""
        return self.few is None and self.rows > RARE


@dataclass(frozen=True, slots=True)
class Words:
    """What is searched for, and the text-search column of ``model`` or behind its relationships."""

    model: type[Any]
    path: str
    typed: str

    def look(self, query: Query[Any], most: int) -> Found:
        """Ask the index, and count the rows of ``query`` up to ``most``: in one statement.

        Names of another table are hit whoever sees their rows, but the first hits nearly always
        show that there are that many. Where they do not, all of them are counted.
        """
        never_of_an_old_plan(query.session)
        hits = self._first(query).limit(RARE + 1).cte("hits").prefix_with("MATERIALIZED")
        keys = func.coalesce(func.array_agg(hits.c.key), literal([], ARRAY(BigInteger)))
        few = select(case((func.count() <= RARE, keys))).select_from(hits).scalar_subquery()
        if self._behind:
            rows = self._count(query, select(hits.c.key), most)
        else:
            rows = select(func.count()).select_from(hits).scalar_subquery()
        known, number = query.session.execute(select(few, rows)).one()
        if known is None and number < most:
            number = query.session.scalar(select(self._count(query, self._hits(), most)))
        return Found(known, number)

    def narrow(self, query: Query[Any]) -> Query[Any]:
        """The rows with the words."""
        return self.among(query, self._few(query.session))

    def among(self, query: Query[Any], few: Sequence[int] | None) -> Query[Any]:
        """The same once the index was asked: few hits are named, and the planner sees how few."""
        query, key = self._key(query)
        if few is not None:
            return query.filter(key == any_(literal(list(few), ARRAY(BigInteger))))
        return query.filter(self._among(key, self._hits()))

    def along(self, query: Query[Any], passed: Sequence[Any], at: Any) -> Query[Any]:
        """The rows with the words, to be looked for along an order that begins at ``at``.

        The planner is not told that an index knows the words: it would take a prefix for rare, and
        read, join and sort hundreds of thousands of rows for a page.
        """
        mine, _, name = relations(self.model, self.path)
        if [step.key for step in mine] != [step.key for step in passed]:
            query, at, _ = joined(query, self.model, mine)
        return query.filter(func.coalesce(self.match(getattr(at, name)), false()))

    def match(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Every word begins a word of the name."""
        terms = " & ".join(f"{word}:*" for word in fold_words(self.typed).split())
        if not terms:
            return false()
        found: ColumnElement[bool] = column.op("@@")(
            func.to_tsquery(text("'simple'::regconfig"), terms)
        )
        return found

    def _few(self, db: Session | scoped_session[Session]) -> Sequence[int] | None:
        never_of_an_old_plan(db)
        found = db.scalars(self._hits().limit(RARE + 1)).all()
        return found if len(found) <= RARE else None

    def _count(self, query: Query[Any], hits: Select[Any], most: int) -> Any:
        rows, key = self._key(query)
        some = rows.with_entities(key).filter(self._among(key, hits)).order_by(None)
        return select(func.count()).select_from(some.limit(most).subquery()).scalar_subquery()

    @property
    def _behind(self) -> bool:
        """Whether the names are another table's, of which the index knows no reader."""
        return "." in self.path

    def _first(self, query: Query[Any]) -> Any:
        """The keys of the names that have the words: where they are the rows' own, of rows seen."""
        if self._behind:
            return self._hits()
        (key,) = inspect(self.model).primary_key
        seen = query.filter(self.match(getattr(self.model, self.path)))
        return seen.order_by(None).with_entities(key.label("key"))

    def _hits(self) -> Select[Any]:
        _, there, name = relations(self.model, self.path)
        (key,) = inspect(there).primary_key
        return select(key.label("key")).where(self.match(getattr(there, name)))

    @staticmethod
    def _among(key: Any, hits: Select[Any]) -> ColumnElement[bool]:
        """As an array, which is looked up in an index in one go and in order."""
        found: ColumnElement[bool] = key == any_(func.array(hits.scalar_subquery()))
        return found

    def _key(self, query: Query[Any]) -> tuple[Query[Any], Any]:
        """The query, and the column of it that holds the key of the name.

        It is the foreign key where there is one: the names themselves need not be joined.
        """
        passed, there, _ = relations(self.model, self.path)
        (column,) = inspect(there).primary_key
        at: Any = self.model
        if passed:
            ((local, remote),) = passed[-1].property.local_remote_pairs
            direct = remote is column
            query, at, _ = joined(query, self.model, passed[:-1] if direct else passed)
            column = local if direct else column
        return query, getattr(at, inspect(at).mapper.get_property_by_column(column).key)


def never_of_an_old_plan(db: Session | scoped_session[Session]) -> None:
    """From here to the end of the request every plan is made anew: none is for other words."""
    db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
