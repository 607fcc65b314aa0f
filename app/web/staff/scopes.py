"""Which of FAB's users and roles the staff may see: their colleagues, and the roles of code."""

from __future__ import annotations

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from app.authority import predicate
from app.authority.models import StaffAssignment
from app.authority.scopes import Scope, register
from app.base.db import User
from app.parties.models import Person
from app.programs.models import Program

# Made once: new ones at each question take longer than the question.
_colleague, _post = aliased(Person), aliased(StaffAssignment)
_anywhere = aliased(Program)


def _user_by_staff(person_id: int, action: str) -> ColumnElement[bool]:
    """A colleague in a program of one's own; to write, never oneself."""
    found = exists(
        select(1)
        .select_from(_colleague)
        .join(_post, _post.person_id == _colleague.id)
        .where(
            _colleague.user_id == User.id,
            predicate.by_staff(person_id, action, _post.program_id),
        )
        .correlate_except(_colleague, _post)
    )
    if action.endswith(".read"):
        return found
    myself = aliased(Person)
    own = exists(
        select(1).where(myself.user_id == User.id, myself.id == person_id).correlate_except(myself)
    )
    return found & ~own


def _role_by_staff(person_id: int, action: str) -> ColumnElement[bool]:
    """Roles are the portal's, not a program's: whoever reads posts anywhere reads them."""
    return exists(
        select(1)
        .where(predicate.by_staff(person_id, action, _anywhere.id))
        .correlate_except(_anywhere)
    )


register(User, Scope(staff=_user_by_staff))
register(Role, Scope(staff=_role_by_staff))
