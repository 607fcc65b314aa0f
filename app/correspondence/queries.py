"""Reading notices and announcements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.authority.queries import visible
from app.correspondence.models import Announcement, Notice

Db = Session | scoped_session[Session]

PAGE = 20
_MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Some notices, newest first; ``older`` is the key to ask the next page with, if any."""

    notices: Sequence[Notice]
    older: int | None


def notices(db: Db, person_id: int, before: int | None = None) -> Page:
    """A page of the person's own notices, newest first, those older than the key ``before``.

    By key and not by number of page: a notice that arrives meanwhile moves nothing.
    """
    wanted = visible(person_id, "self.read", Notice).order_by(Notice.id.desc())
    if before is not None:
        wanted = wanted.where(Notice.id < before)
    found = db.scalars(wanted.limit(PAGE + 1)).all()
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def unread_count(db: Db, person_id: int) -> int:
    """How many notices the person has not read, a hundred at most."""
    wanted = visible(person_id, "self.read", Notice).where(Notice.read_at.is_(None))
    some = wanted.with_only_columns(Notice.id).limit(_MOST_COUNTED).subquery()
    return db.scalar(select(func.count()).select_from(some)) or 0


def announcements(db: Db, program_ids: Iterable[int] = ()) -> Sequence[Announcement]:
    """What the agency announces now: for all programs, and for those given; newest first.

    Announcements are published to everybody who visits the page they stand on: no predicate.
    """
    now = func.guichet_now()
    asked: list[ColumnElement[bool]] = [Announcement.program_id.is_(None)]
    if programs := list(program_ids):
        asked.append(Announcement.program_id.in_(programs))
    wanted = select(Announcement).where(
        or_(*asked),
        Announcement.starts_at <= now,
        or_(Announcement.ends_at.is_(None), Announcement.ends_at > now),
    )
    return db.scalars(wanted.order_by(Announcement.starts_at.desc(), Announcement.id)).all()
