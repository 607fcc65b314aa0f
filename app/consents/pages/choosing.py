"""Choosing with whom the agency may share; what it changes is read once more before it counts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import BooleanField, HiddenField

from app.authority.pages.opening import account_here, may_here
from app.authority.pages.users import whom_to_ask, why_not
from app.authority.step_up import is_fresh
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.consents import rules, service
from app.consents.pages import pages
from app.consents.pages.opening import (
    crumbs,
    hint,
    name_of,
    not_yet,
    row_of,
    sheet_here,
    url_to,
)
from app.consents.queries import Sheet
from app.programs.wording import said
from app.web.access import current_person
from app.web.context import page_action
from app.web.errors import step_up_for
from app.web.forms import STALE, GuichetForm
from app.web.locale import language

_AT = "/a/<int:account_id>/consents/<code>"


class _ChoiceForm(GuichetForm):
    """The fingerprint of what the page shows, and the declaration of whoever gives a consent."""

    shown = HiddenField()
    declared = BooleanField()


@pages.get(_AT)
def consent(account_id: int, code: str) -> str:
    """What would be shared and why, what stands, and the partners to choose among."""
    found = sheet_here(account_id, code)
    give = f"{code}.give"
    standing = [row_of(found, row) for row in found.standing.values()]
    for one in standing:
        others = [code for code in found.standing if code != one["partner"]]
        one["withdraw"] = url_to("check", code, partner=others)
    return render_template(
        "consents/consent.html",
        consent=found.consent,
        crumbs=crumbs(found, inside=False),
        standing=standing,
        withdraw_all=url_to("check", code),
        may_give=may_here(give),
        given_now=found.may_be_given,
        not_yet=not_yet(found),
        choices=_choices(found, request.args.get("select", "")),
        kept=[code for code in found.standing if code not in found.open_today],
        here=url_to("consent", code),
        check=url_to("check", code),
        history=url_to("history", code) if found.rows else None,
        attestation=url_to("attestation", code) if standing else None,
        refusal=None if may_here(give) else _refusal(give),
    )


def _refusal(give: str) -> dict[str, Any]:
    """Who may give and withdraw it, for whoever may only read it."""
    return {
        "deed": _("Give or withdraw the consent"),
        "why": why_not(give),
        "who": whom_to_ask(give),
        "rule": url_for("authority.rule", account_id=account_here().id, action=give),
    }


def _choices(found: Sheet, select: str) -> list[dict[str, Any]]:
    """The partners that may be chosen today; ticked where consent stands, or all, or none."""
    return [
        {
            "code": code,
            "name": said(found.consent.partners[code].label),
            "hint": hint(found.consent.partners[code]),
            "checked": select == "all" or (select != "none" and code in found.standing),
        }
        for code in found.open_today
    ]


@pages.route(f"{_AT}/check", methods=["GET", "POST"])
def check(account_id: int, code: str) -> str | Response:
    """What the choice changes; it counts once this page is sent."""
    found = sheet_here(account_id, code, "give")
    wanted = request.args.getlist("partner")
    form = _ChoiceForm()
    if form.validate_on_submit():
        choice = service.Choice(wanted, form.shown.data or "", bool(form.declared.data), language())
        try:
            service.choose(current_person().id, account_id, code, choice)
        except (Invalid, Conflict) as error:
            form.add_error(*_sentence(found, error))
            found = sheet_here(account_id, code, "give")
        else:
            flash(_("The consent stands as you chose. The account owner is told by email."), "done")
            return redirect(url_to("consent", code), code=303)
    possible = {*found.open_today, *found.standing}
    change = rules.change(
        found.consent, found.standing, [one for one in wanted if one in possible], found.day
    )
    if change.given and found.may_be_given and request.method == "GET" and not is_fresh(session):
        return step_up_for(page_action())  # the choice stands in the address, and comes back
    form.shown.data = found.fingerprint
    form.declared.label.text = said(found.consent.declaration)
    return render_template(
        "consents/check.html",
        form=form,
        consent=found.consent,
        crumbs=crumbs(found),
        change=change,
        name=lambda partner: name_of(found, partner),
        not_yet=not_yet(found) if change.given and not found.may_be_given else None,
        back=url_to("consent", code),
    )


def _sentence(found: Sheet, error: Invalid | Conflict) -> tuple[str | None, str]:
    """The field that is wrong, if any, and why the deed was not done."""
    if isinstance(error, Invalid):
        if "declared" in error.errors:
            return "declared", _("Confirm the declaration to give the consent.")
        return None, _("One of these can no longer be chosen. Choose again.")
    return None, not_yet(found) if error.reason == "not_yet" else str(STALE)
