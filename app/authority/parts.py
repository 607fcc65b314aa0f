"""Reads about one program account: what somebody holds on it and may do there, and who may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, scoped_session

from app.authority import predicate
from app.authority.models import Membership
from app.authority.queries import visible
from app.parties.models import Account, ProgramAccount, RegistryEntry
from app.programs.models import ProgramAction

Db = Session | scoped_session[Session]


class Held(NamedTuple):
    """A role that counts now, on one program account or (None) on the whole account."""

    part_id: int | None
    role: str


class Acting(NamedTuple):
    """A delegation by which somebody acts, of one program account or (None) of the whole."""

    part_id: int | None
    delegate_id: int
    level: str
    sees_own: bool
    sees_client: bool
    sees_others: bool


Reach = TypeVar("Reach", Held, Acting)


def held(db: Db, person_id: int, account: Account) -> list[Held]:
    """The roles that are effective for the person in the account, on the whole or on parts."""
    mine = visible(person_id, "membership.read", Membership).where(
        Membership.person_id == person_id,
        Membership.account_id == account.id,
        Membership.status == "active",
        predicate.within(Membership.starts_at, Membership.ends_at),
    )
    if account.state != "authorised":
        return []
    columns = mine.with_only_columns(Membership.program_account_id, Membership.role_code)
    return [Held(*row) for row in db.execute(columns)]


def allowed_on(
    db: Db, person_id: int, actions: Iterable[str], part: ProgramAccount
) -> frozenset[str]:
    """Which of ``actions`` the person may do on a program account: one statement for a page.

    By what reaches the whole account, or this part of it.
    """
    code: Any = ProgramAction.code  # the predicate compares it with what each row grants
    granted = predicate.on_account(person_id, code, part.account_id, literal(part.id))
    wanted = select(ProgramAction.code).where(
        ProgramAction.program_id == part.account.program_id,
        ProgramAction.code.in_([str(action) for action in actions]),
        granted,
    )
    return frozenset(db.scalars(wanted))


def acting_in(db: Db, person_id: int, action: str, account_id: int) -> list[Acting]:
    """The delegations through which the person may do ``action`` on some part, the oldest first."""
    grant, found = predicate.delegations(person_id, action, account_id, anywhere=True)
    columns = found.with_only_columns(
        grant.program_account_id, grant.delegate_id, grant.level,
        grant.sees_own, grant.sees_client, grant.sees_others,
    )  # fmt: skip
    return [Acting(*row) for row in db.execute(columns.order_by(grant.id))]


def reaching(rows: Iterable[Reach], part_id: int) -> list[Reach]:
    """Of what somebody holds, or acts by, what reaches a program account: its own, or the whole."""
    return [row for row in rows if row.part_id in {None, part_id}]


def legal_entity(db: Db, account: Account) -> RegistryEntry | None:
    """What the registry says of the business whose account is open.

    For somebody who may open the account already: it is asked of that account and of no other
    row, and shown read-only.
    """
    business = account.business
    if business is None or business.bn is None:
        return None
    wanted = select(RegistryEntry).where(
        RegistryEntry.program_id == account.program_id, RegistryEntry.bn == business.bn
    )
    return db.scalars(wanted).one_or_none()
