"""When: a code's life, a letter's lateness, a new letter, a reminder, a lapse.

Source of most rules: the account page, step 4 (shared facts A1, rows 10 and 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.base.days import (
    BusinessDays,
    CalendarDays,
    days_elapsed,
    last_moment,
    local_day,
    subtract_calendar_days,
)
from app.base.errors import Conflict, TooMany
from app.enrolment.rules.states import UNPOSTED, LetterState

ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """One letter in a registration's history. `by_person` leaves out those made anew by staff."""

    state: str
    asked_at: datetime
    made_at: datetime | None
    by_person: bool


def may_ask_anew(
    history: Sequence[Asked],
    moment: datetime,
    *,
    after: BusinessDays,
    most: int,
    within: CalendarDays,
    zone: ZoneInfo,
) -> None:
    """Let a new letter be asked for, or raise.

    One may be asked for once `after` has passed since the last was made, and `most` in
    `within`. Raises Conflict ``letter_waiting`` while one is still to be posted, and TooMany
    with the first instant of the day on which the next may be asked for.
    """
    if any(one.state in UNPOSTED for one in history):
        raise Conflict("letter_waiting")
    made = [one.made_at for one in history if one.made_at is not None]
    if made:
        opens = last_moment(max(made), after, zone) + ONE_SECOND
        if moment < opens:
            raise TooMany("letter_code.new_letter_after", opens)
    since = subtract_calendar_days(local_day(moment, zone), within)
    counted = sorted(
        one.asked_at
        for one in history
        if one.by_person
        and one.state != LetterState.CANCELLED
        and local_day(one.asked_at, zone) > since
    )
    if len(counted) >= most:
        before = CalendarDays(within.count - 1)
        opens = last_moment(counted[-most], before, zone) + ONE_SECOND
        raise TooMany("letter_code.letters", opens)


def late_from(due_at: datetime, late_after: BusinessDays, zone: ZoneInfo) -> datetime:
    """The last instant at which a letter that is due is still on time.

    "Vous devriez les recevoir dans un délai de deux jours ouvrables." What the applicant is
    told is longer; staff see lateness from here.
    """
    return last_moment(due_at, late_after, zone)


def age(due_at: datetime, moment: datetime, zone: ZoneInfo) -> int:
    """How many business days a letter has been due."""
    return days_elapsed(local_day(due_at, zone), local_day(moment, zone), BusinessDays)


def expiry(made_at: datetime, valid: CalendarDays, zone: ZoneInfo) -> datetime:
    """The last second of a code that was made at `made_at`.

    "Le code d’activation expire 45 jours après l’attribution", not after its receipt.
    """
    return last_moment(made_at, valid, zone)


def lapse(expires_at: datetime, lapse_after: CalendarDays, zone: ZoneInfo) -> datetime:
    """The last instant at which a new letter may be asked for once the last code has expired."""
    return last_moment(expires_at, lapse_after, zone)


def reminders_due(
    made_at: datetime, moment: datetime, remind_after: Sequence[CalendarDays], zone: ZoneInfo
) -> int:
    """How many of the reminders about a code should have been sent by now."""
    elapsed = days_elapsed(local_day(made_at, zone), local_day(moment, zone), CalendarDays)
    return sum(elapsed >= days.count for days in remind_after)
