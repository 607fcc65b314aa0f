"""Who gave and withdrew which consent, and when: on a page, as a list, as an attestation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template
from flask_babel import pgettext
from werkzeug.http import dump_options_header

from app.authority.pages.opening import account_here
from app.base.db import now, session
from app.base.errors import NotFound
from app.consents.pages import attestation as drawing
from app.consents.pages import pages
from app.consents.pages.opening import crumbs, row_of, sheet_here, url_to
from app.consents.queries import Sheet
from app.programs.wording import said
from app.web.admin.export import send
from app.web.locale import language

_AT = "/a/<int:account_id>/consents/<code>"
_FORMATS = ("csv", "xlsx")


@pages.get(f"{_AT}/history")
def history(account_id: int, code: str) -> str:
    """Every consent that was ever given, the newest first."""
    found = sheet_here(account_id, code)
    return render_template(
        "consents/history.html",
        consent=found.consent,
        crumbs=crumbs(found),
        rows=[row_of(found, row) for row in found.rows],
        files=[(kind.upper(), url_to("file", code, kind=kind)) for kind in _FORMATS],
        attestation=url_to("attestation", code) if found.standing else None,
    )


@pages.get(f"{_AT}/history.<kind>")
def file(account_id: int, code: str, kind: str) -> Response:
    """The same as a file; dates and times as instants, which spreadsheets sort."""
    found = sheet_here(account_id, code)
    if kind not in _FORMATS:
        raise NotFound(kind)
    return send(kind, said(found.consent.short), _heads(), _lines(found))


def _heads() -> list[str]:
    return [
        str(words)
        for words in (
            pgettext("column", "Administration"),
            pgettext("column", "Given on"),
            pgettext("column", "Given by"),
            pgettext("column", "Read in"),
            pgettext("column", "Wording"),
            pgettext("column", "Withdrawn on"),
            pgettext("column", "Withdrawn by"),
            pgettext("column", "Status"),
        )
    ]


def _lines(found: Sheet) -> Iterator[list[Any]]:
    for row in found.rows:
        told = row_of(found, row)
        yield [
            told["name"],
            row.given_at.isoformat(timespec="seconds"),
            told["given_by"],
            row.language,
            row.wording,
            row.withdrawn_at.isoformat(timespec="seconds") if row.withdrawn_at else None,
            told["withdrawn_by"],
            told["effect"],
        ]


@pages.get(f"{_AT}/attestation.pdf")
def attestation(account_id: int, code: str) -> Response:
    """What the consent stands for now, as a document in the reader's language."""
    found = sheet_here(account_id, code)
    if not found.standing:
        raise NotFound(f"{code}: nothing stands")
    content = drawing.compose(session, account_here(), found, now(session), language())
    answer = Response(drawing.render(content), content_type="application/pdf")
    name = f"{said(found.consent.short)}-{found.day.isoformat()}.pdf"
    answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": name})
    return answer
