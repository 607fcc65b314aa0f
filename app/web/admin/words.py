"""Searching names in a million rows: the hits of the index first, then rows for them, or a walk.

The planner cannot judge the prefix of a word: it walks a million names for one that none has, and
sorts hundreds of thousands for one that a third have. So the index is asked how many there are,
10,001 at most. Few are taken from it and sorted; many are looked for along the order of the list
(``app.web.admin.paging``), where the next page's worth is never far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    any_,
    false,
    func,
    inspect,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Query, Session, scoped_session

from app.base.text import fold_words
from app.web.admin.columns import relations
from app.web.admin.joins import joined

RARE: Final = 10_000
"""Up to so many hits are sorted."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is searched for, and the text-search column of ``model`` or behind its relationships."""

    model: type[Any]
    path: str
    typed: str

    def rare(self, db: Session | scoped_session[Session]) -> list[Any] | None:
        """The keys of the names that have the words; None when there are too many of them.

        Asked anew, never of a plan that was made for other words.
        """
        db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        found = list(db.scalars(self._hits().limit(RARE + 1)))
        return found if len(found) <= RARE else None

    def narrow(self, query: Query[Any]) -> Query[Any]:
        """The rows with the words.

        Few hits are named one by one, so that the planner sees how few, and begins with them.
        """
        few = self.rare(query.session)
        query, at = self._joined(query)
        key = self._key(at)
        if few is not None:
            return query.filter(key == any_(literal(few, ARRAY(BigInteger))))
        hits = self._hits().cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
        return query.filter(key.in_(select(hits.c.key)))

    def beside(self, query: Query[Any]) -> tuple[Query[Any], ColumnElement[Any]]:
        """The query and the column of words that belongs to each of its rows."""
        query, at = self._joined(query)
        return query, getattr(at, self._name)

    def count(self, query: Query[Any], key: Any, most: int) -> int:
        """How many rows have common words, ``most`` at most, hit by hit until they suffice."""
        hits = self._hits().cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
        rows, at = self._joined(query)
        rows = rows.with_entities(key.label("key")).filter(self._key(at) == hits.c.key)
        found = rows.order_by(None).offset(0).subquery().lateral()
        some = select(found.c.key).select_from(hits.join(found, true())).limit(most).subquery()
        return query.session.scalar(select(func.count()).select_from(some)) or 0

    def match(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        """Every word begins a word of the name."""
        terms = " & ".join(f"{word}:*" for word in fold_words(self.typed).split())
        if not terms:
            return false()
        found: ColumnElement[bool] = column.op("@@")(
            func.to_tsquery(text("'simple'::regconfig"), terms)
        )
        return found

    def _hits(self) -> Select[Any]:
        _, there, name = relations(self.model, self.path)
        (key,) = inspect(there).primary_key
        return select(key.label("key")).where(self.match(getattr(there, name)))

    def _joined(self, query: Query[Any]) -> tuple[Query[Any], Any]:
        passed, _, _ = relations(self.model, self.path)
        query, at, _ = joined(query, self.model, passed)
        return query, at

    @property
    def _name(self) -> str:
        return self.path.rpartition(".")[2]

    @staticmethod
    def _key(at: Any) -> Any:
        (key,) = inspect(inspect(at).mapper.class_).primary_key
        return getattr(at, inspect(at).mapper.get_property_by_column(key).key)
