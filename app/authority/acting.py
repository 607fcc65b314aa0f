"""Under which role a deed is done: read when it is authorised, written in the trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, inspect, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.service import set_role_of
from app.audit.targets import Target, describe
from app.authority import predicate
from app.authority.models import StaffAssignment
from app.authority.predicate import Expression
from app.authority.scopes import scope_of
from app.programs.models import ProgramRole

Db = Session | scoped_session[Session]


def acting_role(db: Db, person_id: int, action: str, target: Any) -> str | None:
    """What lets the person do `action` there: a role, a delegation's level, a kind of staff.

    The highest role where several do; None on the person's own rows, which ask for no role.
    """
    if action.startswith("staff."):
        return staff_role(db, person_id, action, describe(target).program_id)
    scope = scope_of(inspect(target).mapper.class_)
    if scope.of_provider(action):
        party, program = (_of(target, one) for one in (scope.delegate, scope.program))
        return _highest(db, *predicate.employments(person_id, action, party, program))
    if scope.account is None:
        return None
    where = (person_id, action, _of(target, scope.account))
    part = None if scope.part is None else _of(target, scope.part)
    anywhere = action in scope.anywhere
    member = _highest(db, *predicate.memberships(*where, part, anywhere=anywhere))
    return member or _level(db, *predicate.delegations(*where, part, anywhere=anywhere))


def held_role(db: Db, person_id: int, action: str, about: Target | None) -> str | None:
    """In which role the person asked, whatever it may do: for refusals and failed tries.

    On an account the highest effective role, or a delegation's level; else the kind of staff,
    of the program at hand first. None for who holds neither.
    """
    if about is not None and about.account_id is not None and not action.startswith("staff."):
        held = _held_there(db, person_id, about.account_id)
        if held is not None:
            return held
    post = select(StaffAssignment.staff_role).where(
        StaffAssignment.person_id == person_id,
        predicate.within(StaffAssignment.starts_at, StaffAssignment.ends_at),
        predicate.live(person_id),
    )
    here = StaffAssignment.program_id == (about.program_id if about else None)
    return db.scalars(post.order_by(here.desc(), StaffAssignment.id).limit(1)).first()


def _held_there(db: Db, person_id: int, account_id: int) -> str | None:
    """The highest role that is effective on the account or a part of it, or a level."""
    found = predicate.roles(person_id, account_id, anywhere=True)
    role: str | None = db.scalars(found.limit(1)).first()
    if role is not None:
        return role
    level = db.execute(predicate.levels(person_id, [account_id]).limit(1)).first()
    return None if level is None else str(level.level)


def staff_role(db: Db, person_id: int, action: str, program_id: int | None) -> str | None:
    """The kind of staff that lets the person do `action`, in the program or (None) in any."""
    post, held = predicate.posts(person_id, action)
    if program_id is not None:
        held = held.where(post.program_id == program_id)
    return db.scalars(held.with_only_columns(post.staff_role).order_by(post.id).limit(1)).first()


def _of(target: Any, column: Any) -> Expression:
    """What a column of the target's scope says of this very row."""
    state = inspect(target)
    key = state.mapper.primary_key[0] == state.identity[0]
    return select(column).where(key).correlate(None).scalar_subquery()


def _highest(db: Db, member: Any, held: Select[Any]) -> str | None:
    its_role = and_(
        ProgramRole.program_id == member.program_id, ProgramRole.code == member.role_code
    )
    held = held.join(ProgramRole, its_role).order_by(ProgramRole.rank).limit(1)
    return db.scalars(held.with_only_columns(member.role_code)).first()


def _level(db: Db, grant: Any, held: Select[Any]) -> str | None:
    return db.scalars(held.with_only_columns(grant.level).order_by(grant.id).limit(1)).first()


set_role_of(held_role)
