"""Announcements: a sentence or two from the agency, in both languages, from one day to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.days import end_of_day
from app.base.db import deed
from app.base.errors import Conflict, Invalid, NotFound
from app.correspondence.models import Announcement
from app.programs import library
from app.programs.models import Program

WRITE: Final = "staff.announcements.write"
TITLE_LENGTH: Final = 60
BODY_LENGTH: Final = 600


@dataclass(frozen=True, slots=True)
class Wording:
    """What is announced, and from the start of which day to the end of which.

    ``program_id`` none is for every program; ``last_day`` none is until it is changed.
    """

    program_id: int | None
    title_en: str
    title_fr: str
    body_en: str
    body_fr: str
    first_day: date
    last_day: date | None = None

    def faults(self) -> Iterator[tuple[str, str]]:
        """Field and code of everything that cannot be announced.

        "Neither language may be missing": both are originals.
        """
        lengths = {"title": TITLE_LENGTH, "body": BODY_LENGTH}
        for field in ("title_en", "title_fr", "body_en", "body_fr"):
            words = getattr(self, field).strip()
            if not words:
                yield field, "missing"
            elif len(words) > lengths[field.partition("_")[0]]:
                yield field, "too_long"
        if self.last_day is not None and self.last_day < self.first_day:
            yield "last_day", "before_start"


@deed
def write_announcement(db: Session, actor: int, wording: Wording) -> int:
    """Announce something; return the announcement's number.

    For one program by its staff, for all by somebody who may do so in each. Raises Refused;
    Invalid with ``missing``, ``too_long`` or ``before_start`` at its fields.
    """
    _authorise(db, actor, wording.program_id)
    row = Announcement(made_by=actor, **_columns(wording))
    db.add(row)
    db.flush()
    told = {field: value for field, value in _columns(wording).items() if field != "program_id"}
    record(db, Event.ANNOUNCEMENT_WRITTEN, actor=actor, target=row, changes=told)
    return row.id


@deed
def change_announcement(
    db: Session, actor: int, announcement_id: int, version: int, wording: Wording
) -> None:
    """Change what is announced, for whom, or when.

    ``version`` is that of the row which the form showed. Raises NotFound; Refused; Invalid;
    Conflict ``stale`` when somebody changed it since.
    """
    row = find(db, actor, "staff.announcements.read", Announcement, announcement_id)
    db.refresh(row, with_for_update=True)
    _authorise(db, actor, row.program_id)
    if wording.program_id != row.program_id:
        _authorise(db, actor, wording.program_id)
    if row.row_version != version:
        raise Conflict("stale")
    changes: dict[str, tuple[Any, Any]] = {}
    for field, value in _columns(wording).items():
        if getattr(row, field) != value:
            changes[field] = (getattr(row, field), value)
            setattr(row, field, value)
    if changes:
        db.flush()
        record(db, Event.ANNOUNCEMENT_CHANGED, actor=actor, target=row, changes=changes)


def _authorise(db: Session, actor: int, program_id: int | None) -> None:
    """What is announced for all programs must be the actor's to announce in each of them."""
    every = select(Program).order_by(Program.id)
    asked = every if program_id is None else every.where(Program.id == program_id)
    programs = db.scalars(asked).all()
    if not programs:
        raise NotFound(f"Program {program_id}")
    for program in programs:
        authorise(db, actor, WRITE, program)


def _columns(wording: Wording) -> dict[str, Any]:
    if faults := dict(wording.faults()):
        raise Invalid(faults, title=TITLE_LENGTH, body=BODY_LENGTH)
    zone = library.portal().zone
    fields = asdict(wording)
    first, last = fields.pop("first_day"), fields.pop("last_day")
    words = {name: v.strip() if isinstance(v, str) else v for name, v in fields.items()}
    return words | {
        "starts_at": datetime.combine(first, time.min, tzinfo=zone),
        "ends_at": end_of_day(last, zone) if last else None,
    }
