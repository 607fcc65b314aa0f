"""Who of the provider is put on a client."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.authority.models_delegation import Assignment, Delegation
from app.authority.pages.forms import ConfirmForm
from app.authority.pages.opening import account_here, front_crumb, require
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.delegation.forms import AssignForm
from app.delegation.pages import pages
from app.delegation.pages.common import rule_here
from app.delegation.people import employees
from app.delegation.queries import assigned
from app.delegation.queries import client as find_client
from app.delegation.queries_groups import groups, names
from app.delegation.rules.terms import covers
from app.delegation.sentences import show
from app.delegation.service import assigning
from app.delegation.service.assigning import Assignee
from app.programs.actions import Action
from app.programs.wording import said
from app.web.access import current_person

_AT = "/a/<int:account_id>/clients/<int:delegation_id>"


@pages.route(f"{_AT}/assign", methods=["GET", "POST"])
def assign(account_id: int, delegation_id: int) -> str | Response:
    """Put an employee or a group on this client."""
    row = _found(delegation_id)
    form = AssignForm()
    form.who.choices = _choices()
    form.acting.choices = [SelectChoice(code, label) for code, label in _acting(row)]
    if form.validate_on_submit():
        try:
            assigning.assign(
                current_person().id, delegation_id, _who(form.who.data), form.acting.data
            )
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("They can act for the client from now on."), "done")
            return redirect(_client_url(account_id, delegation_id), code=303)
    rule = rule_here()
    return render_template(
        "delegation/assign.html",
        home=front_crumb(),
        row=row,
        form=form,
        hints={code: said(one.description) for code, one in rule.acting.items()},
        list_url=url_for("delegation.clients_page", account_id=account_id),
        back=_client_url(account_id, delegation_id),
    )


def _found(delegation_id: int) -> Delegation:
    rule_here()
    require(Action.CLIENTS_ASSIGN)
    person = current_person()
    return find_client(session, person.id, account_here(), delegation_id, Action.CLIENTS_ASSIGN)


def _choices() -> list[SelectChoice]:
    account = account_here()
    people = [
        SelectChoice(f"person:{one.id}", one.full_name) for one in employees(session, account.id)
    ]
    teams = [
        SelectChoice(f"group:{one.id}", _("Group: %(name)s", name=one.party.name))
        for one in groups(session, current_person().id, account.id)
    ]
    return [SelectChoice("", _("Select a person or a group")), *people, *teams]


def _who(value: str) -> Assignee:
    """One of the choices: the form has held it to them."""
    kind, _colon, number = value.partition(":")
    return Assignee(group_id=int(number)) if kind == "group" else Assignee(int(number))


def _acting(row: Delegation) -> list[tuple[str, str]]:
    """What somebody may be for the client: as far as its level goes."""
    rule = rule_here()
    level = rule.levels.get(row.level)
    return [
        (code, said(one.label))
        for code, one in rule.acting.items()
        if level is not None and covers(level, one)
    ]


@pages.route(f"{_AT}/unassign/<int:assignment_id>", methods=["GET", "POST"])
def unassign(account_id: int, delegation_id: int, assignment_id: int) -> str | Response:
    """Take somebody off this client, once more asked."""
    row = _found(delegation_id)
    people = assigned(session, [row.id])[row.id]
    kept = next((one for one in people if one.id == assignment_id), None)
    if kept is None:
        raise Conflict("moved_on")
    form = ConfirmForm()
    if form.validate_on_submit():
        assigning.unassign(current_person().id, delegation_id, assignment_id)
        flash(_("They no longer act for the client."), "done")
        return redirect(_client_url(account_id, delegation_id), code=303)
    return render_template(
        "delegation/unassign.html",
        home=front_crumb(),
        row=row,
        form=form,
        name=name_of(kept),
        list_url=url_for("delegation.clients_page", account_id=account_id),
        back=_client_url(account_id, delegation_id),
    )


def name_of(one: Assignment) -> str:
    """Who an assignment is of."""
    if one.person is not None:
        return one.person.full_name
    group_id = one.group_id or 0
    return str(_("Group: %(name)s", name=names(session, [group_id]).get(group_id, "")))


def _client_url(account_id: int, delegation_id: int) -> str:
    return url_for("delegation.client_page", account_id=account_id, delegation_id=delegation_id)
