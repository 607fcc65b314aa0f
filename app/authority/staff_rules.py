"""Who may put whom on the staff, and take whom off it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.authority.staff import ASSIGNABLE_BY, STAFF_ROLES

ADMINISTRATOR = "administrator"
"""The kind that a program is never left without: nobody else could put anybody on the staff."""


def assignable(held: Iterable[str]) -> tuple[str, ...]:
    """The kinds that somebody who holds the kinds ``held`` in a program may give there.

    In the order in which the portal lists them; empty when their kinds give none.
    """
    given = frozenset().union(*(ASSIGNABLE_BY.get(kind, frozenset()) for kind in held))
    return tuple(kind for kind in STAFF_ROLES if kind in given)


def leaves_none(kind: str, others: Collection[int]) -> bool:
    """Whether ending a post of this kind leaves the program without an administrator.

    ``others`` are the people who keep an administrator's post and can sign in.
    """
    return kind == ADMINISTRATOR and not others
