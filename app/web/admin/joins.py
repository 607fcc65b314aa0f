"""Joining what a column's path passes, in the way that leaves the database its indexes."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Query, aliased


def joined(
    query: Query[Any], model: type[Any], passed: Sequence[Any], *, for_order: bool = False
) -> tuple[Query[Any], Any, bool]:
    """The query with the relationships joined, where they end, and whether no row is without.

    Only an inner join lets the database begin with the index of the other table; so a table is
    joined by an outer one only where a row may be without. A query has one order, whose tables
    always go by the same names: new ones at each page take longer than the page's own rows.
    """
    at: Any = model
    always = True
    names = _of_the_order if for_order else _targets
    for step, target in zip(passed, names(tuple(passed)), strict=True):
        always = always and _always(step.property)
        there = getattr(at, step.key).of_type(target)
        query = query.join(there) if always else query.outerjoin(there)
        at = target
    return query, at, always


def _targets(passed: tuple[Any, ...]) -> Sequence[Any]:
    return [aliased(step.property.mapper.class_) for step in passed]


_of_the_order = functools.cache(_targets)


def _always(relationship: Any) -> bool:
    """Whether every row has one there: foreign keys that point at it, and are never empty."""
    if relationship.uselist or relationship.secondary is not None:
        return False
    return all(
        not local.nullable and any(key.column is remote for key in local.foreign_keys)
        for local, remote in relationship.local_remote_pairs
    )
