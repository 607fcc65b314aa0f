"""Everything an employee holds through one account: access, clients, groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, scoped_session

from app.authority.models import Membership
from app.authority.models_delegation import Assignment, ClientGroup, Delegation, GroupMember
from app.authority.queries import visible
from app.employees.people import seen_of
from app.parties.models import Account, Party
from app.programs.actions import Action

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Holdings:
    """What somebody holds: memberships, clients they are put on by name, and groups."""

    access: Sequence[Membership]
    clients: Sequence[Assignment]
    groups: Sequence[ClientGroup]

    @property
    def shown(self) -> str:
        """All of it in a word: another one means that it has changed since a page was drawn."""
        clients = ",".join(str(one.id) for one in self.clients)
        groups = ",".join(str(one.id) for one in self.groups)
        return f"{seen_of(self.access)}|{clients}|{groups}"


def holdings(
    db: Db, reader: int, account: Account, person_id: int, access: Sequence[Membership]
) -> Holdings:
    """What the reader may see, beside ``access``, of what a person holds through the account."""
    if db.scalar(_account_for(reader, account)) is None:
        return Holdings(access, (), ())
    return Holdings(access, _clients(db, account, person_id), _groups(db, account, person_id))


def _account_for(reader: int, account: Account) -> Select[int]:
    return (
        visible(reader, Action.CLIENTS_ASSIGN, Account)
        .where(Account.id == account.id)
        .with_only_columns(Account.id)
    )


def _clients(db: Db, account: Account, person_id: int) -> Sequence[Assignment]:
    """The clients that the person is put on by name, for this business, by name."""
    wanted = (
        select(Assignment)
        .join(Assignment.delegation)
        .join(Account, Account.id == Delegation.account_id)
        .join(Party, Party.id == Account.party_id)
        .options(
            contains_eager(Assignment.delegation)
            .joinedload(Delegation.account)
            .joinedload(Account.party)
        )
        .where(
            Assignment.person_id == person_id,
            Delegation.delegate_id == account.party_id,
            Delegation.program_id == account.program_id,
        )
        .order_by(Party.name_folded, Assignment.id)
    )
    return db.scalars(wanted).unique().all()


def _groups(db: Db, account: Account, person_id: int) -> Sequence[ClientGroup]:
    """The groups of this business that the person is in, by name."""
    wanted = (
        select(ClientGroup)
        .join(GroupMember, GroupMember.group_id == ClientGroup.id)
        .where(GroupMember.person_id == person_id, ClientGroup.account_id == account.id)
        .options(joinedload(ClientGroup.party))
        .order_by(ClientGroup.name_folded)
    )
    return db.scalars(wanted).unique().all()
