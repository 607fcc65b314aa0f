"""What time does to registrations: reminders, lapses, unfinished answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.days import end_of_day, last_moment, local_day, subtract_calendar_days
from app.base.db import deed, now, session
from app.enrolment.models import ActivationCode, Registration
from app.enrolment.rules.states import CodeState, LetterState, State, move
from app.enrolment.rules.times import lapse, reminders_due
from app.enrolment.service.common import (
    end_code,
    lock_registration,
    mailed,
    program_of,
    stop_letters,
    tell,
    unposted,
)
from app.programs.library import definitions
from app.programs.models import Program


def overdue() -> list[int]:
    """The registrations that have lapsed and do not say so yet.

    "An unactivated registration blocks nobody and lapses": one that waits for its code does so
    some days after the code's last one, unless the agency still owes it a letter; unfinished
    answers do so some days after the first, and so does what an officer proved and nobody took.
    """
    return [*_without_code_since(), *_unfinished_since()]


@deed
def lapse_one(db: Session, registration_id: int) -> bool:
    """Let a registration lapse, if that is still so under its lock; tell whether it did."""
    row = lock_registration(db, registration_id)
    moment = now(db)
    before = row.state
    if before == State.DRAFT:
        if not _is_unfinished_too_long(row, moment):
            return False
        # Nothing more is decided on them.
        row.answers, row.address, row.matched_at = {}, None, None
    elif before == State.PROVED:
        if not _is_unfinished_too_long(row, moment):
            return False
    elif before != State.LETTER or not _is_without_code(db, row, moment):
        return False
    row.state = move(before, State.LAPSED)
    db.flush()
    record(
        db,
        Event.REGISTRATION_LAPSED,
        target=row,
        changes={"state": (before, row.state), "reason": f"{before}_too_long"},
    )
    if before == State.PROVED:
        tell(db, row, "registration_lapsed")
    if before == State.LETTER:
        end_code(db, None, row, "lapsed")
        stop_letters(db, None, row, LetterState.CANCELLED, "lapsed")
        tell(db, row, "registration_lapsed")
    return True


def to_remind() -> list[int]:
    """The codes whose holders should have been reminded of their last day and were not yet."""
    moment = now(session)
    codes = session.scalars(
        select(ActivationCode)
        .join(Registration)
        .where(
            ActivationCode.state == CodeState.VALID,
            ActivationCode.expires_at > moment,
            Registration.state == State.LETTER,
        )
    )
    return [code.id for code in codes if _reminders(code, moment) > code.reminders]


@deed
def remind(db: Session, code_id: int) -> bool:
    """Remind one person of the code's last day; a second run finds it done."""
    code = db.get_one(ActivationCode, code_id)
    row = lock_registration(db, code.registration_id)
    db.refresh(code, with_for_update=True)
    moment = now(db)
    sent = _reminders(code, moment)
    open_still = code.state == CodeState.VALID and row.state == State.LETTER
    if not open_still or code.expires_at <= moment or sent <= code.reminders:
        return False
    code.reminders = sent
    db.flush()
    tell(db, row, "code_expires_soon", expires=local_day(code.expires_at, program_of(row).zone))
    return True


def _reminders(code: ActivationCode, moment: datetime) -> int:
    program = program_of(code.registration)
    days = mailed(program).remind_after
    return reminders_due(code.made_at, moment, days, program.zone)


def _without_code_since() -> Sequence[int]:
    moment = now(session)
    expired = (
        select(ActivationCode.registration_id)
        .join(Registration)
        .where(Registration.state == State.LETTER)
        .group_by(ActivationCode.registration_id)
        .having(func.max(ActivationCode.expires_at) < moment)
    )
    return session.scalars(expired).all()


def _unfinished_since() -> Sequence[int]:
    """Drafts old enough to be looked at; whether they have lapsed is decided under the lock."""
    moment = now(session)
    found: list[int] = []
    for one in definitions():
        life = one.enrolment.first.draft_life
        oldest = end_of_day(subtract_calendar_days(local_day(moment, one.zone), life), one.zone)
        drafts = (
            select(Registration.id)
            .join(Program)
            .where(
                Program.code == one.code,
                Registration.state.in_([State.DRAFT, State.PROVED]),
                _begun() <= oldest,
            )
        )
        found += session.scalars(drafts)
    return found


def _begun() -> ColumnElement[datetime]:
    """Since when its person has had the next step: from an officer's word, else from the start."""
    proved = Registration.state == State.PROVED
    return case((proved, Registration.decided_at), else_=Registration.made_at)


def _is_unfinished_too_long(row: Registration, moment: datetime) -> bool:
    program = program_of(row)
    begun = row.decided_at if row.state == State.PROVED else row.made_at
    life = program.enrolment.first.draft_life
    return last_moment(begun or row.made_at, life, program.zone) < moment


def _is_without_code(db: Session, row: Registration, moment: datetime) -> bool:
    last = db.scalar(
        select(func.max(ActivationCode.expires_at)).where(ActivationCode.registration_id == row.id)
    )
    if last is None or unposted(db, row.id):
        return False
    program = program_of(row)
    return lapse(last, mailed(program).lapse_after, program.zone) < moment
