"""Activating: the numbers of the letter, the terms, the account."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.queries import find
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.enrolment import queries
from app.enrolment.forms import ActivateForm, TermsForm
from app.enrolment.models import Registration
from app.enrolment.pages import pages
from app.enrolment.scopes import ACTIVATE
from app.enrolment.sentences import show
from app.enrolment.service import activation, proof
from app.enrolment.service.common import program_of
from app.web.access import current_person

PROOF = "activation"
"""In the form cookie: that the numbers were right. It holds neither of them."""


@pages.get("/activate")
def activate() -> str | Response:
    """Which business, when several wait for their letter."""
    waiting = queries.my_waiting(session, current_person().id)
    if len(waiting) == 1:
        return redirect(url_for(".numbers", registration_id=waiting[0].id), code=303)
    return render_template("enrolment/choose.html", waiting=waiting)


@pages.route("/activate/<int:registration_id>", methods=["GET", "POST"])
def numbers(registration_id: int) -> str | Response:
    """Client number and activation code, and the attestation of signing authority."""
    person = current_person()
    seen = queries.my_registration(session, person.id, registration_id)
    if not seen.waits_for_letter:
        return redirect(url_for(".registration", registration_id=registration_id), code=303)
    form = ActivateForm()
    if form.validate_on_submit():
        typed = activation.Typed(form.client_number.data, form.code.data)
        try:
            browser[PROOF] = activation.prove(
                person.id, registration_id, typed, attested=form.attested.data
            )
        except Invalid as error:
            show(form, error)
        except Conflict:
            return redirect(url_for(".registration", registration_id=registration_id), code=303)
        else:
            return redirect(url_for(".terms", registration_id=registration_id), code=303)
    row = find(session, person.id, ACTIVATE, Registration, registration_id)
    program = program_of(row)
    return render_template("enrolment/numbers.html", form=form, one=seen, program=program)


@pages.route("/activate/<int:registration_id>/terms", methods=["GET", "POST"])
def terms(registration_id: int) -> str | Response:
    """The program's terms: accepting them makes the account."""
    person = current_person()
    token = browser.get(PROOF, "")
    try:
        if proof.proved_registration(person.id, token) != registration_id:
            return _again(registration_id)
    except Conflict:
        return _again(registration_id)
    row = find(session, person.id, ACTIVATE, Registration, registration_id)
    program = program_of(row)
    form = TermsForm()
    if form.validate_on_submit():
        try:
            account_id = activation.activate(person.id, token, form.drawn_version())
        except Invalid as error:
            show(form, error)
        except Conflict:
            return _again(registration_id)
        else:
            browser.pop(PROOF, None)
            flash(_("Your account is active."), "done")
            return redirect(f"{request.root_path}/a/{account_id}/", code=303)
    form.version.data = str(program.terms.version)  # what was read is what is accepted
    seen = queries.my_registration(session, person.id, registration_id)
    return render_template("enrolment/terms.html", form=form, one=seen, program=program)


def _again(registration_id: int) -> Response:
    """The proof is too old, or another's: enter the numbers again."""
    browser.pop(PROOF, None)
    flash(_("Enter the numbers of your letter again."), "info")
    return redirect(url_for(".numbers", registration_id=registration_id), code=303)
