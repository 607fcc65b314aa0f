"""Reading the trail: always from a query that `visible` has made, newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event, Outcome
from app.audit.models import Entry, Personal

Db = Session | scoped_session[Session]

PAGE = 50
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; a field that is None asks for nothing."""

    actor_id: int | None = None
    account_id: int | None = None
    program_id: int | None = None
    events: Collection[Event] | None = None
    outcome: Outcome | None = None
    target_kind: str | None = None
    target_id: str | None = None
    session_id: int | None = None
    request_id: str | None = None
    address: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, and the key under which the next older ones are asked for."""

    entries: Sequence[Entry]
    older_than: int | None


_EQUAL = (
    "actor_id",
    "account_id",
    "program_id",
    "outcome",
    "target_kind",
    "target_id",
    "session_id",
    "request_id",
)


def search(
    db: Db,
    allowed: Select[Entry],
    wanted: Search,
    *,
    older_than: int | None = None,
    size: int = PAGE,
) -> Page:
    """One page of the entries that the reader may see and asks for.

    `allowed` is `visible(person, "staff.trail.read", Entry)`, or `"activity.view"` for the
    owner of an account. `older_than` is the page before's `older_than`; a key and no offset, so
    that deep pages cost what the first one costs.
    """
    size = max(1, min(size, LARGEST_PAGE))
    query = narrowed(allowed, wanted).order_by(Entry.seq.desc()).limit(size + 1)
    if older_than is not None:
        query = query.where(Entry.seq < older_than)
    found = db.scalars(query).all()
    more = len(found) > size
    return Page(found[:size], found[size - 1].seq if more else None)


def narrowed(allowed: Select[Entry], wanted: Search) -> Select[Entry]:
    """The allowed entries that the search asks for, for lists and for exports alike."""
    query = allowed
    for name in _EQUAL:
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(Entry, name) == value)
    if wanted.events is not None:
        query = query.where(Entry.event.in_([event.value for event in wanted.events]))
    if wanted.since is not None:
        query = query.where(Entry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Entry.at < wanted.until)
    if wanted.address is not None:
        # As the index has it: personal values are JSON, so that each entry may have its own.
        came_from = Personal.values["address"][1].astext == wanted.address
        query = query.where(Entry.kept.has(came_from))
    return query
