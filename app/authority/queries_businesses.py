"""“My businesses”: the accounts a person may open, by name, a page at a time, searched by words.

A person has a handful of accounts; a broker's manager has a hundred thousand. Both start from the
same predicate, and neither may cost what the other has: see ``app.authority.walk``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import BigInteger, ColumnElement, any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, contains_eager, scoped_session, selectinload

from app.authority import predicate
from app.authority.delegated import candidates, grant
from app.authority.models import Membership
from app.authority.queries import visible
from app.authority.walk import PAGE, Key, Walk, is_rare, matching, shown_to
from app.parties.models import Account, Party
from app.programs.actions import Action

Db = Session | scoped_session[Session]

FEW = 2_000
"""Up to so many accounts are sorted for each page; beyond, the index of names is walked."""

_HELD = ("active", "waiting", "suspended")


@dataclass(frozen=True, slots=True)
class Held:
    """One account in the list: the row, and what the person is there.

    ``open`` is whether the person may open it; a waiting or suspended membership is shown
    without a link. ``level`` and ``provider`` are set when they come by delegation: how far it
    goes, and the business (or person) that acts.
    """

    account: Account
    open: bool
    membership: Membership | None = None
    level: str | None = None
    provider: str | None = None


@dataclass(frozen=True, slots=True)
class Businesses:
    """A page of accounts, and the keys of the pages beside it."""

    rows: Sequence[Held] = field(default_factory=tuple)
    before: int | None = None
    after: int | None = None


def businesses(
    db: Db, person_id: int, *, words: str = "", after: int | None = None, before: int | None = None
) -> Businesses:
    """One page, in the order of folded names, after (or before) the account with that number.

    A key and no offset, so that deep pages cost what the first one costs. A key that the person
    may not see begins at the beginning: its place in the alphabet tells nothing.
    """
    db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))  # searches differ too much
    held = few_accounts(db, person_id)
    key = _key_of(db, person_id, before or after)
    walk = Walk(person_id, words, key, backwards=before is not None and key is not None)
    if held is not None:
        ids = walk.sorted(db, _among(held))
    elif words and is_rare(db, words):
        ids = walk.sorted(db, matching(words))
    else:
        ids = walk.along_the_index(db)
    more, ids = len(ids) > PAGE, ids[:PAGE]
    if walk.backwards:
        ids.reverse()
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    return Businesses(
        _rows(db, person_id, ids),
        before=first if (more if walk.backwards else key is not None) else None,
        after=last if walk.backwards or more else None,
    )


def few_accounts(db: Db, person_id: int) -> list[int] | None:
    """The accounts the person might open, a superset that is cheap to read; None for many.

    Each way stops after a few thousand: nobody's list is read whole to learn that it is long.
    """
    mine = select(Membership.account_id).where(
        Membership.person_id == person_id, Membership.status.in_(_HELD)
    )
    limited = select(mine.limit(FEW + 1).subquery())
    acts = select(candidates(person_id, FEW + 1).c.account_id)
    found = list(db.scalars(limited.union_all(acts)))
    return sorted(set(found)) if len(found) <= FEW else None


def _among(held: list[int]) -> ColumnElement[bool]:
    mine = literal(held, ARRAY(BigInteger))
    return Party.id.in_(select(Account.party_id).where(Account.id == any_(mine)))


def _key_of(db: Db, person_id: int, account_id: int | None) -> Key | None:
    if account_id is None:
        return None
    wanted = (
        select(Party.name_folded, Party.id, Account.id)
        .join(Account, Account.party_id == Party.id)
        .where(Account.id == account_id, shown_to(person_id))
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
    acts = _acting(db, person_id, [key for key in ids if key not in held])
    return [
        Held(accounts[key], key in opened, held.get(key), *acts.get(key, (None, None)))
        for key in ids
    ]


def _acting(db: Db, person_id: int, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """By which level, and for whom, the person acts in accounts where they hold no role."""
    if not ids:
        return {}
    wanted = (
        predicate.levels(person_id, ids)
        .join(Party, Party.id == grant.delegate_id)
        .add_columns(Party.name)
    )
    found: dict[int, tuple[str, str]] = {}
    for account_id, level, provider in db.execute(wanted):
        found.setdefault(account_id, (level, provider))
    return found
