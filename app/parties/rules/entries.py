"""One business as an outside authority describes it: read from words, checked part by part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from app.base.identifiers import parse_bn
from app.base.text import fold_words
from app.parties.rules.addresses import (
    PARTS,
    REGIONS,
    address_faults,
    parse_postal_code,
    unprintable,
)
from app.parties.rules.program_accounts import read_program_accounts

COLUMNS: Final = (
    "bn",
    "carrier_code",
    "legal_name",
    "street",
    "city",
    "region",
    "postal_code",
    "country",
    "language",
    "lines",
    "program_accounts",
)
LONGEST_NAME: Final = 200

# Folded: a point is a space.
_COUNTRIES: Final = {
    "ca": "CA",
    "canada": "CA",
    "us": "US",
    "usa": "US",
    "u s": "US",
    "u s a": "US",
    "united states": "US",
    "united states of america": "US",
    "etats unis": "US",
    "eu": "US",
    "e u": "US",
}
_LANGUAGES: Final = {
    "en": "en",
    "english": "en",
    "anglais": "en",
    "fr": "fr",
    "french": "fr",
    "francais": "fr",
}
REQUIRED: Final = ("legal_name", "street", "city", "region", "postal_code", "country", "language")


@dataclass(frozen=True, slots=True)
class EntryData:
    """One business as an outside authority describes it."""

    bn: str | None
    carrier_code: str | None
    legal_name: str
    language: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    lines: tuple[str, ...] = ()
    program_accounts: tuple[str, ...] | None = None
    """None where nothing is said of them: what is known stays."""

    @property
    def address(self) -> dict[str, str]:
        """The mailing address, part by part."""
        return {part: getattr(self, part) for part in PARTS}

    @property
    def base(self) -> str:
        """Where the business is: the country of its address."""
        return self.country


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the program's definition knows: its lines of business, its carrier codes' format."""

    lines: Mapping[str, str]
    """Folded code or label, in either language → the line's code."""
    carrier_code: Callable[[str], str | None]
    """The stored form of a carrier code; None when it cannot be one."""


def check_entry(values: Mapping[str, str], words: Vocabulary) -> EntryData | dict[str, str]:
    """One business from typed values, or what is wrong with it, by column."""
    given = {column: " ".join(values.get(column, "").split()) for column in COLUMNS}
    _normalise(given)
    errors = {column: "empty" for column in REQUIRED if not given[column]}
    bn = parse_bn(given["bn"]) if given["bn"] else None
    carrier_code = words.carrier_code(given["carrier_code"]) if given["carrier_code"] else None
    lines = _lines(given["lines"], words)
    accounts = read_program_accounts(given["program_accounts"])
    errors |= _number_errors(given, bn, carrier_code)
    errors |= _text_errors(given)
    if lines is None:
        errors["lines"] = "lines"
    if accounts is None:
        errors["program_accounts"] = "program_accounts"
    address = {part: given[part] for part in PARTS}
    errors |= {part: _fault(part, fault, given) for part, fault in address_faults(address).items()}
    code = parse_postal_code(given["country"], given["postal_code"])
    if errors or lines is None or code is None:
        return errors
    return EntryData(
        bn=bn,
        carrier_code=carrier_code,
        legal_name=given["legal_name"],
        language=given["language"],
        street=given["street"],
        city=given["city"],
        region=given["region"],
        postal_code=code,
        country=given["country"],
        lines=lines,
        program_accounts=accounts if "program_accounts" in values else None,
    )


def _number_errors(
    given: Mapping[str, str], bn: str | None, carrier_code: str | None
) -> dict[str, str]:
    errors = {}
    if given["bn"] and bn is None:
        errors["bn"] = "bn"
    if given["carrier_code"] and carrier_code is None:
        errors["carrier_code"] = "carrier_code"
    if not given["bn"] and not given["carrier_code"]:
        errors["bn"] = "no_identifier"
    return errors


def _text_errors(given: Mapping[str, str]) -> dict[str, str]:
    errors = {
        column: "unprintable"
        for column in ("legal_name", "street", "city")
        if unprintable(given[column])
    }
    if len(given["legal_name"]) > LONGEST_NAME:
        errors["legal_name"] = "too_long"
    if given["language"] not in {"", "en", "fr"}:
        errors["language"] = "language"
    return errors


def _normalise(given: dict[str, str]) -> None:
    """Bring country, region and language to their codes, where they are known."""
    given["country"] = _COUNTRIES.get(fold_words(given["country"]), given["country"])
    given["language"] = _LANGUAGES.get(fold_words(given["language"]), given["language"])
    regions = REGIONS.get(given["country"], {})
    folded = fold_words(given["region"])
    for code, names in regions.items():
        if folded in {code.lower(), *(fold_words(name) for name in names)}:
            given["region"] = code


def _lines(text: str, words: Vocabulary) -> tuple[str, ...] | None:
    """The lines of business, in the file's order, each once; None when one is unknown."""
    found = [
        words.lines.get(fold_words(part)) for part in re.split(r"[|/;,]", text) if part.strip()
    ]
    if None in found:
        return None
    return tuple(dict.fromkeys(code for code in found if code is not None))


def _fault(part: str, fault: str, given: Mapping[str, str]) -> str:
    if part == "postal_code" and fault == "format":
        return "zip_code" if given["country"] == "US" else "postal_code"
    return part if fault == "unknown" else fault
