"""Changing and ending what an employee holds: some of it, or everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.authority.models import Membership
from app.authority.pages.opening import account_here, may_here, refusal
from app.authority.service.common import zone_of
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.employees import queries, rules
from app.employees.forms import EndForm, ReasonForm
from app.employees.holdings import holdings
from app.employees.pages import pages
from app.employees.pages.opening import (
    MANY,
    access_form,
    access_in,
    crumbs,
    is_finding,
    lines_of,
    manages,
    people_crumb,
    url_to,
)
from app.employees.people import managed, seen_of
from app.employees.sentences import show
from app.employees.service import changing
from app.employees.service.leaving import end_everything
from app.programs.actions import Action
from app.web.access import current_person

_AT = "/a/<int:account_id>/employees/<int:person_id>"


def _managed(account_id: int, person_id: int) -> tuple[Sequence[Membership], Sequence[Membership]]:
    """What somebody holds, and what of it the reader manages. Raises NotFound, Refused."""
    reader = current_person()
    rows = queries.employee(session, reader.id, account_id, person_id)
    mine = managed(session, reader.id, account_here(), rows)
    if not mine:
        raise refusal(Action.USERS_MODIFY, rows[0])
    return rows, mine


def _about(rows: Sequence[Membership]) -> dict[str, Any]:
    person = rows[0].person
    back = url_to("person", person_id=person.id)
    return {
        "account": account_here(),
        "name": person.full_name,
        "back": back,
        "crumbs": crumbs(people_crumb(), (person.full_name, back)),
        "lines": lines_of(rows),
    }


@pages.route(f"{_AT}/change", methods=["GET", "POST"])
def change(account_id: int, person_id: int) -> str | Response:
    """Another role, other program accounts, another last day: for those that are ticked."""
    actors, parts = manages(Action.USERS_MODIFY)
    rows, mine = _managed(account_id, person_id)
    first = mine[0]
    form = access_form(
        actors,
        parts,
        seen_of(rows),
        role=first.role_code,
        parts=[str(row.program_account_id) for row in mine if row.program_account_id],
        ends_on=rules.last_day(first.ends_at, zone_of(account_here())),
    )
    if not is_finding(form, parts) and form.validate_on_submit():
        reader, given = current_person().id, access_in(form)
        try:
            changing.change(reader, account_id, person_id, given, form.version.data)
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("The access is changed. The person is told by email."), "done")
            return redirect(url_to("person", person_id=person_id), code=303)
    return render_template(
        "employees/change.html", **_about(rows), form=form, many=len(parts) > MANY
    )


@pages.route(f"{_AT}/end", methods=["GET", "POST"])
def end(account_id: int, person_id: int) -> str | Response:
    """End some of it, with a reason."""
    manages(Action.USERS_MODIFY)
    rows, mine = _managed(account_id, person_id)
    form = EndForm(version=seen_of(rows), chosen=[str(row.id) for row in mine])
    form.chosen.choices = [SelectChoice(str(line["id"]), _line(line)) for line in lines_of(mine)]
    if form.validate_on_submit():
        chosen = [int(one) for one in form.chosen.data]
        try:
            changing.end_access(
                current_person().id, account_id, person_id, chosen,
                form.reason.data, form.version.data,
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("The access has ended. The person is told by email."), "done")
            return redirect(url_to("people"), code=303)
    return render_template("employees/end.html", **_about(rows), form=form)


def _line(line: dict[str, Any]) -> str:
    return f"{line['role']} · {line['part'] or _('The whole account')}"


@pages.route(f"{_AT}/all", methods=["GET", "POST"])
def everything(account_id: int, person_id: int) -> str | Response:
    """The list of everything that ends first, then the deed, with a reason."""
    manages(Action.USERS_MODIFY)
    if not may_here(Action.USERS_MODIFY):
        raise refusal(Action.USERS_MODIFY, account_here())
    rows, _mine = _managed(account_id, person_id)
    reader = current_person()
    held = holdings(session, reader.id, account_here(), person_id, rows)
    form = ReasonForm(version=held.shown)
    if form.validate_on_submit():
        try:
            end_everything(reader.id, account_id, person_id, form.reason.data, form.version.data)
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("Everything has ended. The person is told by email."), "done")
            return redirect(url_to("people"), code=303)
    return render_template(
        "employees/all.html",
        **_about(rows),
        form=form,
        clients=[one.delegation.account.party.name for one in held.clients],
        groups=[str(one) for one in held.groups],
    )
