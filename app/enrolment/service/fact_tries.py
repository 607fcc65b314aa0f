"""Counting tries of name, address and facts, before anything is compared.

Some failures of one person lock that person for that business for a while; more of anybody lock
the business until staff unlock it (limits: shared facts). A number that nobody has is counted
like any other.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.events import Event, Outcome
from app.audit.service import ONCE, record
from app.authority.queries import authorise, find
from app.base import limiting
from app.base.db import apart, deed, now
from app.base.errors import Conflict, Invalid, Refused
from app.enrolment.models import BusinessTries, Registration
from app.enrolment.rules.facts import locked_until, tries_left
from app.programs.limits import limits

KIND: Final = "shared_facts"
READ: Final = "staff.registrations.read"
UNLOCK: Final = "staff.registrations.unlock"
LONGEST_REASON: Final = 500

What = Literal["name_and_address", "facts"]
"""What was given: kept in the trail, never told to the person."""


class Place(NamedTuple):
    """Whose try it is, and for which business."""

    person_id: int
    program_id: int
    number: str
    registration_id: int

    @property
    def subject(self) -> str:
        """Whom the person's own limit counts for."""
        return f"{self.person_id}:{self.program_id}:{self.number}"


def place_of(actor: int, row: Registration) -> Place:
    """Where a registration's tries are counted."""
    return Place(actor, row.program_id, row.bn or row.carrier_code or "", row.id)


def count_try(place: Place) -> None:
    """Count one try, in a transaction of its own.

    Raises Invalid ``locked`` with the instant ``until`` which this person is locked for this
    business, or ``business_locked`` when nobody may try any more.
    """
    limit = limits().shared_facts
    with apart() as db:
        row = _lock(db, place)
        times = limiting.newest(db, KIND, place.subject, limit.failures_a_person)
        until = locked_until(times, now(db), most=limit.failures_a_person, length=limit.locked)
        full = row.locked_at is not None or row.failures >= limit.failures_an_account
        if not full and until is None:
            limiting.count(db, KIND, place.subject)
            row.failures, row.last_at = row.failures + 1, now(db)
        elif limiting.is_news(db, KIND, place.subject, ONCE):
            _record(db, place, Event.FACTS_LOCKED, reason="business" if full else "person")
    if full:
        raise Invalid({"": "business_locked"})
    if until is not None:
        raise Invalid({"": "locked"}, until=until)


def take_back(place: Place) -> None:
    """What was counted turned out to be no failure. Earlier ones stay."""
    limiting.give_back(KIND, place.subject)
    with apart() as db:
        row = _lock(db, place)
        row.failures = max(row.failures - 1, 1 if row.locked_at else 0)


def record_wrong(place: Place, what: What) -> Invalid:
    """Write a failure to the trail, and lock what it locks; what the person is to be told.

    Invalid ``wrong`` with the number of tries ``left``, or what a lock says.
    """
    limit = limits().shared_facts
    with apart() as db:
        row, moment = _lock(db, place), now(db)
        most = limit.failures_a_person
        times = limiting.newest(db, KIND, place.subject, most)
        until = locked_until(times, moment, most=most, length=limit.locked)
        left = min(
            tries_left(times, moment, most=most, length=limit.locked),
            limit.failures_an_account - row.failures,
        )
        full = row.failures >= limit.failures_an_account
        if full:
            row.locked_at = row.locked_at or moment
        _record(db, place, Event.FACTS_WRONG, reason=what, tries=row.failures)
        if full or until is not None:
            reason = "business" if full else "person"
            _record(db, place, Event.FACTS_LOCKED, reason=reason, tries=row.failures)
    if full:
        return Invalid({"": "business_locked"})
    return Invalid({"": "locked"}, until=until) if until else Invalid({"": what}, left=left)


@deed
def unlock(db: Session, actor: int, tries_id: int, reason: str) -> None:
    """Let a business be enrolled again; its failures count from nothing.

    Whoever is locked for a day stays so. Raises NotFound, Refused (for a business that one
    registers oneself too); Conflict ``not_locked``;
    Invalid ``reason`` ``empty`` or ``too_long``.
    """
    row = find(db, actor, READ, BusinessTries, tries_id)
    authorise(db, actor, UNLOCK, row)
    if db.scalar(_own(actor, row)) is not None:
        raise Refused(UNLOCK, "own", person_id=actor)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "too_long" if reason.strip() else "empty"})
    db.refresh(row, with_for_update=True)
    if row.locked_at is None:
        raise Conflict("not_locked")
    failures, since = row.failures, row.locked_at
    row.failures, row.locked_at = 0, None
    row.unlocked_at, row.unlocked_by, row.unlock_reason = now(db), actor, reason.strip()
    db.flush()
    record(
        db,
        Event.FACTS_UNLOCKED,
        actor=actor,
        target=row,
        changes={
            "number": row.number,
            "failures": (failures, 0),
            "locked_at": (since, None),
            "reason": row.unlock_reason,
        },
    )


def _own(actor: int, row: BusinessTries) -> Select[int]:
    """The officer's own registrations of that business."""
    return (
        select(Registration.id)
        .where(Registration.person_id == actor, Registration.program_id == row.program_id)
        .where(or_(Registration.bn == row.number, Registration.carrier_code == row.number))
        .limit(1)
    )


def _lock(db: Session, place: Place) -> BusinessTries:
    """The business's row, made where there is none, locked until the transaction ends."""
    db.execute(
        insert(BusinessTries)
        .values(program_id=place.program_id, number=place.number)
        .on_conflict_do_nothing()
    )
    wanted = select(BusinessTries).where(
        BusinessTries.program_id == place.program_id, BusinessTries.number == place.number
    )
    return db.scalars(wanted.with_for_update()).one()


def _record(db: Session, place: Place, event: Event, **changes: object) -> None:
    target = db.get_one(Registration, place.registration_id)
    record(db, event, actor=place.person_id, target=target, changes=changes, outcome=Outcome.FAILED)
