"""The client's answer: how far a third party may go, or no."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.authority.models_delegation import DelegationRequest
from app.authority.pages.opening import account_here, front_crumb
from app.authority.step_up import require_step_up
from app.base.db import now, session
from app.base.errors import Conflict, Invalid, NotFound
from app.delegation.forms import ReasonForm, TermsForm
from app.delegation.opening import closed_until
from app.delegation.pages import pages
from app.delegation.pages.common import day_in, require_giver, rule_here
from app.delegation.queries import parts_of
from app.delegation.queries import request as find_request
from app.delegation.rules.terms import Giver, Terms, levels_open_to
from app.delegation.sentences import show
from app.delegation.service import answering
from app.programs.wording import said
from app.web.access import current_person

_AT = "/a/<int:account_id>/third-parties/requests/<int:request_id>"


@pages.route(_AT, methods=["GET", "POST"])
def answer(account_id: int, request_id: int) -> str | Response:
    """What is asked and by whom; the level, the program accounts, what is seen, the dates."""
    rule_here()
    giver = require_giver()
    row = _found(account_id, request_id)
    until = closed_until(session, account_here())
    closed = until is not None and now(session) <= until
    if request.method == "GET" and not closed:
        require_step_up(session)  # before anything is typed: it would be lost on the way
    form = TermsForm(version=str(row.row_version))
    offer(form, giver)
    if not form.is_submitted() and not form.is_switching():
        first_choice(form, giver)
    if form.validate_on_submit():
        try:
            answering.approve_request(
                current_person().id, request_id, terms_in(form), form.drawn_version()
            )
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("The third party can act from now on, as you chose."), "done")
            return redirect(_list(account_id), code=303)
    return render_template(
        "delegation/answer.html",
        **_about(row),
        form=form,
        hints=hints(),
        closed=day_in(account_here(), until) if closed else None,
        opens_after=rule_here().opens_after,
    )


@pages.route(f"{_AT}/refuse", methods=["GET", "POST"])
def refuse(account_id: int, request_id: int) -> str | Response:
    """Refuse, with a reason that the third party is told."""
    rule_here()
    require_giver()
    row = _found(account_id, request_id)
    form = ReasonForm(version=str(row.row_version))
    if form.validate_on_submit():
        try:
            answering.refuse_request(
                current_person().id, request_id, form.reason.data, form.drawn_version()
            )
        except (Invalid, Conflict) as error:
            show(form, error)
        else:
            flash(_("The request is refused. The third party is told why."), "done")
            return redirect(_list(account_id), code=303)
    return render_template("delegation/refuse.html", **_about(row), form=form)


def _found(account_id: int, request_id: int) -> DelegationRequest:
    """A request that waits; one that was answered meanwhile has moved on. Raises both."""
    try:
        return find_request(session, current_person().id, account_id, request_id)
    except NotFound:
        answered = session.get(DelegationRequest, request_id)
        if answered is not None and answered.account_id == account_id:
            raise Conflict("moved_on") from None
        raise


def _about(row: DelegationRequest) -> dict[str, Any]:
    account = account_here()
    return {
        "home": front_crumb(),
        "row": row,
        "asked": day_in(account, row.asked_at),
        "list_url": _list(account.id),
        "here": url_for("delegation.answer", account_id=account.id, request_id=row.id),
        "refuse_url": url_for("delegation.refuse", account_id=account.id, request_id=row.id),
    }


def _list(account_id: int) -> str:
    return url_for("delegation.third_parties_page", account_id=account_id)


def offer(form: TermsForm, giver: Giver, without: Collection[int] = ()) -> None:
    """Give the form the levels and program accounts that this reader may give."""
    rule = rule_here()
    form.level.choices = [
        SelectChoice(code, said(rule.levels[code].label))
        for code in levels_open_to(giver, rule.levels)
    ]
    form.parts.choices = [
        SelectChoice(part.id, str(part))
        for part in parts_of(session, current_person().id, account_here().id)
        if part.id not in without
    ]
    for name in ("own", "client", "others"):
        switch = getattr(rule.switches, name)
        form[f"sees_{name}"].label.text = said(switch.label)


def first_choice(form: TermsForm, giver: Giver) -> None:
    """What is chosen before anybody chose: the switches as the definition has them."""
    switches = rule_here().switches
    form.sees_own.data = switches.own.default
    form.sees_client.data = switches.client.default
    form.sees_others.data = switches.others.default
    if len(form.parts.choices) == 1 and not giver.whole:
        form.parts.data = [next(iter(giver.parts))]
    if len(form.level.choices) == 1:
        form.level.data = form.level.choices[0].value


def hints() -> dict[str, Any]:
    """The plain words below levels and switches."""
    rule = rule_here()
    return {
        "levels": {code: said(level.description) for code, level in rule.levels.items()},
        "own": said(rule.switches.own.help),
        "client": said(rule.switches.client.help),
        "others": said(rule.switches.others.help),
        "parts": _hint_of_parts(),
    }


def _hint_of_parts() -> str:
    levels = rule_here().levels.values()
    named = [said(level.label) for level in levels if level.reach != "account"]
    return str(_("Only for this level: %(levels)s", levels=", ".join(named)))


def terms_in(form: TermsForm) -> Terms:
    """What was chosen."""
    return Terms(
        level=form.level.data,
        parts=frozenset(form.parts.data or ()),
        sees_own=form.sees_own.data,
        sees_client=form.sees_client.data,
        sees_others=form.sees_others.data,
        starts=form.starts.data,
        ends=form.ends.data,
    )
