"""Pending employee requests: the list, one of them, and the two answers."""

from __future__ import annotations

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.models_delegation import AccessRequest
from app.authority.pages.opening import account_here
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.employees import queries
from app.employees.forms import ReasonForm
from app.employees.pages import pages
from app.employees.pages.opening import (
    MANY,
    access_form,
    access_in,
    crumbs,
    is_finding,
    manages,
    requests_crumb,
    told_of,
    url_to,
)
from app.employees.sentences import show
from app.employees.service.answering import approve, refuse
from app.programs.actions import Action
from app.web.access import current_person

_AT = "/a/<int:account_id>/requests"


@pages.get(f"{_AT}/")
def pending(account_id: int) -> str:
    """Who asks for access to what the reader manages; approve, refuse, details."""
    manages(Action.REQUESTS_ANSWER)
    rows = queries.pending(session, current_person().id, account_id)
    return render_template(
        "employees/requests.html",
        account=account_here(),
        crumbs=crumbs(),
        rows=[told_of(row) for row in rows],
        people=url_to("people"),
    )


@pages.get(f"{_AT}/<int:request_id>")
def request_of(account_id: int, request_id: int) -> str:
    """One request, with its comment whole."""
    row = _found(account_id, request_id)
    return render_template(
        "employees/request.html",
        account=account_here(),
        crumbs=crumbs(requests_crumb()),
        row=told_of(row),
        open=row.state == "asked",
        mine=row.person_id == current_person().id,
    )


def _found(account_id: int, request_id: int) -> AccessRequest:
    return queries.request_here(session, current_person().id, account_id, request_id)


def _open(account_id: int, request_id: int) -> AccessRequest:
    row = _found(account_id, request_id)
    if row.state != "asked":
        raise Conflict("moved_on")
    return row


@pages.route(f"{_AT}/<int:request_id>/approve", methods=["GET", "POST"])
def approving(account_id: int, request_id: int) -> str | Response:
    """Choose a role, the program accounts where it is of some, and a last day where wanted."""
    row = _open(account_id, request_id)
    actors, parts = manages(Action.REQUESTS_ANSWER)
    named = [str(row.program_account_id)] if row.program_account_id else []
    form = access_form(actors, parts, row.row_version, parts=named)
    if not is_finding(form, parts) and form.validate_on_submit():
        try:
            approve(current_person().id, row.id, access_in(form), form.drawn_version())
        except (Invalid, Conflict) as error:
            show(form, error)
            row = _found(account_id, request_id)
        else:
            flash(_("The request is approved. The person is told by email."), "done")
            return redirect(url_to("pending"), code=303)
    return render_template(
        "employees/approve.html",
        account=account_here(),
        crumbs=crumbs(requests_crumb()),
        form=form,
        row=told_of(row),
        many=len(parts) > MANY,
        back=url_to("request_of", request_id=row.id),
    )


@pages.route(f"{_AT}/<int:request_id>/refuse", methods=["GET", "POST"])
def refusing(account_id: int, request_id: int) -> str | Response:
    """Say why there is no access; the person reads it."""
    row = _open(account_id, request_id)
    form = ReasonForm(version=str(row.row_version))
    if form.validate_on_submit():
        try:
            refuse(current_person().id, row.id, form.reason.data, form.drawn_version())
        except (Invalid, Conflict) as error:
            show(form, error)
            row = _found(account_id, request_id)
        else:
            flash(_("The request is refused. The person is told by email."), "done")
            return redirect(url_to("pending"), code=303)
    return render_template(
        "employees/refuse.html",
        account=account_here(),
        crumbs=crumbs(requests_crumb()),
        form=form,
        row=told_of(row),
        back=url_to("request_of", request_id=row.id),
    )
