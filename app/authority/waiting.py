"""What waits for a person: each subject says its own part, “my businesses” shows them all.

Providers are asked in a request, so that they may speak the reader's language; they return what
waits for exactly this person, and a bounded number of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

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


Provider = Callable[[Db, Person], list[Waiting]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a subject above say what waits for a person; called once, when it is imported."""
    if provider not in _providers:
        _providers.append(provider)


def waiting_for(db: Db, person: Person) -> list[Waiting]:
    """Everything that waits for the person: the nearest last day first, then what has none."""
    found = [item for provider in _providers for item in provider(db, person)]
    return sorted(found, key=lambda item: (item.until is None, item.until or date.max))
