"""Days of a delegation: when a new client may let others act, and when its end is near."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app.base.days import CalendarDays, end_of_day


def beginning(day: date | None, today: date, zone: ZoneInfo) -> datetime | None:
    """The first instant of the day in the zone; None for today and before: at once."""
    if day is None or day <= today:
        return None
    return datetime.combine(day, time.min, tzinfo=zone)


def ending(day: date | None, zone: ZoneInfo) -> datetime | None:
    """23:59:59 of the day in the zone; None where no end was said."""
    return None if day is None else end_of_day(day, zone)


def passed(steps: Sequence[CalendarDays], ends: date | None, today: date) -> int | None:
    """The last reminder whose day is over when an end is set: it is never sent late.

    Calendar days, or None where every reminder is still to come.
    """
    if ends is None:
        return None
    over = [step.count for step in steps if step.count > (ends - today).days]
    return min(over, default=None)


def due(steps: Sequence[CalendarDays], ends: date, today: date, reminded: int | None) -> int | None:
    """The reminder to send today, in calendar days before the end, or None.

    “Reminders 60, 30 and 7 days before an end” (issue 5): each once. Days on which nothing ran
    are made up for by the nearest one alone.
    """
    left = (ends - today).days
    if left < 0:
        return None
    near = min((step.count for step in steps if step.count >= left), default=None)
    return near if near is not None and (reminded is None or near < reminded) else None
