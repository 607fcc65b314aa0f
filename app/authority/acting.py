"""Under which role a deed is done: read when it is authorised, written in the trail."""

from __future__ import annotations

from sqlalchemy import and_
from sqlalchemy.orm import Session, scoped_session

from app.audit.targets import Target
from app.authority import predicate
from app.programs.models import ProgramRole

Db = Session | scoped_session[Session]


def acting_role(db: Db, person_id: int, action: str, about: Target) -> str | None:
    """What lets the person do `action` there: a role, a delegation's level, a kind of staff.

    The highest role where several do; None on the person's own rows, which ask for no role.
    """
    if action.startswith("staff."):
        return _staff_role(db, person_id, action, about.program_id)
    if about.account_id is None:
        return None
    member = _member_role(db, person_id, action, about.account_id)
    return member or _level(db, person_id, action, about.account_id)


def _staff_role(db: Db, person_id: int, action: str, program_id: int | None) -> str | None:
    post, held = predicate.posts(person_id, action)
    if program_id is not None:
        held = held.where(post.program_id == program_id)
    return db.scalars(held.with_only_columns(post.staff_role).order_by(post.id).limit(1)).first()


def _member_role(db: Db, person_id: int, action: str, account_id: int) -> str | None:
    member, held = predicate.memberships(person_id, action, account_id)
    its_role = and_(
        ProgramRole.program_id == member.program_id, ProgramRole.code == member.role_code
    )
    held = held.join(ProgramRole, its_role).order_by(ProgramRole.rank).limit(1)
    return db.scalars(held.with_only_columns(member.role_code)).first()


def _level(db: Db, person_id: int, action: str, account_id: int) -> str | None:
    grant, held = predicate.delegations(person_id, action, account_id)
    return db.scalars(held.with_only_columns(grant.level).order_by(grant.id).limit(1)).first()
