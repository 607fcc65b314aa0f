"""What an entry is about, as plain ids: the trail stands below every subject and knows none."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import inspect

from app.base.errors import Refused, TooMany


class Target(NamedTuple):
    """A row by the name of its table and its key, with the account and program it belongs to."""

    kind: str
    id: str
    account_id: int | None = None
    program_id: int | None = None


def describe(row: Any) -> Target:
    """Name a row of any model, as it is now; it must have been written to the database.

    Raises ValueError for a row that has no key yet, since the entry could never be found.
    """
    if isinstance(row, Target):
        return row
    state = inspect(row)
    key = state.identity or state.mapper.primary_key_from_instance(row)
    if any(part is None for part in key):
        raise ValueError(f"flush the {state.mapper.class_.__name__} before it is recorded")
    kind = state.mapper.local_table.name
    account_id = key[0] if kind == "account" else getattr(row, "account_id", None)
    program_id = key[0] if kind == "program" else getattr(row, "program_id", None)
    return Target(kind, "/".join(str(part) for part in key), account_id, program_id)


def target_of(error: Refused | TooMany) -> Target | None:
    """What the refused deed was about, where whoever refused it could tell."""
    return error.target if isinstance(error.target, Target) else None
