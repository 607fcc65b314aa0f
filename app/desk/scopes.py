"""Who finds a saved view, and who reads what became of a deed on many rows."""

from __future__ import annotations

from sqlalchemy import and_, case, exists, or_, select
from sqlalchemy.orm import aliased

from app.authority import predicate
from app.authority.predicate import Clause
from app.authority.scopes import Scope, register
from app.desk.models import BulkRun, SavedView
from app.programs.models import Program

READ = "staff.views.read"
RESULTS = "staff.results.read"

_OWNER = case((SavedView.program_id.is_(None), SavedView.person_id))
"""A team's view is nobody's own: it stays when who made it leaves the program."""


_anywhere = aliased(Program)  # made once: a new one at each question takes longer than it


def _works(person_id: int, action: str) -> Clause:
    """The person is on the staff of some program, of a kind that has the action."""
    return exists(
        select(1)
        .select_from(_anywhere)
        .where(predicate.by_staff(person_id, action, _anywhere.id))
        .correlate_except(_anywhere)
    )


def _by_staff(person_id: int, action: str) -> Clause:
    """A view of a team one belongs to; to read, also one's own, while on the staff anywhere."""
    team = predicate.by_staff(person_id, action, SavedView.program_id)
    if action != READ:
        return team
    return or_(team, and_(_OWNER.is_not_distinct_from(person_id), _works(person_id, action)))


def _own_results(person_id: int, action: str) -> Clause:
    """Whoever chose the rows, alone: the rows may be of programs that a colleague does not see."""
    return and_(BulkRun.person_id == person_id, _works(person_id, action))


register(
    SavedView,
    Scope(owner=_OWNER, own_actions=frozenset({"self.read", "self.update"}), staff=_by_staff),
)
register(
    BulkRun,
    Scope(
        owner=BulkRun.person_id,
        own_actions=frozenset({"self.read", "self.update"}),
        staff=_own_results,
    ),
)
