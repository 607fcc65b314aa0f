"""Counting tries of the letter's code, before anything is compared."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event, Outcome
from app.audit.service import ONCE, record
from app.base.days import end_of_day, local_day, subtract_calendar_days
from app.base.db import apart, now
from app.base.errors import Invalid
from app.base.limiting import is_news
from app.enrolment.models import ActivationCode, Registration
from app.enrolment.rules.states import CodeState
from app.programs.limits import limits
from app.programs.schema.definition import Definition

LOCKED = "locked"


class LastCode(NamedTuple):
    """The registration's newest code, whatever became of it."""

    id: int
    key_id: str
    digest: bytes
    state: str
    expires_at: datetime


class Trial(NamedTuple):
    """What a try is about: the registration, its business and program, its newest code."""

    registration_id: int
    party_id: int
    program_id: int
    definition: Definition
    code: LastCode


def last_code(db: Session | scoped_session[Session], registration_id: int) -> LastCode | None:
    """The newest code of a registration, or None before its first letter is made."""
    columns = (
        ActivationCode.id,
        ActivationCode.key_id,
        ActivationCode.digest,
        ActivationCode.state,
        ActivationCode.expires_at,
    )
    newest = select(*columns).where(ActivationCode.registration_id == registration_id)
    found = db.execute(newest.order_by(ActivationCode.id.desc()).limit(1)).one_or_none()
    return None if found is None else LastCode(*found)


def count_try(actor: int, trial: Trial) -> int:
    """Count one try, in a transaction of its own; return how many this code has now seen.

    5 a code, 25 a business and program over the days in which letters are counted (limits). A
    code that was ended because somebody else activated first is counted like any other, so that
    its holder sees no difference. Raises Invalid ``locked`` when either is used up.
    """
    limit = limits().letter_code
    with apart() as db:
        key = func.hashtextextended(f"activation:{trial.program_id}", trial.party_id)
        db.execute(select(func.pg_advisory_xact_lock(key)))
        counted = None
        if _spent(db, trial) < limit.tries_an_account:
            counted = db.scalar(
                update(ActivationCode)
                .where(ActivationCode.id == trial.code.id)
                .where(ActivationCode.tries < limit.tries_a_code)
                .values(tries=ActivationCode.tries + 1)
                .returning(ActivationCode.tries)
            )
        if counted is None and is_news(db, "activation", f"code:{trial.code.id}", ONCE):
            _record(db, actor, trial, Event.ACTIVATION_LOCKED, reason="tries_used_up")
    if counted is None:
        raise Invalid({"": LOCKED})
    return int(counted)


def record_wrong(actor: int, trial: Trial, tries: int) -> None:
    """Write a wrong try to the trail; the last one allowed locks the code."""
    locked = tries >= limits().letter_code.tries_a_code
    with apart() as db:
        if locked:
            db.execute(
                update(ActivationCode)
                .where(ActivationCode.id == trial.code.id, ActivationCode.state == CodeState.VALID)
                .values(state=CodeState.LOCKED)
            )
        event = Event.ACTIVATION_LOCKED if locked else Event.ACTIVATION_WRONG
        _record(db, actor, trial, event, reason="no_match", tries=tries)


def tries_left(tries: int) -> int:
    """How many more tries a code has."""
    return max(limits().letter_code.tries_a_code - tries, 0)


def _spent(db: Session, trial: Trial) -> int:
    """The tries that the business's codes in the program have seen lately."""
    zone = trial.definition.zone
    within = limits().letter_code.letters_within
    since = end_of_day(subtract_calendar_days(local_day(now(db), zone), within), zone)
    total = (
        select(func.coalesce(func.sum(ActivationCode.tries), 0))
        .join(Registration, Registration.id == ActivationCode.registration_id)
        .where(
            Registration.party_id == trial.party_id,
            Registration.program_id == trial.program_id,
            ActivationCode.made_at > since,
        )
    )
    return int(db.scalar(total) or 0)


def _record(db: Session, actor: int, trial: Trial, event: Event, **changes: object) -> None:
    target = db.get_one(ActivationCode, trial.code.id)
    facts = {"registration_id": trial.registration_id, **changes}
    record(db, event, actor=actor, target=target, changes=facts, outcome=Outcome.FAILED)
