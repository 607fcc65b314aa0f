"""A registry file: its columns, its lines, and what shows between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from app.parties.rules import files
from app.parties.rules.entries import REQUIRED, EntryData, Vocabulary, check_entry
from app.parties.rules.files import Layout, LineError

LAYOUT: Final = Layout(
    names={
        "bn": "bn|business number|business number bn|ne|numero d entreprise|numero d entreprise ne",
        "carrier_code": "carrier code|canadian carrier code|code de transporteur"
        "|code de transporteur canadien",
        "legal_name": "legal name|name|denomination sociale|nom",
        "street": "street|address|mailing address|rue|adresse|adresse postale",
        "city": "city|ville|municipalite",
        "region": "region|province|state|province or state|province ou etat|etat",
        "postal_code": "postal code|zip|zip code|postal code or zip code|code postal|code zip"
        "|code postal ou zip|code postal ou code zip",
        "country": "country|pays",
        "language": "language|language of correspondence|langue|langue de correspondance",
        "lines": "lines|line of business|lines of business|secteur d activite|secteurs d activite",
        "program_accounts": "program accounts|program account|comptes de programme"
        "|compte de programme",
    },
    required=REQUIRED,
    one_of=("bn", "carrier_code"),
)

Line = files.Line[EntryData]


@dataclass(slots=True)
class Reading:
    """What a file holds: the entries with their line numbers, and everything that is wrong."""

    entries: list[tuple[int, EntryData]] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def read_file(content: bytes, words: Vocabulary) -> Reading:
    """Read a whole file. Every line is either an entry or has its errors; nothing is guessed."""
    return assemble(read_lines(content, words))


def read_lines(content: bytes, words: Vocabulary, after: int = 0) -> Iterator[Line]:
    """The lines of a file of businesses, each by itself, those up to ``after`` left out."""
    return files.read_lines(content, LAYOUT, lambda values: check_entry(values, words), after)


def assemble(lines: Iterable[Line]) -> Reading:
    """The entries and the errors of all lines, and what shows between them: a number twice."""
    reading = Reading()
    seen = dict[tuple[str, str], int]()
    for line in lines:
        reading.errors += line.errors
        if line.entry is None:
            continue
        for kind, number in (("bn", line.entry.bn), ("carrier_code", line.entry.carrier_code)):
            if number is None:
                continue
            first = seen.setdefault((kind, number), line.number)
            if first != line.number:
                reading.errors.append(LineError(line.number, kind, "twice", str(first)))
        reading.entries.append((line.number, line.entry))
    return reading
