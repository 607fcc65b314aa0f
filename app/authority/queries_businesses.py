"""“My businesses”: the accounts a person may open, by name, a page at a time, searched by words.

A person has a handful of accounts; a broker's manager has a hundred thousand. Both start from the
same predicate, and neither may cost what the other has: see ``_page_ids``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    union,
)
from sqlalchemy.orm import Session, contains_eager, scoped_session, selectinload

from app.authority import scopes
from app.authority.models import Assignment, Delegation, GroupMember, Membership
from app.authority.queries import visible
from app.base.text import fold_words
from app.parties.models import Account, Business, Party
from app.programs.actions import Action

Db = Session | scoped_session[Session]

PAGE = 25
FEW = 5_000
"""Up to so many accounts are sorted for each page; beyond, the index of names is walked."""
MOST_HITS = 10_001
"""So many names are taken from the search index; a word that common is narrowed by another."""

_HELD = ("active", "waiting", "suspended")


@dataclass(frozen=True, slots=True)
class Held:
    """One account in the list: the row, and what the person is there.

    ``open`` is whether the person may open it; a waiting or suspended membership is shown
    without a link. ``level`` is set when they come by delegation.
    """

    account: Account
    open: bool
    membership: Membership | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Businesses:
    """A page of accounts, and the keys of the pages beside it."""

    rows: Sequence[Held] = field(default_factory=tuple)
    before: int | None = None
    after: int | None = None
    few: int | None = None
    """How many there are in all, when they are few enough to be counted at once."""


def businesses(
    db: Db, person_id: int, *, words: str = "", after: int | None = None, before: int | None = None
) -> Businesses:
    """One page, in the order of folded names, after (or before) the account with that number.

    A key and no offset, so that deep pages cost what the first one costs. A key that the person
    may not see begins at the beginning: its place in the alphabet tells nothing.
    """
    db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))  # searches differ too much
    number = _count(db, person_id)
    key = _key_of(db, person_id, before or after)
    backwards = before is not None and key is not None
    ids = _page_ids(
        db, person_id, words=words, key=key, backwards=backwards, few=number is not None
    )
    more, ids = len(ids) > PAGE, ids[:PAGE]
    if backwards:
        ids.reverse()
    rows = _rows(db, person_id, ids)
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    return Businesses(
        rows,
        before=first if (more if backwards else key is not None) else None,
        after=last if (True if backwards else more) else None,
        few=number,
    )


def _held(person_id: int) -> Select[Any]:
    """Accounts the person might open: a superset, cheap to read, which the predicate narrows."""
    mine = select(Membership.account_id).where(
        Membership.person_id == person_id, Membership.status.in_(_HELD)
    )
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person_id)
    put = [
        select(Delegation.account_id)
        .join(Assignment, Assignment.delegation_id == Delegation.id)
        .where(clause, Delegation.state == "active")
        for clause in (Assignment.person_id == person_id, Assignment.group_id.in_(groups))
    ]
    every = union(mine, *put).subquery()
    return select(every.c.account_id)


def _count(db: Db, person_id: int) -> int | None:
    """How many candidates there are; None for more than a few."""
    some = _held(person_id).limit(FEW + 1).subquery()
    found = db.scalar(select(func.count()).select_from(some)) or 0
    return found if found <= FEW else None


def _shown(person_id: int) -> ColumnElement[bool]:
    """What the list shows: accounts one may open, and those where one waits or is suspended."""
    held = (
        visible(person_id, "membership.read", Membership)
        .where(Membership.account_id == Account.id, Membership.status.in_(("waiting", "suspended")))
        .with_only_columns(literal(1))
        .correlate(Account)
        .exists()
    )
    opened = scopes.scope_of(Account).clause(person_id, Action.ACCOUNT_VIEW)
    return or_(opened, and_(held, Account.state == "authorised"))


def _page_ids(
    db: Db,
    person_id: int,
    *,
    words: str,
    key: tuple[str, int, int] | None,
    backwards: bool,
    few: bool,
) -> list[int]:
    """The numbers of one page's accounts, and one more.

    Parties are walked in the order of their names, and the predicate is asked at each until the
    page is full: those of the few accounts held, or every name there is, along its index, where
    they are many. Left to itself the planner would ask and sort all hundred thousand for every
    page; OFFSET is a fence it cannot move.
    """
    party = (Party.name_folded, Party.id)
    names = select(Party.id, Party.name_folded)
    if few:
        held = select(Account.party_id).where(Account.id.in_(_held(person_id)))
        names = names.where(Party.id.in_(held))
    if words:
        names = names.where(_named(words))
    if key is not None:
        bound = tuple_(literal(key[0]), literal(key[1]))
        names = names.where(tuple_(*party) <= bound if backwards else tuple_(*party) >= bound)
    names = names.order_by(*(column.desc() if backwards else column for column in party))
    walked = names.offset(0).subquery("walked")
    shown = (
        select(Account.id)
        .where(Account.party_id == walked.c.id, _shown(person_id))
        .order_by(Account.id.desc() if backwards else Account.id)
        .correlate(walked)
    )
    if key is not None:
        place = tuple_(walked.c.name_folded, walked.c.id, Account.id)
        here = tuple_(*(literal(part) for part in key))
        shown = shown.where(place < here if backwards else place > here)
    found = shown.lateral("found")
    page = select(found.c.id).select_from(walked.join(found, literal(True)))
    return list(db.scalars(page.limit(PAGE + 1)))


def _named(words: str) -> ColumnElement[bool]:
    """Every word begins a word of the name; or the words are the business's number."""
    digits = re.sub(r"[\s.\-]", "", words).upper()
    number = select(Business.id).where(or_(Business.bn == digits, Business.carrier_code == digits))
    terms = [f"{term}:*" for term in fold_words(words).split()]
    if not terms:
        return Party.id.in_(number)
    found = select(Party.id).where(
        Party.search.op("@@")(func.to_tsquery(text("'simple'::regconfig"), " & ".join(terms)))
    )
    # Hits first: prefix terms mislead the planner into walking every name for one that is rare.
    hits = found.limit(MOST_HITS).cte("hits").prefix_with("MATERIALIZED", dialect="postgresql")
    return or_(Party.id.in_(select(hits.c.id)), Party.id.in_(number))


def _key_of(db: Db, person_id: int, account_id: int | None) -> tuple[str, int, int] | None:
    if account_id is None:
        return None
    wanted = (
        select(Party.name_folded, Party.id, Account.id)
        .join(Account, Account.party_id == Party.id)
        .where(Account.id == account_id, _shown(person_id))
    )
    found = db.execute(wanted).one_or_none()
    return None if found is None else (found[0], found[1], found[2])


def _rows(db: Db, person_id: int, ids: Sequence[int]) -> list[Held]:
    """The rows of a page, whole, in the order of ``ids``, in a fixed number of statements."""
    if not ids:
        return []
    wanted = (
        select(Account)
        .join(Account.party)
        .join(Account.program)
        .options(
            contains_eager(Account.party),
            contains_eager(Account.program),
            selectinload(Account.business),
        )
        .where(Account.id.in_(ids))
    )
    accounts = {account.id: account for account in db.scalars(wanted)}
    opened = set(
        db.scalars(
            visible(person_id, Action.ACCOUNT_VIEW, Account)
            .with_only_columns(Account.id)
            .where(Account.id.in_(ids))
        )
    )
    mine = visible(person_id, "membership.read", Membership).where(
        Membership.account_id.in_(ids), Membership.status.in_(_HELD)
    )
    held = {row.account_id: row for row in db.scalars(mine.order_by(Membership.id.desc()))}
    levels_here = levels(db, person_id, [key for key in ids if key not in held])
    return [Held(accounts[key], key in opened, held.get(key), levels_here.get(key)) for key in ids]


def levels(db: Db, person_id: int, ids: Sequence[int]) -> dict[int, str]:
    """By which level of delegation the person acts in accounts where they hold no role."""
    if not ids:
        return {}
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person_id)
    wanted = (
        select(Delegation.account_id, Delegation.level)
        .join(Assignment, Assignment.delegation_id == Delegation.id)
        .where(
            Delegation.account_id.in_(ids),
            Delegation.state == "active",
            or_(Assignment.person_id == person_id, Assignment.group_id.in_(groups)),
        )
        .order_by(Delegation.id.desc())
    )
    return {row.account_id: row.level for row in db.execute(wanted)}
