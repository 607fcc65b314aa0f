"""What stands on the home page of a program account, or of its business, beside the page's own.

Each subject above brings its part: deeds for “most requested”, and requests that wait. A provider
is asked in a request, for the reader and for what is open; what it counts is what this reader
would find behind the link, and bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session, scoped_session

from app.parties.models import Account, Person, ProgramAccount

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Deed:
    """A link of “most requested”. Who lacks ``action`` reads in its place who may do it."""

    words: str
    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Pending:
    """How many requests of one kind wait for an answer, and where they are answered."""

    title: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """What one subject brings, in its order."""

    deeds: Sequence[Deed] = ()
    pending: Sequence[Pending] = ()


Provider = Callable[[Db, Person, Account, ProgramAccount | None, Collection[str]], Blocks]
"""Asked for the reader, the account, the program account that is open (none: the business), and
what the reader may do there."""
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a subject above bring something; called once, when it is imported."""
    if provider not in _providers:
        _providers.append(provider)


def blocks(
    db: Db,
    person: Person,
    account: Account,
    part: ProgramAccount | None,
    allowed: Collection[str],
) -> Blocks:
    """What every subject brings to this page for this person."""
    found = [provider(db, person, account, part, allowed) for provider in _providers]
    return Blocks(
        [deed for one in found for deed in one.deeds],
        [waits for one in found for waits in one.pending],
    )
