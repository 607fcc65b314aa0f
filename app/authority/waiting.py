"""What waits for a person: each subject says its own part, “my businesses” shows them all.

Providers are asked in a request, so that they may speak the reader's language; they return what
waits for exactly this person, and a bounded number of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session, scoped_session

from app.parties.models import Person

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One deed that is this person's turn.

    ``title`` is the deed, ``text`` where and from whom, ``until`` the last day on which it can
    be done (in the program's zone), ``account_id`` the account it is about, where there is one.
    """

    title: str
    text: str
    url: str
    until: date | None = None
    account_id: int | None = None


@dataclass(frozen=True, slots=True)
class Underway:
    """Something of this person's that goes on elsewhere: nothing to do, but good to see.

    ``kind`` is the tag's shape, ``state`` its words, ``since`` when it was begun or sent.
    """

    name: str
    url: str
    kind: str
    state: str
    since: datetime


Item = Waiting | Underway
Provider = Callable[[Db, Person], Sequence[Item]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a subject above say what waits for a person; called once, when it is imported."""
    if provider not in _providers:
        _providers.append(provider)


def waiting_for(db: Db, person: Person) -> tuple[list[Waiting], list[Underway]]:
    """What waits for the person, the nearest last day first; what goes on elsewhere, newest first.

    What has no last day comes after what has one.
    """
    found = [item for provider in _providers for item in provider(db, person)]
    turns = [item for item in found if isinstance(item, Waiting)]
    elsewhere = [item for item in found if isinstance(item, Underway)]
    turns.sort(key=lambda item: (item.until is None, item.until or date.max))
    elsewhere.sort(key=lambda item: item.since, reverse=True)
    return turns, elsewhere
