"""Who may read notices and announcements."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from app.authority import predicate
from app.authority.registered import SELF, person_by_staff
from app.authority.scopes import Scope, register
from app.correspondence.models import Announcement, Notice
from app.programs.models import Program


def _notice_by_staff(person_id: int, action: str) -> ColumnElement[bool]:
    """A notice of no program (sign-in, password) goes with the person it was sent to."""
    of_person: ColumnElement[bool] = person_by_staff(Notice.person_id)(person_id, action)
    return and_(Notice.program_id.is_(None), of_person)


def _announcement_by_staff(person_id: int, action: str) -> ColumnElement[bool]:
    """An announcement for all programs belongs to the staff of any."""
    mine = aliased(Program)
    of_any = exists(
        select(1).where(predicate.by_staff(person_id, action, mine.id)).correlate_except(mine)
    )
    return and_(Announcement.program_id.is_(None), of_any)


register(
    Notice,
    Scope(
        owner=Notice.person_id,
        own_actions=SELF,
        program=Notice.program_id,
        staff=_notice_by_staff,
    ),
)
register(Announcement, Scope(program=Announcement.program_id, staff=_announcement_by_staff))
