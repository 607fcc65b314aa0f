"""Counting days: three clocks that must never be mixed.

The field's rules count in three ways, so each is a type of its own and none converts into
another:

* calendar days: every day counts ("Votre code d’activation expire 45 jours après l’attribution");
* business days: Monday to Friday, federal holidays left out ("deux jours ouvrables");
* weekdays: Monday to Friday, holidays *included* (statement due dates).

A count starts the day after the event. A day ends at 23:59:59 in the definition's time zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo

import holidays

SATURDAY = 5
END_OF_DAY = time(23, 59, 59)
ONE_DAY = timedelta(days=1)


class _Days:
    """What the three counts share: a whole number of days, never below zero."""

    count: int
    unit: ClassVar[str]

    def __post_init__(self) -> None:
        if self.count < 0:
            raise ValueError(f"a number of {self.unit} cannot be negative: {self.count}")

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


@dataclass(frozen=True, order=True)
class CalendarDays(_Days):
    """Every day counts, Sundays and holidays too."""

    count: int
    unit: ClassVar[str] = "calendar days"


@dataclass(frozen=True, order=True)
class BusinessDays(_Days):
    """Monday to Friday, federal holidays left out."""

    count: int
    unit: ClassVar[str] = "business days"


@dataclass(frozen=True, order=True)
class Weekdays(_Days):
    """Monday to Friday; a holiday counts like any other day."""

    count: int
    unit: ClassVar[str] = "weekdays"


Days = CalendarDays | BusinessDays | Weekdays


@lru_cache(maxsize=64)
def federal_holidays(year: int) -> frozenset[date]:
    """The days of `year` on which the federal administration is closed.

    A holiday that falls on a weekend is also kept on the working day that replaces it. The
    library leaves out two of the twelve: Easter Monday and the Civic Holiday (first Monday of
    August). Raises `ValueError` for a year that the library does not know (after 2100).
    """
    listed = holidays.country_holidays(
        "CA", years=year, categories=(holidays.GOVERNMENT,), language="en_CA"
    )
    if not listed:
        raise ValueError(f"no federal holidays are known for {year}")
    good_friday = listed.get_named("Good Friday")[0]
    easter_monday = good_friday + 3 * ONE_DAY
    first_of_august = date(year, 8, 1)
    civic_holiday = first_of_august + timedelta(days=-first_of_august.weekday() % 7)
    return frozenset(day for day in listed if day.year == year) | {easter_monday, civic_holiday}


def is_weekday(day: date) -> bool:
    """Monday to Friday, holiday or not."""
    return day.weekday() < SATURDAY


def is_business_day(day: date) -> bool:
    """A weekday on which the federal administration works."""
    return is_weekday(day) and day not in federal_holidays(day.year)


def next_business_day(day: date) -> date:
    """`day` itself when it is a business day, else the first one after it.

    Weekend due dates roll forward (the Canada Revenue Agency's rule).
    """
    while not is_business_day(day):
        day += ONE_DAY
    return day


def add_days(start: date, days: Days) -> date:
    """The last day of a period of `days` that follows an event on `start`."""
    if isinstance(days, CalendarDays):
        return start + timedelta(days=days.count)
    counted = (day for day in _following(start) if _counts(day, days))
    last = start
    for _ in range(days.count):
        last = next(counted)
    return last


def subtract_calendar_days(end: date, days: CalendarDays) -> date:
    """The first day from which `end` is still within `days`."""
    return end - timedelta(days=days.count)


def days_elapsed(start: date, today: date, kind: type[Days]) -> int:
    """How many days of `kind` lie after `start`, up to and with `today`; 0 when not later."""
    if today <= start:
        return 0
    if kind is CalendarDays:
        return (today - start).days
    counts = is_business_day if kind is BusinessDays else is_weekday
    span = (today - start).days
    return sum(counts(start + timedelta(days=n)) for n in range(1, span + 1))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """23:59:59 of `day` in `zone`: the last second in which a deed of that day is in time."""
    return datetime.combine(day, END_OF_DAY, tzinfo=zone)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day on which `moment` falls for people in `zone`.

    Raises `ValueError` for a moment without a time zone: its day would be a guess.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone to fall on a day")
    return moment.astimezone(zone).date()


def last_moment(start: datetime, days: Days, zone: ZoneInfo) -> datetime:
    """The end of the period of `days` that begins with an event at `start`.

    Days are counted on the calendar of `zone`, not in lots of 24 hours: a code made at 23:50 on
    1 March and one made at 00:10 on that day expire together.
    """
    return end_of_day(add_days(local_day(start, zone), days), zone)


def _following(day: date) -> Iterator[date]:
    while True:
        day += ONE_DAY
        yield day


def _counts(day: date, days: BusinessDays | Weekdays) -> bool:
    return is_business_day(day) if isinstance(days, BusinessDays) else is_weekday(day)
