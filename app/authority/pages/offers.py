"""Answering the offer of a role: the person who was added decides."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority import rules
from app.authority.models import Membership
from app.authority.pages import pages
from app.authority.pages.forms import ConfirmForm
from app.authority.pages.sentences import show
from app.authority.pages.turns import last_day
from app.authority.queries import find
from app.authority.queries_users import role_labels
from app.authority.rules import Move
from app.authority.service.members import accept_offer, decline_offer
from app.base.db import now, session
from app.base.errors import Conflict, Invalid
from app.parties.models import Person
from app.programs.service import definition
from app.programs.wording import said
from app.web.access import current_person
from app.web.locale import language


@pages.route("/offers/<int:membership_id>", methods=["GET", "POST"])
def offer(membership_id: int) -> str | Response:
    """What the role lets one do, who offers it, until when; accept or decline."""
    person = current_person()
    row = find(session, person.id, "membership.read", Membership, membership_id)
    form = ConfirmForm(version=str(row.row_version))
    if form.validate_on_submit():
        try:
            return _answer(row, person)
        except (Invalid, Conflict) as error:
            show(form, error)
            row = find(session, person.id, "membership.read", Membership, membership_id)
    return _draw(row, form)


def _answer(row: Membership, person: Person) -> Response:
    account_id = row.account_id
    if "decline" in request.form:
        decline_offer(person.id, row.id)
        flash(_("You declined the role. The person who offered it is told by email."), "done")
        return redirect(url_for("authority.businesses"), code=303)
    if accept_offer(person.id, row.id) == "active":
        flash(_("You accepted the role. Your access is active."), "done")
        return redirect(url_for("authority.dashboard", account_id=account_id), code=303)
    flash(_("You accepted the role. The account owner now activates your access."), "done")
    return redirect(url_for("authority.businesses"), code=303)


def _draw(row: Membership, form: ConfirmForm) -> str:
    account = row.account
    program = definition(account.program.code)
    role = program.roles.get(row.role_code)
    is_open = rules.is_open(row.offer_expires_at, now(session))
    return render_template(
        "authority/offer.html",
        row=row,
        account=account,
        form=form,
        program=account.program.name(language()),
        role=role_labels(session, row.program_id, language()).get(row.role_code, row.role_code),
        description=said(role.description) if role else None,
        may=[said(program.matrix[code].label) for code in role.may] if role else [],
        by=session.get(Person, row.added_by) if row.added_by else None,
        until=last_day(account, row.offer_expires_at) if row.offer_expires_at else None,
        answerable=rules.can_move(Move.ACCEPT, row.status) and is_open,
        lapsed=row.status == "offered" and not is_open,
    )
