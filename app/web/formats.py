"""Dates, times, amounts as each language writes them. Used everywhere; nothing else formats.

Babel alone would print « 1 août », « 09 h 00 », U+202F and “2:30 p.m.”. One kind of space joins
what must stay together: U+00A0, never U+202F.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from babel.numbers import format_currency, format_decimal
from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.web.locale import LOCALES, language

NBSP: Final = "\u00a0"
NARROW: Final = "\u202f"
# Eastern time: the agency's own. A definition's zone decides when a day ends, never this.
ZONE: Final = ZoneInfo("America/Toronto")
ZONE_NAMES: Final = {"en": "ET", "fr": "HE"}


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a time without zone cannot be shown")
    return moment.astimezone(ZONE)


def _day_of(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _spaced(text: str) -> str:
    return text.replace(NARROW, NBSP).replace(" ", NBSP)


def format_day(value: date) -> str:
    """A date in a sentence: “August 31, 2026”, « 31 août 2026 », « 1er août 2026 »."""
    day, lang = _day_of(value), language()
    month = get_month_names("wide", locale=LOCALES[lang])[day.month]
    if lang == "en":
        return f"{month} {day.day}, {day.year}"
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{month}{NBSP}{day.year}"


def day_markup(value: date) -> Markup:
    """The same for a page: the « er » of the first day is raised."""
    text = format_day(value)
    if text.startswith("1er"):
        return Markup("1<sup>er</sup>{}").format(text.removeprefix("1er"))
    return Markup("{}").format(text)


def format_date_iso(value: date) -> str:
    """A date in a table, a field or a file name: 2026-08-31, in both languages."""
    return _day_of(value).isoformat()


def _clock(moment: datetime) -> str:
    hour, minute = moment.hour, moment.minute
    if language() == "fr":
        if minute == 0 and hour in {0, 12}:
            return "midi" if hour else "minuit"
        return f"{hour}{NBSP}h" + (f"{NBSP}{minute:02}" if minute else "")
    if minute == 0 and hour in {0, 12}:
        return "noon" if hour else "midnight"
    return f"{hour % 12 or 12}:{minute:02}{NBSP}{'pm' if hour >= 12 else 'am'}"


def format_time(moment: datetime) -> str:
    """A time of day with its zone: “2:30 pm ET”, « 14 h 30 (HE) », « 9 h (HE) » on the hour.

    Raises ValueError for a time without zone.
    """
    clock, lang = _clock(_local(moment)), language()
    zone = ZONE_NAMES[lang]
    return f"{clock}{NBSP}({zone})" if lang == "fr" else f"{clock}{NBSP}{zone}"


def format_moment(moment: datetime) -> str:
    """A moment in a sentence: “August 31, 2026, 2:30 pm ET”, « 31 août 2026, 14 h 30 (HE) »."""
    return f"{format_day(moment)}, {format_time(moment)}"


def moment_markup(moment: datetime) -> Markup:
    """The same for a page: the « er » of the first day is raised."""
    return Markup("{}, {}").format(day_markup(moment), format_time(moment))


def format_datetime(moment: datetime) -> str:
    """A moment in a table: “2026-08-31, 2:30 pm ET”, « 2026-08-31, 14 h 30 (HE) »."""
    return f"{format_date_iso(moment)}, {format_time(moment)}"


def format_number(value: float | Decimal) -> str:
    """A number grouped by thousands: “1,234.5”, « 1 234,5 »; a Decimal with all its decimals."""
    rounds = not isinstance(value, Decimal)
    return _spaced(format_decimal(value, locale=LOCALES[language()], decimal_quantization=rounds))


def format_money(value: Decimal | int, currency: str = "CAD") -> str:
    """An amount: “$1,234.56”, « 1 234,56 $ »; with CA or US only when another was meant.

    ``value`` is in dollars.
    """
    text = _spaced(format_currency(value, "CAD", locale=LOCALES[language()]))
    if currency == "CAD":
        return text
    return f"{text}{NBSP}{currency.removesuffix('D')}"


def format_percent(value: float | Decimal) -> str:
    """A percentage, ``value`` already out of 100: “72%”, « 72 % »."""
    space = NBSP if language() == "fr" else ""
    return f"{format_number(value)}{space}%"


def format_size(octets: int) -> str:
    """The size of a file: “0.2 MB”, « 0,2 Mo »; thousandths below a tenth, “1.5 GB” above."""
    units = {"en": ("KB", "MB", "GB"), "fr": ("Ko", "Mo", "Go")}[language()]
    if octets < 100_000:
        return f"{format_number(max(1, round(octets / 1000)))}{NBSP}{units[0]}"
    if octets < 1_000_000_000:
        return f"{format_number(round(octets / 1_000_000, 1))}{NBSP}{units[1]}"
    return f"{format_number(round(octets / 1_000_000_000, 1))}{NBSP}{units[2]}"


def install(app: Flask) -> None:
    """Give the templates the filters of docs/templates.md."""
    filters: dict[str, Callable[..., str]] = {
        "day": day_markup,
        "iso": format_date_iso,
        "time": format_time,
        "moment": moment_markup,
        "stamp": format_datetime,
        "money": format_money,
        "number": format_number,
        "percent": format_percent,
        "size": format_size,
    }
    app.jinja_env.filters.update({name: _spoken(make) for name, make in filters.items()})


def _spoken(make: Callable[..., str]) -> Callable[..., str]:
    """A filter that Jinja asks at each use.

    It would work out ``{{ 0|percent }}`` once, in the language of whoever came first.
    """

    @pass_context
    @functools.wraps(make)
    def spoken(_context: Context, *values: object) -> str:
        return make(*values)

    return spoken
