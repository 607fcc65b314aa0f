"""Reading a file that staff import: a CSV whose every line is checked before any is believed.

Spreadsheets write it in many ways: with or without a byte-order mark, in UTF-8 or
Windows-1252, separated by commas, semicolons or tabs, with headers in either language.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from app.base.text import fold_words

if TYPE_CHECKING:
    from _csv import Reader

MOST_LINES: Final = 100_000
SEPARATORS: Final = ";,\t"
_SHOWN: Final = 80

Entry = TypeVar("Entry")
Check = Callable[[Mapping[str, str]], Entry | dict[str, str]]
"""The values of a line, by column → what the line says, or what is wrong with it, by column."""


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong in one line: `code` is stable, `value` what was found there."""

    line: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line(Generic[Entry]):
    """One line of a file: what it says, or what is wrong with it."""

    number: int
    entry: Entry | None = None
    errors: tuple[LineError, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a kind of file, by the names that they may bear."""

    names: Mapping[str, str]
    """Column → its names in both languages, folded, parted by ``|``; its own code is one."""
    required: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    """Columns of which there must be one at least; the first is named when there is none."""

    def column(self, name: str) -> str | None:
        """The column that a header means; None for one that is not read."""
        folded = fold_words(name)
        return next(
            (column for column, names in self.names.items() if folded in names.split("|")), None
        )

    def headers(self, row: Sequence[str]) -> dict[str, int]:
        """Which column stands where, whatever the language, case and accents of its name."""
        found: dict[str, int] = {}
        for place, name in enumerate(row):
            column = self.column(name)
            if column is not None:
                found.setdefault(column, place)
        return found

    def faults(self, header: Sequence[str]) -> list[tuple[str, str]]:
        """The columns that are missing, and those that two names mean: none can be guessed."""
        there = Counter(self.column(name) for name in header)
        missing = [column for column in self.required if not there[column]]
        if self.one_of and not any(there[column] for column in self.one_of):
            missing.append(self.one_of[0])
        twice = [column for column in self.names if there[column] > 1]
        return [(column, "no_column") for column in missing] + [
            (column, "column_twice") for column in twice
        ]


def read_lines(
    content: bytes, layout: Layout, check: Check[Entry], after: int = 0
) -> Iterator[Line[Entry]]:
    """The lines of a file, each by itself, those up to ``after`` left out.

    A file that cannot be read, or read on, gives one line with the error and ends.
    """
    text = decode(content)
    if text is None:
        yield _wrong(1, "", "encoding")
        return
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True)
    yield from _read_rows(rows, layout, check, after)


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


def _wrong(line: int, column: str, code: str, value: str = "") -> Line[Entry]:
    return Line(line, errors=(LineError(line, column, code, value),))


def _read_rows(
    rows: Reader, layout: Layout, check: Check[Entry], after: int
) -> Iterator[Line[Entry]]:
    begins, count = 1, 0
    try:
        header = next(rows, [])
        if faults := layout.faults(header):
            yield Line(1, errors=tuple(LineError(1, column, code) for column, code in faults))
            return
        columns = layout.headers(header)
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
                yield _read_row(line, row, len(header), columns, check, tuple(layout.names))
    except csv.Error:
        yield _wrong(begins, "", "quotes")
        return
    if not count:
        yield _wrong(1, "", "no_lines")


def _read_row(
    line: int,
    row: Sequence[str],
    width: int,
    columns: Mapping[str, int],
    check: Check[Entry],
    order: Sequence[str],
) -> Line[Entry]:
    if len(row) != width:
        return _wrong(line, "", "fields", str(len(row)))
    values = {column: row[place] for column, place in columns.items()}
    found = check(values)
    if not isinstance(found, dict):
        return Line(line, found)
    errors = (
        LineError(line, column, code, values.get(column, "")[:_SHOWN])
        for column, code in sorted(found.items(), key=lambda error: order.index(error[0]))
    )
    return Line(line, errors=tuple(errors))
