"""Client groups: which there are, who is in them, made, filled and deleted."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.authority.models_delegation import ClientGroup
from app.authority.pages.forms import ConfirmForm
from app.authority.pages.opening import account_here, front_crumb, require
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound
from app.delegation.forms import GroupForm, MemberForm
from app.delegation.pages import pages
from app.delegation.pages.common import rule_here
from app.delegation.people import employees
from app.delegation.queries_groups import group as find_group
from app.delegation.queries_groups import groups, members, sizes
from app.delegation.sentences import show
from app.delegation.service import grouping
from app.programs.actions import Action
from app.web.access import current_person

_AT = "/a/<int:account_id>/clients/groups"


def _require_groups() -> None:
    if not rule_here().groups:
        raise NotFound("groups")
    require(Action.CLIENTS_ASSIGN)


@pages.route(f"{_AT}/", methods=["GET", "POST"])
def groups_page(account_id: int) -> str | Response:
    """The groups, and one more."""
    _require_groups()
    form = GroupForm()
    if form.validate_on_submit():
        try:
            number = grouping.make_group(current_person().id, account_id, form.name.data)
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("The group is made. Now put employees in it."), "done")
            return redirect(_url(number), code=303)
    rows = groups(session, current_person().id, account_id)
    counted = sizes(session, [row.id for row in rows])
    return render_template(
        "delegation/groups.html",
        **_about(),
        form=form,
        rows=[(row.party.name, _url(row.id), *counted[row.id]) for row in rows],
    )


def _about() -> dict[str, Any]:
    account = account_here()
    return {
        "home": front_crumb(),
        "list_url": url_for("delegation.clients_page", account_id=account.id),
        "groups_url": url_for("delegation.groups_page", account_id=account.id),
        "account_id": account.id,
    }


def _url(group_id: int) -> str:
    return url_for("delegation.group_page", account_id=account_here().id, group_id=group_id)


def _found(group_id: int) -> ClientGroup:
    _require_groups()
    return find_group(session, current_person().id, account_here().id, group_id)


@pages.route(f"{_AT}/<int:group_id>", methods=["GET", "POST"])
def group_page(account_id: int, group_id: int) -> str | Response:
    """Who is in a group, and one more."""
    row = _found(group_id)
    inside = members(session, row.id)
    form = MemberForm()
    form.who.choices = [
        SelectChoice("", _("Select a person")),
        *(
            SelectChoice(str(one.id), one.full_name)
            for one in employees(session, account_id)
            if one.id not in {person.id for person in inside}
        ),
    ]
    if form.validate_on_submit():
        try:
            grouping.join_group(current_person().id, group_id, int(form.who.data))
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            return redirect(_url(group_id), code=303)
    return render_template(
        "delegation/group.html",
        **_about(),
        row=row,
        form=form,
        people=inside,
        clients=sizes(session, [row.id])[row.id][1],
    )


@pages.post(f"{_AT}/<int:group_id>/remove/<int:person_id>")
def leave_group(account_id: int, group_id: int, person_id: int) -> Response:
    """Take an employee out of a group."""
    row = _found(group_id)
    if row.account_id == account_id and ConfirmForm().validate_on_submit():
        grouping.leave_group(current_person().id, group_id, person_id)
        flash(_("The employee is no longer in the group."), "done")
    return redirect(_url(group_id), code=303)


@pages.route(f"{_AT}/<int:group_id>/delete", methods=["GET", "POST"])
def delete_group(account_id: int, group_id: int) -> str | Response:
    """Delete a group, once more asked."""
    row = _found(group_id)
    form = ConfirmForm()
    if form.validate_on_submit():
        grouping.delete_group(current_person().id, group_id)
        flash(_("The group is deleted."), "done")
        return redirect(url_for("delegation.groups_page", account_id=account_id), code=303)
    people, clients = sizes(session, [row.id])[row.id]
    return render_template(
        "delegation/delete_group.html",
        **_about(),
        row=row,
        form=form,
        people=people,
        clients=clients,
        back=_url(group_id),
    )
