"""Saying a definition's values in the reader's language: days with their kind, lengths of time."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import get_locale, ngettext

from app.base.days import BusinessDays, CalendarDays, Days
from app.programs.schema.base import Text

HOUR = 3600
MINUTE = 60


def said(text: Text) -> str:
    """The text in the language of what is being written."""
    locale = get_locale()
    return text.say(locale.language if locale is not None else "en")


def say_days(days: Days) -> str:
    """A number of days with its kind: “45 calendar days”, « 2 jours ouvrables »."""
    if isinstance(days, CalendarDays):
        words: str = ngettext("%(num)s calendar day", "%(num)s calendar days", days.count)
    elif isinstance(days, BusinessDays):
        words = ngettext("%(num)s business day", "%(num)s business days", days.count)
    else:
        words = ngettext("%(num)s weekday", "%(num)s weekdays", days.count)
    return words


def say_span(span: timedelta) -> str:
    """A length of time in its largest whole unit: “12 hours”, « 10 minutes »."""
    seconds = int(span.total_seconds())
    if seconds % HOUR == 0:
        words: str = ngettext("%(num)s hour", "%(num)s hours", seconds // HOUR)
    elif seconds % MINUTE == 0:
        words = ngettext("%(num)s minute", "%(num)s minutes", seconds // MINUTE)
    else:
        words = ngettext("%(num)s second", "%(num)s seconds", seconds)
    return words


def fill(text: Text, **values: str) -> str:
    """The text in the reader's language, its placeholders filled."""
    return said(text) % values if text.placeholders() else said(text)
