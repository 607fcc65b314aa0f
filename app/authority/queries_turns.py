"""Whose turn it is in authority: offers and transfers to answer, people to activate."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CompoundSelect, and_, func, select
from sqlalchemy.orm import Session, joinedload, scoped_session

from app.authority.delegated import candidates
from app.authority.models import Membership, OwnershipTransfer
from app.authority.queries import visible
from app.parties.models import Account
from app.programs.actions import Action
from app.programs.models import LevelAction, RoleAction

Db = Session | scoped_session[Session]

MOST = 20
"""No more of one kind is listed: the accounts' own pages show the rest."""
MANY = 100_000
"""Of so many delegations of each way, at most, are those taken whose accounts are looked into."""


def offers_to(db: Db, person_id: int) -> Sequence[Membership]:
    """The roles that the person was offered and may still answer, the most urgent first."""
    wanted = (
        visible(person_id, "membership.read", Membership)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.status == "offered",
            Membership.offer_expires_at >= func.guichet_now(),
            Account.state == "authorised",
        )
        .options(
            joinedload(Membership.account).joinedload(Account.party),
            joinedload(Membership.account).joinedload(Account.program),
            joinedload(Membership.role),
        )
        .order_by(Membership.offer_expires_at, Membership.id)
    )
    return db.scalars(wanted.limit(MOST)).unique().all()


def transfers_to(db: Db, person_id: int) -> Sequence[OwnershipTransfer]:
    """The ownerships that the person was offered and may still answer."""
    wanted = (
        visible(person_id, "transfer.answer", OwnershipTransfer)
        .join(Account, Account.id == OwnershipTransfer.account_id)
        .where(
            OwnershipTransfer.state == "offered",
            OwnershipTransfer.expires_at >= func.guichet_now(),
            Account.state == "authorised",
        )
        .options(
            joinedload(OwnershipTransfer.account).joinedload(Account.party),
            joinedload(OwnershipTransfer.account).joinedload(Account.program),
            joinedload(OwnershipTransfer.from_person),
        )
        .order_by(OwnershipTransfer.expires_at, OwnershipTransfer.id)
    )
    return db.scalars(wanted.limit(MOST)).unique().all()


def to_activate(db: Db, person_id: int, account_id: int | None = None) -> Sequence[Membership]:
    """The people who accepted a role and wait for this person to activate them.

    Begins at the few accounts where the person might activate anybody; the predicate decides.
    """
    wanted = (
        visible(person_id, Action.USERS_ACTIVATE, Membership)
        .where(Membership.status == "waiting", Membership.person_id != person_id)
        .options(
            joinedload(Membership.account).joinedload(Account.party),
            joinedload(Membership.account).joinedload(Account.program),
            joinedload(Membership.role),
            joinedload(Membership.person),
        )
        .order_by(Membership.accepted_at, Membership.id)
    )
    if account_id is not None:
        wanted = wanted.where(Membership.account_id == account_id)
    else:
        wanted = wanted.where(Membership.account_id.in_(_places(person_id, Action.USERS_ACTIVATE)))
    return db.scalars(wanted.limit(MOST)).unique().all()


def _places(person_id: int, action: str) -> CompoundSelect[int]:
    """Accounts where one of the person's roles or levels has the action: a superset."""
    by_role = (
        select(Membership.account_id)
        .join(
            RoleAction,
            and_(
                RoleAction.program_id == Membership.program_id,
                RoleAction.role_code == Membership.role_code,
                RoleAction.action_code == action,
            ),
        )
        .where(Membership.person_id == person_id, Membership.status == "active")
    )
    acts = candidates(person_id, MANY)
    by_level = select(acts.c.account_id).join(
        LevelAction,
        and_(
            LevelAction.program_id == acts.c.program_id,
            LevelAction.level == acts.c.level,
            LevelAction.action_code == action,
        ),
    )
    return by_role.union(by_level)


def open_transfer_of(db: Db, person_id: int, account_id: int) -> OwnershipTransfer | None:
    """The account's transfer that can still be accepted, for whoever may open the account."""
    wanted = (
        visible(person_id, Action.ACCOUNT_VIEW, OwnershipTransfer)
        .where(
            OwnershipTransfer.account_id == account_id,
            OwnershipTransfer.state == "offered",
            OwnershipTransfer.expires_at >= func.guichet_now(),
        )
        .options(joinedload(OwnershipTransfer.from_person), joinedload(OwnershipTransfer.to_person))
    )
    return db.scalars(wanted).unique().one_or_none()
