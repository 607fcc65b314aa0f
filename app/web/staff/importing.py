"""What the pages of every import share: the form, the words of errors, how far the worker is."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Response as FileResponse
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from app.parties.rules.files import LineError
from app.web.forms import GuichetForm, file_required
from app.web.locale import language

FIRST_ROWS: Final = 10
"""How many of a file's new and changed rows a preview shows."""
ASKED_AGAIN: Final = 3
"""Seconds after which the page of a file that is being read shows how far it is."""

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")

Sentences = Mapping[str, Callable[[LineError], str]]


class UploadForm(GuichetForm):
    """A file to be imported."""

    file = FileField(_l("CSV file"), [file_required(_l("Select a CSV file."))])


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """Columns and errors of a kind of file in the reader's language."""

    columns: Mapping[str, str]
    sentences: Sentences

    def column(self, name: str) -> str:
        """What a column is called in a file of the reader's language; empty for a whole line."""
        return self.columns.get(name, "")

    def sentence(self, error: LineError) -> str:
        """What is wrong and how to mend it."""
        return (self.sentences.get(error.code) or ANY_FILE[error.code])(error)


ANY_FILE: Final[Sentences] = {
    "encoding": lambda _e: _("Save the file as CSV in UTF-8 or Windows-1252."),
    "quotes": lambda _e: _("A quotation mark is not closed."),
    "no_column": lambda _e: _("This column is missing."),
    "column_twice": lambda _e: _("This column is there twice."),
    "fields": lambda e: _(
        "Fields in this line: %(num)s. The header has a different number.", num=e.value
    ),
    "empty": lambda _e: _("This field is empty."),
    "too_long": lambda _e: _("This text is too long."),
    "bn": lambda _e: _("The check digit of the business number is wrong."),
    "twice": lambda e: _("The same number is on line %(line)s.", line=e.value),
}
"""What may be wrong in any kind of file."""


def asked_again(page: str) -> FileResponse:
    """A page that asks again by itself how far the worker is, by a header: that needs no script."""
    return FileResponse(page, headers={"Refresh": str(ASKED_AGAIN)})


def errors_file(errors: Iterable[LineError], words: ErrorWords) -> FileResponse:
    """Every error of a file, as a file for whoever made it; no cell of it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Line"), _("Column"), _("What is wrong"), _("Found there")])
    for error in errors:
        found = f"'{error.value}" if error.value.startswith(FORMULA) else error.value
        writer.writerow([error.line, words.column(error.column), words.sentence(error), found])
    name = "erreurs.csv" if language() == "fr" else "errors.csv"
    return FileResponse(
        out.getvalue().encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
