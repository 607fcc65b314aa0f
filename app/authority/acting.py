"""Under which role a deed is done: read when it is authorised, written in the trail."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.targets import Target
from app.authority import predicate
from app.authority.models import (
    Assignment,
    Delegation,
    GroupMember,
    Membership,
    StaffAssignment,
)
from app.programs.models import LevelAction, ProgramRole, RoleAction, StaffRoleAction

Db = Session | scoped_session[Session]


def acting_role(db: Db, person_id: int, action: str, about: Target) -> str | None:
    """What lets the person do `action` there: a role, a delegation's level, a kind of staff.

    The highest one where several do; None on the person's own rows, which ask for no role.
    """
    if action.startswith("staff."):
        return _staff_role(db, person_id, action, about.program_id)
    if about.account_id is None:
        return None
    member = _member_role(db, person_id, action, about.account_id)
    return member or _level(db, person_id, action, about.account_id)


def _staff_role(db: Db, person_id: int, action: str, program_id: int | None) -> str | None:
    wanted = (
        select(StaffAssignment.staff_role)
        .join(StaffRoleAction, StaffRoleAction.staff_role == StaffAssignment.staff_role)
        .where(
            StaffAssignment.person_id == person_id,
            StaffRoleAction.action_code == action,
            predicate.within(StaffAssignment.starts_at, StaffAssignment.ends_at),
            _in_program(program_id),
        )
        .order_by(StaffAssignment.id)
    )
    return db.scalars(wanted.limit(1)).first()


def _in_program(program_id: int | None) -> ColumnElement[bool]:
    if program_id is None:
        return StaffAssignment.program_id.is_not(None)
    return StaffAssignment.program_id == program_id


def _member_role(db: Db, person_id: int, action: str, account_id: int) -> str | None:
    wanted = (
        select(Membership.role_code)
        .join(
            RoleAction,
            and_(
                RoleAction.program_id == Membership.program_id,
                RoleAction.role_code == Membership.role_code,
                RoleAction.action_code == action,
            ),
        )
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
            predicate.within(Membership.starts_at, Membership.ends_at),
        )
        .order_by(ProgramRole.rank)
    )
    return db.scalars(wanted.limit(1)).first()


def _level(db: Db, person_id: int, action: str, account_id: int) -> str | None:
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person_id)
    wanted = (
        select(Delegation.level)
        .join(Assignment, Assignment.delegation_id == Delegation.id)
        .join(
            LevelAction,
            and_(
                LevelAction.program_id == Delegation.program_id,
                LevelAction.level == Delegation.level,
                LevelAction.action_code == action,
            ),
        )
        .where(
            Delegation.account_id == account_id,
            Delegation.state == "active",
            predicate.within(Delegation.starts_at, Delegation.ends_at),
            or_(Assignment.person_id == person_id, Assignment.group_id.in_(groups)),
        )
        .order_by(Delegation.id)
    )
    return db.scalars(wanted.limit(1)).first()
