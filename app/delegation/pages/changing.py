"""What was given, changed or ended by the client; given up by the provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.models_delegation import Delegation
from app.authority.pages.opening import account_here, front_crumb, may_here, refusal
from app.authority.step_up import require_step_up
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.delegation.forms import ReasonForm, TermsForm
from app.delegation.pages import pages
from app.delegation.pages.answering import hints, offer, terms_in
from app.delegation.pages.common import day_in, require_giver, rule_here
from app.delegation.queries import client as find_client
from app.delegation.queries import third_parties, third_party
from app.delegation.sentences import show
from app.delegation.service import changing
from app.programs.actions import Action
from app.web.access import current_person

_AT = "/a/<int:account_id>/third-parties/<int:delegation_id>"


def _found(account_id: int, delegation_id: int) -> Delegation:
    """A delegation that stands and that the reader answers for. Raises Conflict, Refused."""
    rule_here()
    giver = require_giver()
    row = third_party(session, current_person().id, account_id, delegation_id)
    if not giver.whole and row.program_account_id not in giver.parts:
        raise refusal(Action.DELEGATIONS_ANSWER, row)
    if row.state != "active":
        raise Conflict("moved_on")
    return row


@pages.route(f"{_AT}/change", methods=["GET", "POST"])
def change(account_id: int, delegation_id: int) -> str | Response:
    """Another level, other program accounts, other switches or dates, from now on."""
    row = _found(account_id, delegation_id)
    if request.method == "GET":
        require_step_up(session)
    form = TermsForm(version=str(row.row_version))
    offer(form, require_giver(), _elsewhere(row))
    if not form.is_submitted() and not form.is_switching():
        _fill(form, row)
    if form.validate_on_submit():
        try:
            changing.change_delegation(
                current_person().id, delegation_id, terms_in(form), form.drawn_version()
            )
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("Your changes are saved. They count from now on."), "done")
            return redirect(_list(account_id), code=303)
    return render_template("delegation/change.html", **_about(row), form=form, hints=hints())


def _elsewhere(row: Delegation) -> set[int]:
    """Program accounts for which the same third party acts by a delegation of its own."""
    rows = third_parties(session, current_person().id, row.account_id)
    return {
        one.program_account_id
        for one in rows
        if one.delegate_id == row.delegate_id and one.id != row.id and one.program_account_id
    }


def _fill(form: TermsForm, row: Delegation) -> None:
    account = account_here()
    form.level.data = row.level
    form.parts.data = [row.program_account_id] if row.program_account_id else []
    form.sees_own.data, form.sees_client.data = row.sees_own, row.sees_client
    form.sees_others.data = row.sees_others
    form.starts.process(None, day_in(account, row.starts_at))
    form.ends.process(None, day_in(account, row.ends_at))


@pages.route(f"{_AT}/end", methods=["GET", "POST"])
def end(account_id: int, delegation_id: int) -> str | Response:
    """End it at once, with a reason that the third party is told."""
    row = _found(account_id, delegation_id)
    done = _("The access is ended. The third party can no longer see or do anything.")
    about = _about(row) | {"heading": _("End the access of a third party")}
    return _ended(changing.end_delegation, row, about, done, _list(account_id))


@pages.route("/a/<int:account_id>/clients/<int:delegation_id>/give-up", methods=["GET", "POST"])
def give_up(account_id: int, delegation_id: int) -> str | Response:
    """The provider stops to act for a client, with a reason that the client is told."""
    rule_here()
    if not may_here(Action.CLIENTS_ASK):
        raise refusal(Action.CLIENTS_ASK, account_here())
    row = find_client(session, current_person().id, account_here(), delegation_id)
    back = url_for("delegation.client_page", account_id=account_id, delegation_id=row.id)
    about = {
        "home": front_crumb(),
        "name": row.account.party.name,
        "heading": _("Stop acting for a client"),
        "list_title": _("Our clients"),
        "list_url": url_for("delegation.clients_page", account_id=account_id),
        "back": back,
        "theirs": False,
    }
    done = _("Your business no longer acts for this client.")
    return _ended(changing.give_up, row, about, done, about["list_url"])


def _ended(
    do: Callable[[int, int, str, int | None], object],
    row: Delegation,
    about: dict[str, Any],
    done: str,
    after: str,
) -> str | Response:
    form = ReasonForm(version=str(row.row_version))
    if form.validate_on_submit():
        try:
            do(current_person().id, row.id, form.reason.data, form.drawn_version())
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(done, "done")
            return redirect(after, code=303)
    return render_template("delegation/end.html", **about, form=form)


def _about(row: Delegation) -> dict[str, Any]:
    account = account_here()
    return {
        "home": front_crumb(),
        "name": row.delegate.name,
        "list_title": _("Third parties"),
        "list_url": _list(account.id),
        "back": url_for("delegation.third_party_page", account_id=account.id, delegation_id=row.id),
        "theirs": True,
    }


def _list(account_id: int) -> str:
    return url_for("delegation.third_parties_page", account_id=account_id)
