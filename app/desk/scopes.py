"""Who finds a saved view: the person it belongs to, or the staff of its program."""

from __future__ import annotations

from sqlalchemy import and_, case, exists, or_, select
from sqlalchemy.orm import aliased

from app.authority import predicate
from app.authority.predicate import Clause
from app.authority.scopes import Scope, register
from app.desk.models import SavedView
from app.programs.models import Program

READ = "staff.views.read"

_OWNER = case((SavedView.program_id.is_(None), SavedView.person_id))
"""A team's view is nobody's own: it stays when who made it leaves the program."""


def _by_staff(person_id: int, action: str) -> Clause:
    """A view of a team one belongs to; to read, also one's own, while on the staff anywhere."""
    team = predicate.by_staff(person_id, action, SavedView.program_id)
    if action != READ:
        return team
    anywhere = aliased(Program)
    works = exists(
        select(1)
        .select_from(anywhere)
        .where(predicate.by_staff(person_id, action, anywhere.id))
        .correlate_except(anywhere)
    )
    return or_(team, and_(_OWNER.is_not_distinct_from(person_id), works))


register(
    SavedView,
    Scope(owner=_OWNER, own_actions=frozenset({"self.read", "self.update"}), staff=_by_staff),
)
