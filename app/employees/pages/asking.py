"""Asking for access, and taking a request back: what a person without a business may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Final

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.base.db import session
from app.base.errors import Invalid, NotFound, TooMany
from app.employees import queries
from app.employees.forms import AskForm, WithdrawForm
from app.employees.pages import pages
from app.employees.sentences import show
from app.employees.service.asking import Wanted, ask, withdraw
from app.employees.service.common import program_of
from app.programs.library import definitions
from app.programs.limits import limits
from app.programs.schema.definition import Definition
from app.programs.wording import said
from app.web.access import current_person

_AT_LEAST: Final = 0.5
"""Seconds that an answer takes, whether or not there was anything to write down."""


@contextmanager
def evenly() -> Iterator[None]:
    """Take as long in every case: how long an answer took would tell which businesses there are."""
    begun = monotonic()
    try:
        yield
    finally:
        sleep(max(0.0, _AT_LEAST - (monotonic() - begun)))


def asking_programs() -> list[Definition]:
    """The programs in which people ask for access."""
    return [one for one in definitions() if one.access_requests is not None]


@pages.route("/access/ask", methods=["GET", "POST"])
def asking() -> str | Response:
    """Name a business by its number, and say who one is."""
    listed = asking_programs()
    if not listed:
        raise NotFound("no program has requests for access")
    form = AskForm()
    form.program.choices = [SelectChoice(one.code, said(one.names.full)) for one in listed]
    if len(listed) == 1:
        form.program.data = listed[0].code
    if form.validate_on_submit() and _asked(form):
        flash(
            _(
                "Your request is sent. If the business has an account, someone who manages its"
                " users answers it."
            ),
            "done",
        )
        return redirect(url_for("authority.businesses"), code=303)
    return render_template(
        "employees/ask.html",
        form=form,
        programs=listed,
        names_part=any(one.access_requests.program_account for one in listed
                       if one.access_requests is not None),
        limit=limits().ask_for_access,
    )  # fmt: skip


def _asked(form: AskForm) -> bool:
    wanted = Wanted(
        form.program.data,
        form.number.data,
        form.program_account.data or "",
        form.comment.data,
    )
    with evenly():
        try:
            ask(current_person().id, wanted)
        except (Invalid, TooMany) as error:
            show(form, error)
            return False
    return True


@pages.route("/access/withdraw/<program>/<number>", methods=["GET", "POST"])
def withdrawing(program: str, number: str) -> str | Response:
    """What one asked and still waits for; it may be taken back."""
    person = current_person()
    row, found = program_of(session, program)
    asked = next(
        (one for one in queries.asked_by(session, person.id, row) if one.number == number), None
    )
    if asked is None:
        raise NotFound(number)
    form = WithdrawForm()
    if form.validate_on_submit():
        with evenly():
            withdraw(person.id, program, number)
        flash(_("Your request is withdrawn."), "done")
        return redirect(url_for("authority.businesses"), code=303)
    return render_template(
        "employees/withdraw.html",
        form=form,
        asked=asked,
        program=found,
        life=limits().ask_for_access.life,
    )
