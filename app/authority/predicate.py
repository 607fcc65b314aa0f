"""The one predicate: may this person do this action on this account, or this program's rows.

Every answer — ``authorise``, ``visible``, ``explain`` — is built from the three clauses here,
so they cannot disagree. Time is the database's clock; nothing is cached.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.authority.models import (
    Assignment,
    Delegation,
    GroupMember,
    Membership,
    StaffAssignment,
)
from app.parties.models import Account, Person
from app.programs.models import LevelAction, RoleAction, StaffRoleAction

Expression = SQLColumnExpression[Any]
Clause = ColumnElement[bool]


def within(starts: Expression, ends: Expression) -> Clause:
    """Now is between two instants, either of which may be missing."""
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


def by_membership(person_id: int, action: str, account_id: Expression) -> Clause:
    """An effective membership of the person whose role is granted the action.

    Effective: active, within its dates, in an account that is open. A waiting or suspended
    membership is held but not effective.
    """
    member, account = aliased(Membership), aliased(Account)
    return exists(
        select(1)
        .select_from(member)
        .join(
            RoleAction,
            and_(
                RoleAction.program_id == member.program_id,
                RoleAction.role_code == member.role_code,
                RoleAction.action_code == action,
            ),
        )
        .join(account, account.id == member.account_id)
        .where(
            member.person_id == person_id,
            member.account_id == account_id,
            member.status == "active",
            account.state == "authorised",
            within(member.starts_at, member.ends_at),
            live(person_id),
        )
        .correlate_except(member, account, RoleAction)
    )


def by_delegation(person_id: int, action: str, account_id: Expression) -> Clause:
    """An active delegation, at a level granted the action, to which the person is assigned.

    The delegate assigns its people one by one or by group.
    """
    grant, account = aliased(Delegation), aliased(Account)
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person_id)
    return exists(
        select(1)
        .select_from(grant)
        .join(
            LevelAction,
            and_(
                LevelAction.program_id == grant.program_id,
                LevelAction.level == grant.level,
                LevelAction.action_code == action,
            ),
        )
        .join(Assignment, Assignment.delegation_id == grant.id)
        .join(account, account.id == grant.account_id)
        .where(
            grant.account_id == account_id,
            grant.state == "active",
            account.state == "authorised",
            within(grant.starts_at, grant.ends_at),
            or_(Assignment.person_id == person_id, Assignment.group_id.in_(groups)),
            live(person_id),
        )
        .correlate_except(grant, account, LevelAction, Assignment)
    )


def by_staff(person_id: int, action: str, program_id: Expression) -> Clause:
    """A staff assignment of the person to the program, of a kind granted the action."""
    post = aliased(StaffAssignment)
    return exists(
        select(1)
        .select_from(post)
        .join(
            StaffRoleAction,
            and_(
                StaffRoleAction.staff_role == post.staff_role,
                StaffRoleAction.action_code == action,
            ),
        )
        .where(
            post.person_id == person_id,
            post.program_id == program_id,
            within(post.starts_at, post.ends_at),
            live(person_id),
        )
        .correlate_except(post, StaffRoleAction)
    )


def on_account(person_id: int, action: str, account_id: Expression) -> Clause:
    """The client side whole: through a membership or through a delegation."""
    return or_(
        by_membership(person_id, action, account_id),
        by_delegation(person_id, action, account_id),
    )
