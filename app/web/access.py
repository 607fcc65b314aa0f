"""Who a page is for: marks read by the gate, and who is here now.

The gate (``app.identity.gate``) denies whatever carries no mark and has no signed-in person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g

from app.base.errors import NotFound
from app.parties.models import Account, Person

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Open to everybody, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def stage(name: str) -> Callable[[View], View]:
    """Open to a browser whose sign-in has come to this stage: *credential* or *code*."""

    def mark(view: View) -> View:
        view.access = name  # type: ignore[attr-defined]
        return view

    return mark


def current_person() -> Person:
    """The signed-in person; the gate has already let nobody else through."""
    person: Person | None = g.get("person")
    if person is None:
        raise NotFound("nobody is signed in")
    return person


def person_or_none() -> Person | None:
    """The signed-in person, or None on a public page."""
    person: Person | None = g.get("person")
    return person


def current_account() -> Account | None:
    """The account that is open, which is the one in the address; None elsewhere."""
    account: Account | None = g.get("account")
    return account
