"""The small types every definition is written in.

The loader hands over text only, so each type here says how its text is read and, when it
cannot be, one sentence on what was expected.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from app.base.days import BusinessDays, CalendarDays, Days, Weekdays

Language = Literal["en", "fr"]
T = TypeVar("T")

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_SPAN = re.compile(r"([1-9][0-9]*) (second|minute|hour)s?")
_DAYS = re.compile(r"([1-9][0-9]*) (calendar day|business day|weekday)s?")
_DAY_KINDS: dict[str, type[Days]] = {
    "calendar day": CalendarDays,
    "business day": BusinessDays,
    "weekday": Weekdays,
}


class Strict(BaseModel):
    """A mapping whose every key is known; nothing is converted behind the writer's back."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True
    )


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise ValueError("expected text that is not empty")
    return text


def _code(value: Any) -> str:
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise ValueError("expected a code in small letters, digits and _, like account_owner")
    return value


def _whole(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{0,8}", value):
        raise ValueError("expected a whole number above zero, like 5")
    return int(value)


def _yes_no(value: Any) -> bool:
    if value not in ("yes", "no"):
        raise ValueError("expected yes or no")
    return bool(value == "yes")


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("expected a date that exists, like 2026-08-31") from None


def _span(value: Any) -> timedelta:
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("expected a length of time, like 30 seconds, 10 minutes or 12 hours")
    return timedelta(**{f"{found[2]}s": int(found[1])})


def _days(value: Any) -> Days:
    found = _DAYS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(
            "expected a number of days with their kind, like 45 calendar days, 2 business days"
            " or 10 weekdays"
        )
    return _DAY_KINDS[found[2]](int(found[1]))


def _calendar_days(value: Any) -> CalendarDays:
    match _days(value):
        case CalendarDays() as days:
            return days
    raise ValueError("expected calendar days here, like 45 calendar days")


def _business_days(value: Any) -> BusinessDays:
    match _days(value):
        case BusinessDays() as days:
            return days
    raise ValueError("expected business days here, like 2 business days")


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, TypeError, ValueError):
        raise ValueError("expected a time zone, like America/Toronto") from None


def _pattern(value: Any) -> re.Pattern[str]:
    try:
        return re.compile(value)
    except (TypeError, re.error):
        raise ValueError("expected a regular expression") from None


def _email(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", value):
        raise ValueError("expected an e-mail address, like name@example.ca")
    return value


def _telephone(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"1-[0-9]{3}-[0-9]{3}-[0-9]{4}", value):
        raise ValueError("expected a telephone number, like 1-800-555-0142")
    return value


def _characters(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("expected characters written side by side")
    twice = sorted({c for c in value if value.count(c) > 1})
    if twice:
        raise ValueError(f"expected each character once, and found {''.join(twice)} again")
    return value


def _many(value: Any) -> Any:
    if not isinstance(value, list) or not value:
        raise ValueError("expected a list with at least one item")
    return tuple(value)


def _by_code(value: Any) -> Any:
    """Tell each item of a mapping its own code, so that it can be passed around alone."""
    if not isinstance(value, Mapping) or not value:
        raise ValueError("expected at least one code, with its details below it")
    for code, item in value.items():
        _code(code)
        if isinstance(item, Mapping) and "code" in item:
            raise ValueError(f"expected no key “code” under {code}: the key above is the code")
    return {
        code: {"code": code, **item} if isinstance(item, Mapping) else item
        for code, item in value.items()
    }


Words = Annotated[str, BeforeValidator(_text)]
"""Text in one language, or text without a language; never empty."""
Code = Annotated[str, BeforeValidator(_code)]
"""A name for machines. Renaming one throughout a definition changes no behaviour."""
Whole = Annotated[int, BeforeValidator(_whole)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Day = Annotated[date, BeforeValidator(_date)]
Span = Annotated[timedelta, BeforeValidator(_span)]
"""A length of time below a day's scale: seconds, minutes or hours."""
AnyDays = Annotated[Days, BeforeValidator(_days)]
CalendarSpan = Annotated[CalendarDays, BeforeValidator(_calendar_days)]
BusinessSpan = Annotated[BusinessDays, BeforeValidator(_business_days)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Pattern = Annotated[re.Pattern[str], BeforeValidator(_pattern)]
Email = Annotated[str, BeforeValidator(_email)]
Telephone = Annotated[str, BeforeValidator(_telephone)]
Characters = Annotated[str, BeforeValidator(_characters)]
Many = Annotated[tuple[T, ...], BeforeValidator(_many)]
ByCode = Annotated[dict[str, T], BeforeValidator(_by_code)]


class Text(Strict):
    """The same thing said in both official languages; neither may be missing or empty."""

    en: Words
    fr: Words

    def say(self, language: str) -> str:
        """The text in `language`; anything but French reads the English."""
        return self.fr if language.startswith("fr") else self.en

    def placeholders(self) -> frozenset[str]:
        """The names of the values the text has holes for, written %(name)s."""
        return frozenset(_PLACEHOLDER.findall(self.en))

    @model_validator(mode="before")
    @classmethod
    def _both_languages(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValueError("expected the text in English (en) and in French (fr)")  # noqa: TRY004
        return value

    @model_validator(mode="after")
    def _same_placeholders(self) -> Text:
        english, french = (set(_PLACEHOLDER.findall(text)) for text in (self.en, self.fr))
        if english != french:
            odd = ", ".join(sorted(english ^ french))
            raise ValueError(f"expected the same placeholders in both languages; check {odd}")
        return self


class Source(Strict):
    """Where a rule comes from: a page of `sources`, a numbered item of it, its own words."""

    page: Code
    item: Words | None = None
    quote: Words | None = None


class SourcePage(Strict):
    """A document that rules are taken from. Quotes from it are in its own language."""

    code: Code
    title: Text
    language: Language


class Rule(Strict):
    """Anything in a definition that decides something: it says where it comes from."""

    source: Source


class Contact(Strict):
    """Whom people write to or call."""

    unit: Text
    email: Email
    telephone: Telephone | None = None
    hours: Text | None = None


class Section(Strict):
    """A titled part of a longer text: paragraphs, then points."""

    heading: Text
    paragraphs: Many[Text] = Field(default=())
    points: Many[Text] = Field(default=())

    @model_validator(mode="after")
    def _says_something(self) -> Section:
        if not self.paragraphs and not self.points:
            raise ValueError("expected paragraphs or points under the heading")
        return self
