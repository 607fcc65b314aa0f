"""Transfer of ownership: the owner's page, and the page of the person who is named."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority import rules
from app.authority.models import OwnershipTransfer
from app.authority.pages import pages
from app.authority.pages.forms import AttestForm, ConfirmForm, OfferTransferForm
from app.authority.pages.opening import account_here, label_of, require
from app.authority.pages.sentences import show
from app.authority.pages.turns import last_day
from app.authority.queries import find
from app.authority.queries_turns import open_transfer_of
from app.authority.queries_users import role_labels
from app.authority.rules import old_holder_choices
from app.authority.service import transfer as service
from app.authority.service.common import transfer_rule
from app.authority.service.naming import ThreeData
from app.authority.step_up import is_fresh, require_step_up
from app.base.db import now, session
from app.base.errors import Conflict, Invalid, TooMany
from app.parties.models import Account
from app.programs.actions import Action
from app.programs.schema.roles import Transfer
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person
from app.web.locale import language

LEAVE = "leave"
"""The choice that stands for no role at all: a code of the form, never one of a role."""


@pages.route("/a/<int:account_id>/transfer", methods=["GET", "POST"])
def transfer(account_id: int) -> str | Response:
    """Offer the ownership; or, while an offer is open, see it and withdraw it."""
    account = account_here()
    rule = transfer_rule(account)
    require(Action.OWNERSHIP_TRANSFER)
    open_one = open_transfer_of(session, current_person().id, account_id)
    if open_one is not None:
        return _draw_open(account, open_one, ConfirmForm())
    if request.method == "GET":
        require_step_up(session)  # before anything is typed: it would be lost on the way
    form = OfferTransferForm()
    form.old_owner_role.choices = _choices(rule)
    if not form.is_submitted() and not form.is_switching():
        form.old_owner_role.data = rule.old_holder_becomes
    if form.validate_on_submit():
        given = ThreeData(form.urn.data, form.family_name.data, form.email.data)
        chosen = form.old_owner_role.data
        keeps = None if chosen == LEAVE else chosen
        try:
            service.offer_transfer(current_person().id, account_id, given, keeps)
        except (Invalid, TooMany, Conflict) as error:
            show(form, error)
        else:
            return _offered(account_id, immediate=rule.immediate)
    return render_template(
        "authority/transfer.html",
        account=account,
        form=form,
        rule=rule,
        fresh=is_fresh(session),
    )


def _choices(rule: Transfer) -> list[tuple[str, str]]:
    codes = old_holder_choices(rule.old_holder_becomes, may_leave=rule.old_holder_may_leave)
    return [
        (code, label_of(code)) if code is not None else (LEAVE, _("Leave the account"))
        for code in codes
    ]


def _offered(account_id: int, *, immediate: bool) -> Response:
    if immediate:
        flash(_("The ownership is transferred. Both of you are told by email."), "done")
        return redirect(url_for("authority.businesses"), code=303)
    flash(_("The offer is sent. You are the account owner until it is accepted."), "done")
    return redirect(url_for("authority.transfer", account_id=account_id), code=303)


def _draw_open(account: Account, row: OwnershipTransfer, form: ConfirmForm) -> str:
    return render_template(
        "authority/transfer_open.html",
        account=account,
        row=row,
        form=form,
        until=last_day(account, row.expires_at),
        becomes=label_of(row.old_owner_role) if row.old_owner_role else None,
    )


@pages.post("/a/<int:account_id>/transfer/withdraw")
def withdraw_transfer(account_id: int) -> str | Response:
    """Take the open offer back."""
    transfer_rule(account_here())
    require(Action.OWNERSHIP_TRANSFER)
    row = open_transfer_of(session, current_person().id, account_id)
    form = ConfirmForm()
    if row is None:
        raise Conflict("moved_on")
    if form.validate_on_submit():
        service.withdraw_transfer(current_person().id, row.id)
        flash(_("The offer is withdrawn. You are still the account owner."), "done")
    return redirect(url_for("authority.users", account_id=account_id), code=303)


@pages.route("/transfers/<int:transfer_id>", methods=["GET", "POST"])
def transfer_offer(transfer_id: int) -> str | Response:
    """Accept the ownership with the attestation, or decline it."""
    person = current_person()
    row = find(session, person.id, "transfer.read", OwnershipTransfer, transfer_id)
    form = AttestForm()
    if form.validate_on_submit():
        try:
            return _answer(row, form)
        except (Invalid, Conflict) as error:
            show(form, error)
            row = find(session, person.id, "transfer.read", OwnershipTransfer, transfer_id)
    account = row.account
    program = definition(account.program.code)
    form.attested.label.text = said(transfer_rule(account).attestation)
    labels = role_labels(session, account.program_id, language())
    return render_template(
        "authority/transfer_offer.html",
        row=row,
        account=account,
        program=account.program.name(language()),
        form=form,
        until=last_day(account, row.expires_at),
        role=labels.get(row.role_code, row.role_code),
        description=said(program.roles[row.role_code].description)
        if row.role_code in program.roles
        else None,
        becomes=labels.get(row.old_owner_role or ""),
        answerable=rules.can_answer_transfer(row.state, row.expires_at, now(session)),
        fresh=is_fresh(session),
    )


def _answer(row: OwnershipTransfer, form: AttestForm) -> Response:
    person = current_person()
    if "decline" in request.form:
        service.decline_transfer(person.id, row.id)
        flash(_("You declined the ownership. The account owner is told by email."), "done")
        return redirect(url_for("authority.businesses"), code=303)
    attested = bool(form.attested.data)
    account_id = service.accept_transfer(person.id, row.id, attested=attested, language=language())
    flash(_("You are now the account owner. Both of you are told by email."), "done")
    return redirect(url_for("authority.dashboard", account_id=account_id), code=303)
