"""A registration as its person sees it, and asking for a new letter."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.queries import find
from app.base.days import local_day
from app.base.db import now, session
from app.base.errors import Conflict, TooMany
from app.enrolment import queries
from app.enrolment.forms import DeedForm
from app.enrolment.models import Registration
from app.enrolment.pages import pages
from app.enrolment.rules.states import Shown
from app.enrolment.scopes import READ
from app.enrolment.service import requests
from app.enrolment.service.common import program_of
from app.programs.rules.eligibility import Finding, evaluate
from app.web.access import current_person
from app.web.formats import format_day


@pages.get("/register/<int:registration_id>")
def registration(registration_id: int) -> str | Response:
    """Where a registration stands and what happens next; an unfinished one goes on."""
    person = current_person()
    seen = queries.my_registration(session, person.id, registration_id)
    if seen.shown == Shown.ANSWERING:
        return redirect(url_for(".check", registration_id=registration_id), code=303)
    row = find(session, person.id, READ, Registration, registration_id)
    program = program_of(row)
    name = "ended" if seen.shown in {Shown.INELIGIBLE, Shown.BY_EMAIL} else "registration"
    return render_template(
        f"enrolment/{name}.html",
        one=seen,
        program=program,
        finding=_finding(row),
        new_letter=_new_letter(person.id, seen),
    )


@pages.route("/register/code", methods=["GET", "POST"])
def choose_for_code() -> str | Response:
    """Request a new activation code: for which business, when several wait."""
    waiting = queries.my_waiting(session, current_person().id)
    if len(waiting) == 1:
        return redirect(url_for(".new_code", registration_id=waiting[0].id), code=303)
    return render_template("enrolment/choose_for_code.html", waiting=waiting)


@pages.route("/register/<int:registration_id>/code", methods=["GET", "POST"])
def new_code(registration_id: int) -> str | Response:
    """Ask for a new letter, or read from when one may be asked for."""
    person = current_person()
    seen = queries.my_registration(session, person.id, registration_id)
    if not seen.waits_for_letter:
        return redirect(url_for(".registration", registration_id=registration_id), code=303)
    form = DeedForm()
    if form.validate_on_submit():
        try:
            requests.request_new_code(person.id, registration_id)
        except (Conflict, TooMany):
            session.rollback()  # the page below says why, and from when
        else:
            flash(_("A new letter is being prepared."), "done")
            return redirect(url_for(".registration", registration_id=registration_id), code=303)
    return render_template(
        "enrolment/new_code.html", form=form, one=seen, new_letter=_new_letter(person.id, seen)
    )


def _new_letter(person_id: int, seen: queries.Mine) -> str:
    """When a new letter may be asked for: ``now``, ``waiting``, a day in words, or never."""
    if not seen.waits_for_letter:
        return ""
    try:
        opens = queries.new_letter_from(session, person_id, seen.id)
    except Conflict:
        return "waiting"
    return "now" if opens is None else format_day(opens)


def _finding(row: Registration) -> Finding | None:
    """Why the answers ended the questions."""
    program = program_of(row)
    verdict = evaluate(program, row.answers, local_day(now(session), program.zone))
    return verdict.findings[0] if verdict.kind in {"fail", "route"} else None
