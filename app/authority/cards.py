"""What stands on an account's dashboard beside its people: each subject above brings its own.

A provider is asked in a request, for the reader and the account that is open; what it gives is
shown in its order. The card of the people is the dashboard's own, and stands where one says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, scoped_session

from app.parties.models import Account, Person

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Card:
    """One section: how far it is, what is left of it. `people` stands for the dashboard's own.

    Without a `percent` it is nothing that is filled in, and has no wheel.
    """

    title: str
    url: str = ""
    text: str = ""
    percent: int | None = 0
    left: Sequence[tuple[str, str]] = ()
    people: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What the reader can do next."""

    title: str
    text: str
    verb: str
    url: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is so: a kind of notice, its words, and where to read on: words, address."""

    kind: str
    title: str
    text: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """A deed that waits for others than the reader: why, whom to ask, and where the rule stands."""

    deed: str
    why: str
    who: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Board:
    """What one subject shows: a heading, a state, cards under it, and what is next.

    `steps` go on where those of getting an account end: words, and done, now or todo.
    """

    heading: str
    kind: str
    state: str
    cards: Sequence[Card]
    turn: Turn | None = None
    notes: Sequence[Note] = ()
    others: Sequence[Other] = ()
    steps: Sequence[tuple[str, str]] = ()


Provider = Callable[[Db, Person, Account, Collection[str]], Sequence[Board]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a subject above show something; called once, when it is imported."""
    if provider not in _providers:
        _providers.append(provider)


def boards(db: Db, person: Person, account: Account, allowed: Collection[str]) -> list[Board]:
    """What every subject shows this person of this account."""
    return [board for provider in _providers for board in provider(db, person, account, allowed)]
