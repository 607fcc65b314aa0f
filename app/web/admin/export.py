"""A list as a file: what the filters show, under translated heads, and no formula in it."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

import xlsxwriter
from flask import Response
from werkzeug.http import dump_options_header

from app.base.errors import Conflict
from app.base.text import fold_words

MOST_ROWS: Final = 1_048_575
"""What one sheet holds below its heads."""

_PIECE: Final = 64 * 1024
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A cell beginning with one of these is run as a formula by the spreadsheet that opens a CSV.
_DANGEROUS: Final = re.compile(r"^[\s\u00a0]*[=+\-@|%]|^[\t\r\n]")
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def harmless(value: Any) -> Any:
    """A value that no spreadsheet runs: an apostrophe before what looks like a formula."""
    if not isinstance(value, str):
        return value
    text = _UNWRITABLE.sub("", value)
    return f"'{text}" if _DANGEROUS.match(text) else text


def send(kind: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """The file as a download, named after the list.

    It is written whole before its first byte is sent: a fault gives an error page, never half a
    file that looks complete. Raises Conflict for more rows than a spreadsheet holds.
    """
    clean = ([harmless(cell) for cell in row] for row in rows)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by the server, after it is sent)
    if kind == "csv":
        _csv(file, heads, clean)
    else:
        _xlsx(file, title, heads, clean)
    file.seek(0)
    answer = Response(_pieces(file), content_type=_TYPES[kind])
    answer.call_on_close(file.close)
    name = fold_words(title).replace(" ", "-") or "export"
    answer.headers["Content-Disposition"] = dump_options_header(
        "attachment", {"filename": f"{name}.{kind}"}
    )
    return answer


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _csv(file: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")  # the mark keeps accents
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    text.detach()


def _xlsx(file: IO[bytes], title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31])
    bold = book.add_format({"bold": True, "bottom": 2})
    sheet.freeze_panes(1, 0)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, max(14, len(head) + 2))
        sheet.write_string(0, column, head, bold)
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise Conflict("more rows than a spreadsheet holds")
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write_number(number, column, value)
    book.close()
