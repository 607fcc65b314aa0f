"""The one predicate: may this person do this action on this account, or this program's rows.

Every answer — ``authorise``, ``visible``, ``explain`` — is built from the three clauses here,
so they cannot disagree. Time is the database's clock; nothing is cached.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.authority.models import (
    Assignment,
    Delegation,
    GroupMember,
    Membership,
    StaffAssignment,
)
from app.parties.models import Account, Person
from app.programs.models import LevelAction, ProgramRole, RoleAction, StaffRoleAction

Expression = SQLColumnExpression[Any]
Clause = ColumnElement[bool]


def within(starts: Expression, ends: Expression) -> Clause:
    """Now is between two instants, either of which may be missing; the end is outside."""
    now = func.guichet_now()
    return and_(or_(starts.is_(None), starts <= now), or_(ends.is_(None), ends > now))


def live(person_id: int) -> Clause:
    """The person exists and is neither unverified nor disabled."""
    somebody = aliased(Person)
    return exists(
        select(1)
        .select_from(somebody)
        .where(somebody.id == person_id, somebody.state == "active")
        .correlate_except(somebody)
    )


def _reaches(row: Any, program_account_id: Expression | None) -> Clause:
    """A row for the whole account reaches every part; one for a part reaches that part only."""
    whole: Clause = row.program_account_id.is_(None)
    if program_account_id is None:
        return whole
    return or_(whole, row.program_account_id == program_account_id)


def memberships(
    person_id: int, action: str, account_id: Expression | int, part: Expression | None = None
) -> tuple[Any, Select[int]]:
    """The person's effective memberships whose role is granted the action, and their alias.

    Effective: active, within its dates, in an account that is open, of a live person. A waiting
    or suspended membership is held but not effective.
    """
    member, account, cell = aliased(Membership), aliased(Account), aliased(RoleAction)
    query = (
        select(1)
        .select_from(member)
        .join(
            cell,
            and_(
                cell.program_id == member.program_id,
                cell.role_code == member.role_code,
                cell.action_code == action,
            ),
        )
        .join(account, account.id == member.account_id)
        .where(
            member.person_id == person_id,
            member.account_id == account_id,
            member.status == "active",
            account.state == "authorised",
            within(member.starts_at, member.ends_at),
            _reaches(member, part),
            live(person_id),
        )
        .correlate_except(member, account, cell)
    )
    return member, query


def delegations(
    person_id: int, action: str, account_id: Expression | int, part: Expression | None = None
) -> tuple[Any, Select[int]]:
    """The account's active delegations at a level granted the action, and their alias.

    Those whose delegate put the person on them, or a group the person belongs to.
    """
    grant, account = aliased(Delegation), aliased(Account)
    put, cell = aliased(Assignment), aliased(LevelAction)
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person_id)
    query = (
        select(1)
        .select_from(grant)
        .join(
            cell,
            and_(
                cell.program_id == grant.program_id,
                cell.level == grant.level,
                cell.action_code == action,
            ),
        )
        .join(put, put.delegation_id == grant.id)
        .join(account, account.id == grant.account_id)
        .where(
            grant.account_id == account_id,
            grant.state == "active",
            account.state == "authorised",
            within(grant.starts_at, grant.ends_at),
            _reaches(grant, part),
            or_(put.person_id == person_id, put.group_id.in_(groups)),
            live(person_id),
        )
        .correlate_except(grant, account, cell, put)
    )
    return grant, query


def posts(person_id: int, action: str) -> tuple[Any, Select[int]]:
    """The person's staff assignments that hold now, of a kind granted the action; their alias."""
    post, cell = aliased(StaffAssignment), aliased(StaffRoleAction)
    query = (
        select(1)
        .select_from(post)
        .join(
            cell,
            and_(cell.staff_role == post.staff_role, cell.action_code == action),
        )
        .where(
            post.person_id == person_id,
            within(post.starts_at, post.ends_at),
            live(person_id),
        )
        .correlate_except(post, cell)
    )
    return post, query


def by_membership(
    person_id: int, action: str, account_id: Expression, part: Expression | None = None
) -> Clause:
    """The person has an effective membership granted the action."""
    return exists(memberships(person_id, action, account_id, part)[1])


def by_delegation(
    person_id: int, action: str, account_id: Expression, part: Expression | None = None
) -> Clause:
    """The person is put on an active delegation granted the action."""
    return exists(delegations(person_id, action, account_id, part)[1])


def by_staff(person_id: int, action: str, program_id: Expression) -> Clause:
    """A staff assignment of the person to the program, of a kind granted the action."""
    post, query = posts(person_id, action)
    return exists(query.where(post.program_id == program_id))


def on_account(
    person_id: int, action: str, account_id: Expression, part: Expression | None = None
) -> Clause:
    """The client side whole: through a membership or through a delegation."""
    return or_(
        by_membership(person_id, action, account_id, part),
        by_delegation(person_id, action, account_id, part),
    )


def roles(person_id: int, account_id: int) -> Select[str]:
    """The codes of the roles that are effective for the person on the whole account.

    Highest first. The rules of giving and taking look at these.
    """
    return (
        select(Membership.role_code)
        .join(Account, Account.id == Membership.account_id)
        .join(
            ProgramRole,
            and_(
                ProgramRole.program_id == Membership.program_id,
                ProgramRole.code == Membership.role_code,
            ),
        )
        .where(
            Membership.person_id == person_id,
            Membership.account_id == account_id,
            Membership.status == "active",
            Account.state == "authorised",
            within(Membership.starts_at, Membership.ends_at),
            Membership.program_account_id.is_(None),
            live(person_id),
        )
        .order_by(ProgramRole.rank, ProgramRole.code)
    )
