"""From what was typed to the answer that is kept, or to what is wrong with it, part by part.

A form gives each part of a question a name: nothing for a question of one field, `amount` and
`currency` for money, the parts of an address or a person, row and column (`3.name`) of a table.
What is empty is no fault: people save at any point, and what is missing shows on the wheel.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from app.base.emails import is_address
from app.base.phones import parse_phone
from app.base.text import showable
from app.cases.rules.numbers import decimals, parse_number, plain
from app.cases.rules.shown import Value
from app.parties.rules.addresses import (
    PARTS,
    UNITED_STATES,
    address_faults,
    parse_postal_code,
)
from app.programs.rules.eligibility import NONE, possible_answers

if TYPE_CHECKING:
    from decimal import Decimal

    from app.programs.schema.questions import Question

Raw = Mapping[str, Sequence[str]]
"""Part of a question → what was sent under its name."""

SHORT: Final = 200
LONG: Final = 4_000
MOST_ROWS: Final = 50
DATE: Final = ("year", "month", "day")
PERSON: Final = ("given_name", "family_name", "title", "telephone", "email")
_LONGEST_PART: Final = 100
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CELL: Final = re.compile(r"([0-9]{1,4})\.")
"""The number of a row, before the name of its column."""


@dataclass(frozen=True, slots=True)
class Read:
    """The answer, None when nothing was given; or what is wrong, by part ("" is the whole)."""

    value: Value | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """What reading an answer depends on besides the question."""

    today: date
    language: str
    countries: Collection[str]
    listed: Mapping[str, Mapping[str, object]]
    """The definition's lists that choices are taken from."""


def read(question: Question, raw: Raw, around: Around) -> Read:
    """Read the answer to one question. Documents are no answers of a form: they have rows."""
    return _READERS[question.type](question, raw, around)


def _one(raw: Raw, part: str = "") -> str:
    return showable((raw.get(part) or [""])[0]).strip()


def _text(question: Question, raw: Raw, _around: Around) -> Read:
    long = question.type == "long_text"
    typed = showable((raw.get("") or [""])[0], lines=long).replace("\r\n", "\n").strip()
    longest = question.longest or (LONG if long else SHORT)
    return Read(faults={"": "too_long"}) if len(typed) > longest else Read(typed or None)


def _number(question: Question, raw: Raw, around: Around) -> Read:
    typed = _one(raw)
    if not typed:
        return Read()
    number = parse_number(typed, around.language)
    if number is None:
        return Read(faults={"": "not_a_number"})
    fault = _number_fault(question, number, question.decimals)
    return Read(faults={"": fault}) if fault else Read(plain(number))


def _number_fault(question: Question, number: Decimal, most_decimals: int) -> str | None:
    if decimals(number) > most_decimals:
        return "decimals" if most_decimals else "not_whole"
    if question.least is not None and number < question.least:
        return "too_small"
    if question.most is not None and number > question.most:
        return "too_large"
    return None


def _money(question: Question, raw: Raw, around: Around) -> Read:
    typed, currency = _one(raw, "amount"), _one(raw, "currency")
    if not typed:
        return Read()
    number = parse_number(typed.replace("$", ""), around.language)
    if number is None:
        return Read(faults={"amount": "not_a_number"})
    if fault := _number_fault(question, number, 2):
        return Read(faults={"amount": fault})
    if currency not in question.currencies:
        return Read(faults={"currency": "unknown" if currency else "empty"})
    return Read({"amount": f"{number:.2f}", "currency": currency})


def _date(question: Question, raw: Raw, around: Around) -> Read:
    typed = _one(raw) or _from_parts(*(_one(raw, part) for part in DATE))
    if not typed:
        return Read()
    try:
        day = date.fromisoformat(typed if _DAY.fullmatch(typed) else "")
    except ValueError:
        return Read(faults={"": "not_a_date"})
    if question.when == "past" and day > around.today:
        return Read(faults={"": "future"})
    if question.when == "future" and day < around.today:
        return Read(faults={"": "past"})
    return Read(day.isoformat())


def _from_parts(year: str, month: str, day: str) -> str:
    """The three parts of a date as one text, which need not be a date."""
    return f"{year}-{month:0>2}-{day:0>2}" if year or month or day else ""


def _choice(question: Question, raw: Raw, around: Around) -> Read:
    given = _one(raw)
    if not given:
        return Read()
    known = possible_answers(question, around.listed)
    return Read(given) if given in known else Read(faults={"": "unknown"})


def _several(question: Question, raw: Raw, around: Around) -> Read:
    given = {one for one in raw.get("", ()) if one}
    known = possible_answers(question, around.listed)
    if not given <= known:
        return Read(faults={"": "unknown"})
    if NONE in given and len(given) > 1:
        return Read(faults={"": "none_with_others"})
    return Read(sorted(given) or None)


def _country(_question: Question, raw: Raw, around: Around) -> Read:
    given = _one(raw).upper()
    if not given:
        return Read()
    return Read(given) if given in around.countries else Read(faults={"": "unknown"})


def _address(_question: Question, raw: Raw, _around: Around) -> Read:
    given = {part: _one(raw, part) for part in PARTS}
    if "-" in given["region"]:  # one list of provinces and states: the place says the country
        given["country"], _dash, given["region"] = given["region"].partition("-")
    given["street"] = showable((raw.get("street") or [""])[0], lines=True).strip()
    if not any(given[part] for part in PARTS if part != "country"):
        return Read()
    if faults := address_faults(given):
        if "region" in faults:  # the place says the country, and is chosen once
            faults.pop("country", None)
        if given["country"] == UNITED_STATES and faults.get("postal_code") == "format":
            faults["postal_code"] = "zip_code"
        return Read(faults=faults)
    code = parse_postal_code(given["country"], given["postal_code"])
    return Read(given | {"postal_code": code or given["postal_code"]})


def _person(_question: Question, raw: Raw, _around: Around) -> Read:
    given = {part: _one(raw, part) for part in PERSON}
    if not any(given.values()):
        return Read()
    faults = {part: "empty" for part in ("given_name", "family_name") if not given[part]}
    faults |= {part: "too_long" for part, typed in given.items() if len(typed) > _LONGEST_PART}
    telephone = parse_phone(given["telephone"]) if given["telephone"] else ""
    if telephone is None:
        faults["telephone"] = "telephone"
    if given["email"] and not is_address(given["email"]):
        faults["email"] = "email"
    return Read(faults=faults) if faults else Read(given | {"telephone": telephone or ""})


def _table(question: Question, raw: Raw, around: Around) -> Read:
    """The rows that hold anything, in their order; each cell is read as its column asks."""
    columns = question.columns or {}
    numbers = {int(at[1]) for part in raw if (at := _CELL.match(part))}
    rows: list[dict[str, str]] = []
    faults: dict[str, str] = {}
    for number in sorted(numbers):
        found = {
            code: read(column, {"": raw.get(f"{number}.{code}", ())}, around)
            for code, column in columns.items()
        }
        faults |= {f"{number}.{c}": one.faults[""] for c, one in found.items() if one.faults}
        cells = {c: one.value for c, one in found.items() if isinstance(one.value, str)}
        if cells:
            faults |= {
                f"{number}.{c}": "empty"
                for c, column in columns.items()
                if column.required and c not in cells and f"{number}.{c}" not in faults
            }
            rows.append(cells)
    if len(rows) > (question.most_rows or MOST_ROWS):
        faults = {"": "too_many"}
    return Read(faults=faults) if faults else Read(rows or None)


def _documents(_question: Question, _raw: Raw, _around: Around) -> Read:
    return Read()


_READERS: Final[Mapping[str, Callable[[Question, Raw, Around], Read]]] = {
    "short_text": _text,
    "long_text": _text,
    "number": _number,
    "money": _money,
    "date": _date,
    "yes_no": _choice,
    "one_of": _choice,
    "several_of": _several,
    "country": _country,
    "address": _address,
    "person": _person,
    "table": _table,
    "document": _documents,
}
