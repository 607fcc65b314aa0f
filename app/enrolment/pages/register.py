"""Registering: one question a page, the business, its address, and a last look before sending."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from app.base.days import local_day
from app.base.db import now, session
from app.base.errors import Conflict, Invalid
from app.enrolment import queries
from app.enrolment.forms import (
    NUMBER,
    AddressForm,
    BeginForm,
    DeedForm,
    answer_of,
    business_form,
    question_form,
    typed_address,
    typed_numbers,
)
from app.enrolment.models import Registration
from app.enrolment.pages import pages
from app.enrolment.pages.way import go_on, own, step, unanswered
from app.enrolment.rules.states import State
from app.enrolment.sentences import conflict, show
from app.enrolment.sentences_facts import show_facts
from app.enrolment.service import proving, registering, sending
from app.enrolment.service.common import program_of
from app.enrolment.service.drafts import OPEN
from app.parties.rules.addresses import lines
from app.programs.library import definitions
from app.programs.models import Program
from app.programs.rules.eligibility import choices, evaluate, shown_questions
from app.programs.rules.identifiers import identifier_for
from app.programs.schema.definition import Definition
from app.programs.schema.eligibility import Question
from app.programs.wording import said
from app.web.access import current_person
from app.web.formats import day_markup
from app.web.locale import language


@pages.get("/register")
def options() -> str:
    """The page of three options: register, request a new activation code, activate."""
    person = current_person()
    return render_template(
        "enrolment/options.html",
        waiting=queries.my_waiting(session, person.id),
        registrations=queries.my_registrations(session, person.id),
        programs=definitions(),
    )


@pages.route("/register/new", methods=["GET", "POST"])
def begin() -> str | Response:
    """What it takes, then the first question."""
    listed = definitions()
    form = BeginForm()
    form.program.choices = [SelectChoice(one.code, said(one.names.full)) for one in listed]
    if len(listed) == 1:
        form.program.data = listed[0].code
    if form.validate_on_submit():
        program = session.scalars(select(Program).where(Program.code == form.program.data)).one()
        number = registering.begin(current_person().id, program.id)
        return go_on(number)
    return render_template("enrolment/begin.html", form=form, programs=listed)


@pages.route("/register/<int:registration_id>/question/<code>", methods=["GET", "POST"])
def question(registration_id: int, code: str) -> str | Response:
    """One question of the definition."""
    row = own(registration_id)
    program = program_of(row)
    asked = [one.code for one in shown_questions(program, row.answers)]
    if row.state not in OPEN or code not in asked:
        return go_on(registration_id)
    one = program.eligibility.questions[code]
    form = question_form(program, one, row.answers, row.answers.get(code))
    if form.validate_on_submit():
        try:
            registering.answer_question(
                current_person().id, registration_id, code, answer_of(one, form)
            )
        except Invalid as error:
            form.add_error("answer", _fault(error.errors["answer"]))
        except Conflict as error:
            form.add_error(None, conflict(error) or _gone())
        else:
            return go_on(registration_id)
        row = own(registration_id)
    place = asked.index(code)
    return render_template(
        "enrolment/question.html",
        form=form,
        program=program,
        question=one,
        number=place + 1,
        back=url_for(".question", registration_id=row.id, code=asked[place - 1])
        if place
        else url_for(".begin"),
    )


@pages.route("/register/<int:registration_id>/business", methods=["GET", "POST"])
def business(registration_id: int) -> str | Response:
    """The number by which the registry knows the business, and its legal name."""
    row = own(registration_id)
    program = program_of(row)
    identifier = identifier_for(program, row.base or "", row.lines)
    if row.state != State.DRAFT or identifier is None or unanswered(program, row) is not None:
        return go_on(registration_id)
    first, *others = identifier.fields
    typed = {f"{NUMBER}{first}": row.bn or row.carrier_code or ""}
    typed |= {f"{NUMBER}{code}": row.zip_code or "" for code in others}
    typed |= {"legal_name": row.legal_name or "", "program_account": row.program_account or ""}
    account = registering.program_account_asked(program)
    form = business_form(identifier, account, typed)
    if form.validate_on_submit():
        try:
            registering.identify(
                current_person().id,
                registration_id,
                typed_numbers(identifier, form),
                form["legal_name"].data,
                form["program_account"].data if account is not None else "",
            )
        except Invalid as error:
            show(form, error)
        else:
            return go_on(registration_id)
    last = list(shown_questions(program, row.answers))[-1]
    return render_template(
        "enrolment/business.html",
        form=form,
        program=program,
        account=account,
        fields=[(form[f"{NUMBER}{code}"], field) for code, field in identifier.fields.items()],
        back=url_for(".question", registration_id=row.id, code=last.code),
    )


@pages.route("/register/<int:registration_id>/address", methods=["GET", "POST"])
def address(registration_id: int) -> str | Response:
    """The mailing address, to be compared with the registry's."""
    row = own(registration_id)
    if row.state != State.DRAFT or not (row.bn or row.carrier_code):
        return go_on(registration_id)
    form = AddressForm(data=typed_address(row.address))
    if form.validate_on_submit():
        try:
            registering.give_address(current_person().id, registration_id, form.address())
        except Invalid as error:
            show(form, _at_postal_code(form, error))
        else:
            return go_on(registration_id)
    return render_template(
        "enrolment/address.html",
        form=form,
        program=program_of(row),
        back=url_for(".business", registration_id=row.id),
    )


@pages.route("/register/<int:registration_id>/check", methods=["GET", "POST"])
def check(registration_id: int) -> str | Response:
    """Every answer once more, each with a way back to it; then send."""
    row = own(registration_id)
    program = program_of(row)
    if row.state != State.DRAFT or step(program, row) not in {"check", "facts"}:
        return go_on(registration_id)
    form = DeedForm()
    if form.validate_on_submit():
        try:
            _send(row, program)
        except Invalid as error:
            show_facts(form, error)
        except Conflict as error:
            form.add_error(None, conflict(error) or _gone())
        else:
            return go_on(registration_id)
        row = own(registration_id)
    verdict = evaluate(program, row.answers, local_day(now(session), program.zone))
    return render_template(
        "enrolment/check.html",
        form=form,
        program=program,
        row=row,
        answers=list(_answers(program, row)),
        numbers=_numbers(program, row),
        address=lines(row.address or {}, language()),
        referred=verdict.kind == "refer",
    )


@pages.route("/register/<int:registration_id>/withdraw", methods=["GET", "POST"])
def withdraw(registration_id: int) -> str | Response:
    """Give a registration up."""
    seen = queries.my_registration(session, current_person().id, registration_id)
    form = DeedForm()
    if form.validate_on_submit():
        registering.withdraw(current_person().id, registration_id)
        flash(_("The registration is withdrawn."), "done")
        return redirect(url_for(".options"), code=303)
    return render_template("enrolment/withdraw.html", form=form, one=seen)


def _answers(program: Definition, row: Registration) -> Iterator[tuple[str, Any, str]]:
    """Question, answer in words, and where to change it."""
    for one in shown_questions(program, row.answers):
        answer = row.answers[one.code]
        where = url_for(".question", registration_id=row.id, code=one.code)
        yield said(one.text), _in_words(program, row, one, answer), where


def _in_words(program: Definition, row: Registration, one: Question, answer: Any) -> Any:
    if one.type == "date":
        return day_markup(date.fromisoformat(answer))
    if one.type == "yes_no":
        return _("Yes") if answer == "yes" else _("No")
    given = {answer} if isinstance(answer, str) else set(answer)
    listed = choices(program, one, row.answers)
    return ", ".join(said(label) for code, label in listed if code in given)


def _send(row: Registration, program: Definition) -> None:
    """By letter it is sent; with facts it is compared first, once for the same words."""
    if program.enrolment.shared_facts is None:
        sending.send(current_person().id, row.id)
    elif row.matched_at is None:
        proving.match(current_person().id, row.id)


def _numbers(program: Definition, row: Registration) -> list[tuple[str, str]]:
    identifier = identifier_for(program, row.base or "", row.lines)
    labels = [said(field.label) for field in identifier.fields.values()] if identifier else []
    values = [row.bn or row.carrier_code or "", row.zip_code or ""]
    found = list(zip(labels, values, strict=False))
    account = registering.program_account_asked(program)
    return [*found, (said(account.label), row.program_account or "")] if account else found


def _fault(code: str) -> str:
    """What the service said of an answer that the form let pass."""
    sentences = {
        "future": _("Enter a date that is not in the future."),
        "none_with_others": _("Select either this answer alone or the others."),
        "not_a_date": _("Enter a date that exists, like 2026-08-31."),
    }
    return str(sentences.get(code, _("Select an answer.")))


def _gone() -> str:
    return str(_("This registration has moved on. Go back to your registrations."))


def _at_postal_code(form: AddressForm, error: Invalid) -> Invalid:
    """A ZIP code has a sentence of its own."""
    country = form.address()["country"]
    if error.errors.get("postal_code") == "format" and country == "US":
        return Invalid({**error.errors, "postal_code": "zip_code"}, **error.values)
    return error
