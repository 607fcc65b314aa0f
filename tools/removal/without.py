"""What stands in a guard's place once it is taken out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, literal_column, select

from app.base.errors import NotFound


def everything(_person_id: int, _action: str, model: type[Any]) -> Any:
    """In place of ``visible``: every row, whoever asks."""
    # As a clause as well: some read it from the query.
    return select(model).where(literal_column("true"))


def anything(db: Any, _person_id: int, _action: str, model: type[Any], key: Any) -> Any:
    """In place of ``find``: the row of that key, whoever asks."""
    column = inspect(model).primary_key[0]
    found = db.execute(select(model).where(column == key)).unique().scalar_one_or_none()
    if found is None:
        raise NotFound(f"{model.__name__} {key}")
    return found


class Unbounded:
    """In place of a model's scope: every row is everybody's."""

    account = part = program = owner = staff = None
    own_actions: frozenset[str] = frozenset()

    @staticmethod
    def clause(_person_id: int, _action: str) -> Any:
        """No bound at all."""
        return literal_column("true")
