"""Walking the names of businesses: how a page of accounts is filled, few or a hundred thousand.

The planner misjudges both a broker's clients and the prefixes of a search, so each step says
where it begins and where it stops (measured: a page for who has 100,000 clients among 300,000
businesses takes a few milliseconds in the database, and 290 when the planner is left alone).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.orm import Session, aliased, scoped_session

from app.authority import predicate, scopes
from app.authority.models import Membership
from app.base.text import fold_words
from app.parties.models import Account, Business, Party
from app.programs.actions import Action

Db = Session | scoped_session[Session]

PAGE = 25
RARE = 10_000
"""Up to so many hits of a search are sorted; commoner words are looked for along the walk."""
STEP = 250
"""How many names the first step of a walk looks at: a page, for who has one in ten of them."""

Key = tuple[str, int, int]
"""Folded name, party and account: where a row stands in the list."""

_BEYOND = 2**63 - 1
_mine = aliased(Membership, name="mine")


def shown_to(person_id: int) -> ColumnElement[bool]:
    """What the list shows: accounts one may open, and those where one waits or is suspended."""
    held = (
        select(1)
        .where(
            _mine.person_id == person_id,
            _mine.account_id == Account.id,
            _mine.status.in_(("waiting", "suspended")),
            predicate.live(person_id),
        )
        .correlate(Account)
        .exists()
    )
    opened = scopes.scope_of(Account).clause(person_id, Action.ACCOUNT_VIEW)
    return or_(opened, and_(held, Account.state == "authorised"))


@dataclass(slots=True)
class Walk:
    """Along which names a page goes: from where, in which direction, and which names count."""

    person_id: int
    words: str
    key: Key | None
    backwards: bool

    def names(self) -> Select[int, str, str]:
        """Parties in the order of their names, from the key on."""
        order = (Party.name_folded, Party.id)
        names = select(Party.id, Party.name_folded, Party.search)
        if self.key is not None:
            bound = tuple_(literal(self.key[0]), literal(self.key[1]))
            here = tuple_(*order)
            names = names.where(here <= bound if self.backwards else here >= bound)
        return names.order_by(*(column.desc() if self.backwards else column for column in order))

    def page(self, names: Select[int, str, str], size: int) -> Select[Any]:
        """The accounts that are shown along these names, as many as a page still needs.

        The names are fenced off: left to itself the planner would ask the predicate for all of
        a hundred thousand accounts, and sort them, for every page.
        """
        walked = names.cte("walked").prefix_with("MATERIALIZED", dialect="postgresql")
        shown = (
            select(Account.id)
            .where(Account.party_id == walked.c.id, shown_to(self.person_id))
            .order_by(Account.id.desc() if self.backwards else Account.id)
            .correlate(walked)
        )
        if self.key is not None:
            place = tuple_(walked.c.name_folded, walked.c.id, Account.id)
            here = tuple_(*(literal(part) for part in self.key))
            shown = shown.where(place < here if self.backwards else place > here)
        found = shown.lateral("found")
        page = select(found.c.id).select_from(walked.join(found, literal(True)))
        if self.words:
            page = page.where(_named(self.words, walked.c.id, walked.c.search))
        return page.limit(size)

    def sorted(self, db: Db, among: ColumnElement[bool]) -> list[int]:
        """A page of few names: all of them are sorted."""
        return list(db.scalars(self.page(self.names().where(among), PAGE + 1)))

    def along_the_index(self, db: Db) -> list[int]:
        """A page of many names: their index is walked, in ever longer steps, until it is full."""
        ids: list[int] = []
        step = STEP
        while True:
            ids += db.scalars(self.page(self.names().limit(step), PAGE + 1 - len(ids)))
            end = db.execute(self.names().offset(step - 1).limit(1)).one_or_none()
            if len(ids) > PAGE or end is None:
                return ids
            self.key = (end.name_folded, end.id, 0 if self.backwards else _BEYOND)
            step *= 4


def _query(words: str) -> ColumnElement[Any] | None:
    """Every word begins a word of the name; None when nothing of it can be in a name."""
    terms = [f"{term}:*" for term in fold_words(words).split()]
    return func.to_tsquery(text("'simple'::regconfig"), " & ".join(terms)) if terms else None


def _numbered(words: str) -> Select[int]:
    digits = re.sub(r"[\s.\-]", "", words).upper()
    return select(Business.id).where(or_(Business.bn == digits, Business.carrier_code == digits))


def _named(words: str, key: ColumnElement[int], search: ColumnElement[Any]) -> ColumnElement[bool]:
    """The name has all the words, or they are the business's number."""
    query = _query(words)
    numbered = key.in_(_numbered(words))
    return numbered if query is None else or_(search.op("@@")(query), numbered)


def _hits(words: str) -> Select[int]:
    """Parties from the index of words, no more than make a search rare."""
    query = _query(words)
    wanted = select(Party.id)
    return wanted.where(false() if query is None else Party.search.op("@@")(query)).limit(RARE + 1)


def is_rare(db: Db, words: str) -> bool:
    """Whether few names have the words."""
    found = db.scalar(select(func.count()).select_from(_hits(words).subquery())) or 0
    return found <= RARE


def matching(words: str) -> ColumnElement[bool]:
    """Parties whose name has the words, or whose number they are."""
    # Hits first: prefix terms mislead the planner into walking every name for one that is rare.
    hits = _hits(words).cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
    return Party.id.in_(select(hits.c.id).union(_numbered(words)))
