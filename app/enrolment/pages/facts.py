"""Proving a business by its records: the facts, then the attestation and the terms."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask import session as browser
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.queries import find
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.enrolment import queries
from app.enrolment.forms import DeedForm
from app.enrolment.forms_facts import AcceptForm, answers_in, facts_form, name_of
from app.enrolment.models import Registration
from app.enrolment.pages import pages
from app.enrolment.pages.way import go_on, own
from app.enrolment.rules.facts import needed
from app.enrolment.rules.states import State
from app.enrolment.scopes import ACTIVATE
from app.enrolment.sentences import show
from app.enrolment.sentences_facts import show_facts, zero_amount
from app.enrolment.service import accepting, proving, sending
from app.enrolment.service.common import program_of, shared
from app.programs.schema.enrolment import Fact
from app.programs.wording import said
from app.web.access import current_person
from app.web.forms import GuichetForm

PROOF = "facts"
"""In the form cookie: that the facts were right. It holds none of them."""


@pages.route("/register/<int:registration_id>/facts", methods=["GET", "POST"])
def facts(registration_id: int) -> str | Response:
    """The questions that this business's records can answer; the person chooses which."""
    row = own(registration_id)
    if row.state != State.DRAFT or row.matched_at is None:
        return go_on(registration_id)
    program = program_of(row)
    asked = proving.asked(session, row)
    least = needed(shared(program).ask, len(asked))
    form = facts_form(asked)
    if form.validate_on_submit():
        try:
            if _prove(row.id, form, asked):
                return redirect(url_for(".accept", registration_id=registration_id), code=303)
        except Conflict as error:
            if error.reason == "has_account":
                return _has_account(registration_id)
            flash(_("Check the name and the address of the business again."), "info")
            return redirect(url_for(".check", registration_id=registration_id), code=303)
        row = own(registration_id)
    return render_template(
        "enrolment/facts.html",
        form=form,
        row=row,
        program=program,
        asked=[(fact, _drawn(form, fact)) for fact in asked],
        least=least,
        by_letter=program.enrolment.mailed_code is not None,
    )


@pages.route("/register/<int:registration_id>/by-letter", methods=["GET", "POST"])
def by_letter(registration_id: int) -> str | Response:
    """For whoever does not know the facts, where the program mails codes too."""
    row = own(registration_id)
    program = program_of(row)
    if row.matched_at is None or program.enrolment.mailed_code is None or row.state != State.DRAFT:
        return go_on(registration_id)
    form = DeedForm()
    if form.validate_on_submit():
        try:
            sending.send(current_person().id, registration_id)
        except Conflict:
            session.rollback()  # its page says how it stands
        return go_on(registration_id)
    return render_template("enrolment/by_letter.html", form=form, row=row, program=program)


@pages.route("/register/<int:registration_id>/terms", methods=["GET", "POST"])
def accept(registration_id: int) -> str | Response:
    """The attestation and the program's terms: accepting them makes the account."""
    person = current_person()
    row = find(session, person.id, ACTIVATE, Registration, registration_id)
    program, token = program_of(row), browser.get(PROOF, "")
    if not accepting.may_accept(session, person.id, row, token):
        return _again(registration_id)
    form = AcceptForm()
    if form.validate_on_submit():
        try:
            account_id = accepting.accept(
                person.id, row.id, token, form.drawn_version(), attested=form.attested.data
            )
        except Invalid as error:
            show(form, error)
        except Conflict as error:
            if error.reason in {"has_account", "account_exists"}:
                return _has_account(registration_id)
            return _again(registration_id)
        else:
            browser.pop(PROOF, None)
            flash(_("Your account is active. The business is told so by letter."), "done")
            return redirect(f"{request.root_path}/a/{account_id}/", code=303)
    form.version.data = str(program.terms.version)  # what was read is what is accepted
    seen = queries.my_registration(session, person.id, registration_id)
    return render_template("enrolment/accept.html", form=form, one=seen, program=program)


def _prove(registration_id: int, form: GuichetForm, asked: Sequence[Fact]) -> bool:
    """Compare what was filled in; what is wrong stands in the form then."""
    answers = answers_in(form, asked)
    if answers is None:
        return False
    try:
        browser[PROOF] = proving.prove(current_person().id, registration_id, answers)
    except Invalid as error:
        for fact in asked:
            if (fault := error.errors.pop(fact.kind, None)) is not None:
                words = zero_amount() if fault == "zero" else said(fact.amount.format_error)
                form.add_error(name_of(fact, "amount"), words)
        show_facts(form, error)
        return False
    return True


def _drawn(form: GuichetForm, fact: Fact) -> list[tuple[object, str, str]]:
    """The fields of a fact as the page draws them: field, hint, part."""
    parts = (("number", fact.number), ("dated", fact.dated), ("amount", fact.amount))
    return [
        (form[name_of(fact, part)], said(text.hint), part)
        for part, text in parts
        if text is not None
    ]


def _has_account(registration_id: int) -> str:
    """Told only to whoever proved that the business is theirs."""
    seen = queries.my_registration(session, current_person().id, registration_id)
    row = own(registration_id)
    return render_template("enrolment/has_account.html", one=seen, program=program_of(row))


def _again(registration_id: int) -> Response:
    """The proof is too old, or another's, or the business was typed anew."""
    browser.pop(PROOF, None)
    flash(_("Answer the questions about the business again."), "info")
    return go_on(registration_id)
