"""Reads of client groups: which there are, who is in them, on how many clients they are put."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.authority.models_delegation import Assignment, ClientGroup, Delegation, GroupMember
from app.authority.queries import visible
from app.base.errors import NotFound
from app.parties.models import Person
from app.programs.actions import Action

Db = Session | scoped_session[Session]


def groups(db: Db, person_id: int, account_id: int) -> Sequence[ClientGroup]:
    """The provider's groups that were not deleted, by name."""
    wanted = visible(person_id, Action.CLIENTS_VIEW, ClientGroup).where(
        ClientGroup.account_id == account_id, ClientGroup.deleted_at.is_(None)
    )
    return db.scalars(wanted.order_by(ClientGroup.name_folded)).unique().all()


def group(db: Db, person_id: int, account_id: int, group_id: int) -> ClientGroup:
    """One of them. Raises NotFound."""
    wanted = visible(person_id, Action.CLIENTS_VIEW, ClientGroup).where(
        ClientGroup.account_id == account_id,
        ClientGroup.id == group_id,
        ClientGroup.deleted_at.is_(None),
    )
    found = db.scalars(wanted).unique().one_or_none()
    if found is None:
        raise NotFound(f"ClientGroup {group_id}")
    return found


def members(db: Db, group_id: int) -> list[Person]:
    """Who is in a group that the reader was shown, by family name."""
    wanted = (
        select(Person)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .where(GroupMember.group_id == group_id)
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    return list(db.scalars(wanted).unique())


def sizes(db: Db, group_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many people are in each group, and on how many clients it is put."""
    inside = (
        select(GroupMember.group_id, func.count())
        .where(GroupMember.group_id.in_(group_ids))
        .group_by(GroupMember.group_id)
    )
    put_on = (
        select(Assignment.group_id, func.count())
        .join(Delegation, Delegation.id == Assignment.delegation_id)
        .where(Assignment.group_id.in_(group_ids), Delegation.state == "active")
        .group_by(Assignment.group_id)
    )
    people = {row[0]: row[1] for row in db.execute(inside)}
    clients = {row[0]: row[1] for row in db.execute(put_on)}
    return {key: (people.get(key, 0), clients.get(key, 0)) for key in group_ids}


def names(db: Db, group_ids: Sequence[int]) -> dict[int, str]:
    """Names of groups that are put on a client whom the reader was shown."""
    wanted = select(ClientGroup).where(ClientGroup.id.in_(group_ids))
    return {one.id: one.party.name for one in db.scalars(wanted).unique()}
