"""The data interface of every staff screen: the scope sits here, beneath all of FAB.

Lists, single rows, counts, drop-downs and related rows all pass ``_apply_inner_all``; nothing
is visible that the scope does not let through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from flask_appbuilder.models.sqla.filters import SQLAFilterConverter
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Query, Session

from app.web.admin import scope

MOST_COUNTED = 10_000
"""Counting stops one row later: “more than 10,000”. An exact count costs more than the page."""


class _Converter(SQLAFilterConverter):
    """FAB's filters by type of column, used by ``base_filters``; silent where FAB knows none."""

    def convert(self, col_name: str) -> Any:
        kinds = (kind for kind, _ in self.conversion_table)
        if any(getattr(self.datamodel, kind)(col_name) for kind in kinds):
            return super().convert(col_name)
        return None


class SafeSQLAInterface(SQLAInterface):
    """FAB's interface with the scope of one action (``staff.letters.read``) beneath it."""

    filter_converter_class = _Converter

    def __init__(self, obj: type[Any], action: str, session: Session | None = None) -> None:
        self.action = action
        super().__init__(obj, session)

    def _apply_inner_all(self, query: Query[Any], *args: Any, **kwargs: Any) -> Query[Any]:
        seen: Query[Any] = query.filter(scope.clause(self.obj, self.action))
        found: Query[Any] = super()._apply_inner_all(seen, *args, **kwargs)
        return found

    def get_inner_filters(self, filters: Any = None) -> Any:
        """A screen's own conditions as they are: FAB would make every possible filter anew."""
        return filters

    def rows(self, filters: Any = None) -> Query[Any]:
        """The rows that may be seen, those of the view's own ``base_filters`` if it has any."""
        return self._apply_inner_all(self.session.query(self.obj), filters)

    def row(self, key: object, filters: Any = None) -> Any | None:
        """One row by its key, or None: the same for a row that is not there."""
        value = self._key(key)
        if value is None:
            return None
        return self.rows(filters).filter(self.get_pk() == value).one_or_none()

    def asked(self, key: object) -> object:
        """Who asks for which row: what the trail wants to know of one that was not found."""
        value = self._key(key)
        return None if value is None else scope.asked(self.obj, self.action, value)

    def _key(self, key: object) -> Any | None:
        """The key as the column has it; None for what cannot be one."""
        try:
            value = self.get_pk().type.python_type(key)
        except (TypeError, ValueError, NotImplementedError):
            return None
        return None if isinstance(value, int) and not 0 <= value < 2**63 else value

    def capped_count(self, query: Query[Any]) -> int:
        """How many rows, one more than ``MOST_COUNTED`` at most."""
        return int(self.counted([query])[0])

    def count_of(self, query: Query[Any], most: int) -> ScalarSelect[int]:
        """How many rows, one more than ``most`` at most: a number to ask for with others."""
        some = query.order_by(None).with_entities(self.get_pk()).limit(most + 1).subquery()
        return select(func.count()).select_from(some).scalar_subquery()

    def counted(self, queries: Sequence[Query[Any]], *beside: Any) -> Sequence[Any]:
        """How many rows each query has, and any other value beside them, in one statement."""
        counts = [self.count_of(one, MOST_COUNTED) for one in queries]
        if not counts and not beside:
            return ()
        return tuple(self.session.execute(select(*counts, *beside)).one())

    def query_count(self, query: Query[Any], filters: Any = None, *_args: Any, **_kw: Any) -> int:
        """FAB's own lists count no further either."""
        return self.capped_count(self._apply_inner_all(query, filters))

    def get_related_interface(self, col_name: str) -> SafeSQLAInterface:
        """The related rows, under the same action: drop-downs show no more than lists."""
        return SafeSQLAInterface(self.get_related_model(col_name), self.action, self._session)

    def get_related_obj(self, col_name: str, value: object) -> Any | None:
        """A related row by its key, if it may be seen."""
        return self.get_related_interface(col_name).row(value)

    def is_words(self, col_name: str) -> bool:
        """Whether the column is a text-search column."""
        column = self.list_columns.get(col_name)
        return column is not None and isinstance(column.type, TSVECTOR)

    def _no_grouping(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NotImplementedError("FAB's charts read around the scope; Guichet draws its own")

    query_simple_group = query_month_group = query_year_group = _no_grouping

    def _no_writing(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise NotImplementedError("a screen changes nothing itself: it calls a service's deed")

    add = edit = delete = delete_all = _no_writing
