"""Transactions, payments and statements of a program account: the list, one line, a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext
from werkzeug.wrappers import Response as Answer

from app.authority.pages.opening import number_of, part_here, require
from app.base.db import session
from app.ledger.pages import pages
from app.ledger.pages.filters import (
    FilterForm,
    applied,
    as_address,
    filter_form,
    key_of,
    selected,
    wanted,
)
from app.ledger.pages.showing import hidden, shown, sides_here, submitted_by
from app.ledger.queries_lines import MOST_COUNTED, Wanted, lines, streamed, totals
from app.ledger.queries_lines import line as find_line
from app.ledger.queries_lines import page as find_page
from app.ledger.words import KINDS, STATES
from app.programs.actions import Action
from app.web.access import current_person
from app.web.admin.export import send

_AT = "/a/<int:account_id>/p/<int:part_id>/transactions"


@pages.get(_AT)
def transactions(account_id: int, part_id: int) -> str | Answer:
    """A page of what the filters show, and what all of it amounts to, as this reader sees it."""
    require(Action.TRANSACTIONS_VIEW)
    form = filter_form()
    if "apply" in request.args:  # other filters begin at their first page
        return redirect(_here(_given(form)))
    narrowed = lines(current_person().id, part_here(), wanted(form), sides_here())
    place = {name: key_of(name) for name in ("older", "newer")}
    found = find_page(session, narrowed, **place)
    given = _given(form)
    return render_template(
        "ledger/transactions.html",
        part=part_here(),
        number=number_of(part_here()),
        form=form,
        given=given,
        place={name: as_address(key) for name, key in place.items()},
        applied=_chips(form, given),
        rows=[shown(line) for line in found.lines],
        totals=totals(session, narrowed),
        most=MOST_COUNTED,
        hidden=hidden(),
        here=_here({}),
        file=url_for("ledger.transactions_file", account_id=account_id, part_id=part_id),
        newer=_here(given | {"newer": as_address(found.newer)}) if found.newer else None,
        older=_here(given | {"older": as_address(found.older)}) if found.older else None,
    )


def _given(form: FilterForm) -> dict[str, str]:
    """The filters as the address carries them on, mistakes included: nothing typed is lost."""
    return {field.name: field.data for field in form if field.data}


def _here(values: dict[str, Any]) -> str:
    part = part_here()
    return url_for("ledger.transactions", account_id=part.account_id, part_id=part.id, **values)


def _chips(form: FilterForm, given: dict[str, str]) -> list[tuple[str, str, str]]:
    """Label, value, and the address of the list without this filter."""
    return [
        (label, value, _here({key: held for key, held in given.items() if key != name}))
        for name, label, value in applied(form)
    ]


@pages.get(f"{_AT}.csv")
def transactions_file(account_id: int, part_id: int) -> Response:  # noqa: ARG001 (of the address)
    """The ticked lines, or all that the filters show, as a file.

    > "Debits positive, credits/payments negative" (facts B9)
    """
    require(Action.TRANSACTIONS_VIEW)
    asked = Wanted(ids=selected()) if "line" in request.args else wanted(filter_form())
    rows = streamed(session, lines(current_person().id, part_here(), asked, sides_here()))
    title = f"{_('Transactions')} {number_of(part_here())}"
    return send("csv", title, _heads(), _rows(rows))


def _heads() -> list[str]:
    return [
        str(words)
        for words in (
            pgettext("column", "Date"),
            pgettext("column", "Kind"),
            pgettext("column", "Number"),
            pgettext("column", "Description"),
            pgettext("column", "Amount"),
            pgettext("column", "Status"),
            pgettext("column", "Due date"),
            pgettext("column", "Submitted by"),
            pgettext("column", "Program account"),
        )
    ]


def _rows(found: Iterable[Any]) -> Iterator[list[Any]]:
    number = number_of(part_here())
    for row in found:
        yield [
            row.dated.isoformat(),
            str(KINDS[row.kind]),
            row.number,
            row.description,
            row.amount,
            str(STATES[row.state]),
            row.due_on.isoformat() if row.due_on else None,
            submitted_by(row.submitted_by),
            number,
        ]


@pages.get(f"{_AT}/<int:line_id>")
def line(account_id: int, part_id: int, line_id: int) -> str:  # noqa: ARG001 (of the address)
    """One line, by its own address: all that the agency says of it."""
    require(Action.TRANSACTIONS_VIEW)
    found = find_line(session, current_person().id, part_here(), line_id)
    return render_template(
        "ledger/line.html",
        part=part_here(),
        number=number_of(part_here()),
        line=shown(found),
        back=_here({}),
    )
