"""Why a person may, or may not, do something on an account: the rows that grant it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, scoped_session

from app.authority.models import Assignment, Delegation, GroupMember, Membership
from app.base.db import now
from app.parties.models import Account, Person
from app.programs.models import LevelAction, RoleAction

Db = Session | scoped_session[Session]


@dataclass(frozen=True, slots=True)
class Link:
    """One row that could grant the right.

    ``kind`` is membership or delegation; ``name`` its role or level; ``why`` is *granted*, or
    what is missing: *not_granted* (the role does not have the action), the row's own status,
    *not_begun*, *expired*, *closed* (the account), or the person's state.
    """

    kind: str
    id: int
    name: str
    why: str
    since: datetime | None
    until: datetime | None


def explain(db: Db, person_id: int, action: str, account: Account) -> list[Link]:
    """Every row that ties the person to the account, with what it lacks for ``action``.

    The answer agrees with ``may``: it holds a *granted* link exactly when ``may`` is true.
    """
    person = db.get_one(Person, person_id)
    moment = now(db)
    return [
        *_memberships(db, person, action, account, moment),
        *_delegations(db, person, action, account, moment),
    ]


def _memberships(
    db: Db, person: Person, action: str, account: Account, moment: datetime
) -> list[Link]:
    held = select(Membership).where(
        Membership.person_id == person.id, Membership.account_id == account.id
    )
    links = []
    for row in db.scalars(held.order_by(Membership.id)):
        granted = db.get(RoleAction, (row.program_id, row.role_code, action)) is not None
        why = _why(granted, row, row.status, person, account, moment)
        links.append(Link("membership", row.id, row.role_code, why, row.starts_at, row.ends_at))
    return links


def _delegations(
    db: Db, person: Person, action: str, account: Account, moment: datetime
) -> list[Link]:
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person.id)
    assigned = (
        select(Delegation)
        .join(Assignment, Assignment.delegation_id == Delegation.id)
        .where(
            Delegation.account_id == account.id,
            or_(Assignment.person_id == person.id, Assignment.group_id.in_(groups)),
        )
        .distinct()
    )
    links = []
    for row in db.scalars(assigned.order_by(Delegation.id)):
        granted = db.get(LevelAction, (row.program_id, row.level, action)) is not None
        why = _why(granted, row, row.state, person, account, moment)
        links.append(Link("delegation", row.id, row.level, why, row.starts_at, row.ends_at))
    return links


def _why(
    granted: bool,
    row: Membership | Delegation,
    state: str,
    person: Person,
    account: Account,
    moment: datetime,
) -> str:
    if not granted:
        return "not_granted"
    if state != "active":
        return state
    if row.starts_at is not None and row.starts_at > moment:
        return "not_begun"
    if row.ends_at is not None and row.ends_at <= moment:
        return "expired"
    if account.state != "authorised":
        return "closed"
    return "granted" if person.state == "active" else person.state
