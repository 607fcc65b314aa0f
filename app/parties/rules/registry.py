"""Reading a registry file: a CSV whose every line is checked before any is believed.

Spreadsheets write it in many ways: with or without a byte-order mark, in UTF-8 or
Windows-1252, separated by commas, semicolons or tabs, with headers in either language.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.base.text import fold_words
from app.parties.rules.entries import COLUMNS, REQUIRED, EntryData, Vocabulary, check_entry

if TYPE_CHECKING:
    from _csv import Reader

MOST_LINES: Final = 100_000
SEPARATORS: Final = ";,\t"

_HEADERS: Final[Mapping[str, str]] = {
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
}
_NAMES: Final = {name: column for column, names in _HEADERS.items() for name in names.split("|")}


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in one line: `code` is stable, `value` what was found there."""

    line: int
    column: str
    code: str
    value: str = ""


@dataclass(slots=True)
class Reading:
    """What a file holds: the entries with their line numbers, and everything that is wrong."""

    entries: list[tuple[int, EntryData]] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: the business that it names, or what is wrong with it."""

    number: int
    entry: EntryData | None = None
    errors: tuple[LineError, ...] = ()


def read_file(content: bytes, words: Vocabulary) -> Reading:
    """Read a whole file. Every line is either an entry or has its errors; nothing is guessed."""
    return assemble(read_lines(content, words))


def read_lines(content: bytes, words: Vocabulary, after: int = 0) -> Iterator[Line]:
    """The lines of a file, each by itself, those up to ``after`` left out.

    A file that cannot be read, or read on, gives one line with the error and ends.
    """
    text = decode(content)
    if text is None:
        yield _wrong(1, "", "encoding")
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    yield from _read_rows(rows, words, after)


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


def _wrong(line: int, column: str, code: str, value: str = "") -> Line:
    return Line(line, errors=(LineError(line, column, code, value),))


def decode(content: bytes) -> str | None:
    """The file's text, from UTF-8 or else Windows-1252; None when it is neither."""
    if b"\x00" in content:
        return None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def separator(text: str) -> str:
    """What separates the fields: whichever of `;`, `,` and tab the header has most of."""
    header = text.partition("\n")[0]
    return max(SEPARATORS, key=header.count)


def headers(row: Sequence[str]) -> dict[str, int]:
    """Which column stands where, whatever the language, case and accents of its name."""
    found: dict[str, int] = {}
    for place, name in enumerate(row):
        column = _NAMES.get(fold_words(name))
        if column is not None:
            found.setdefault(column, place)
    return found


def _read_rows(rows: Reader, words: Vocabulary, after: int) -> Iterator[Line]:
    begins, count = 1, 0
    try:
        header = next(rows, [])
        columns = headers(header)
        faults = [(column, "no_column") for column in _missing(columns)]
        faults += [(column, "column_twice") for column in _twice(header)]
        if faults:
            yield Line(1, errors=tuple(LineError(1, column, code) for column, code in faults))
            return
        begins = rows.line_num + 1
        for row in rows:
            # A quoted field may run over several lines: an error names the first.
            line, begins = begins, rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            count += 1
            if count > MOST_LINES:
                yield _wrong(line, "", "too_many")
                return
            if line > after:
                yield _read_row(line, row, header, columns, words)
    except csv.Error:
        yield _wrong(begins, "", "quotes")
        return
    if not count:
        yield _wrong(1, "", "no_lines")


def _twice(header: Sequence[str]) -> list[str]:
    """The columns that two names of the header mean: which one counts cannot be guessed."""
    named = Counter(_NAMES.get(fold_words(name)) for name in header)
    return [column for column in COLUMNS if named[column] > 1]


def _missing(columns: Mapping[str, int]) -> list[str]:
    missing = [column for column in REQUIRED if column not in columns]
    if "bn" not in columns and "carrier_code" not in columns:
        missing.append("bn")
    return missing


def _read_row(
    line: int,
    row: Sequence[str],
    header: Sequence[str],
    columns: Mapping[str, int],
    words: Vocabulary,
) -> Line:
    if len(row) != len(header):
        return _wrong(line, "", "fields", str(len(row)))
    values = {column: row[place] for column, place in columns.items()}
    entry = check_entry(values, words)
    if isinstance(entry, EntryData):
        return Line(line, entry)
    errors = (
        LineError(line, column, code, values.get(column, "")[:80])
        for column, code in sorted(entry.items(), key=lambda error: COLUMNS.index(error[0]))
    )
    return Line(line, errors=tuple(errors))
