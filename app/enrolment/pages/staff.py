"""The officer's pages that no generated screen can draw: deciding, and registering members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.authority.queries import find, may
from app.base.days import local_day
from app.base.db import now, session
from app.base.errors import Conflict, Invalid
from app.enrolment.models import Registration
from app.enrolment.pages import pages
from app.enrolment.pages.common import program_for, screen
from app.enrolment.rules.states import State
from app.enrolment.sentences import conflict, show
from app.enrolment.service import members, officers
from app.enrolment.service.businesses import find_entry
from app.enrolment.service.common import program_of
from app.enrolment.service.paper import Paper
from app.enrolment.staff_forms import (
    ApproveForm,
    CreateForm,
    RefuseForm,
)
from app.parties.models import RegistryEntry
from app.parties.registry import numbers_of, typed_entry, vocabulary
from app.parties.rules.addresses import lines
from app.programs.models import Program
from app.programs.rules.eligibility import evaluate
from app.programs.schema.definition import Definition
from app.programs.service import definition
from app.web.access import current_person
from app.web.locale import language


@pages.route("/staff/registrations/<int:registration_id>/decide", methods=["GET", "POST"])
def decide(registration_id: int) -> str | Response:
    """What was typed beside what the registry says; approve as it is, or corrected."""
    row = _to_decide(registration_id)
    if row is None:
        return _to_registration(registration_id)
    program = program_of(row)
    entry = find_entry(session, row.program_id, row.bn, row.carrier_code)
    form = ApproveForm(version=str(row.row_version))
    form.offer(program, entry, _typed(row))
    if form.validate_on_submit() and _approve(row, form, entry):
        flash(_approved(program), "done")
        return _to_registration(registration_id)
    session.rollback()
    row = find(session, current_person().id, officers.DECIDE, Registration, registration_id)
    verdict = evaluate(program, row.answers, local_day(now(session), program.zone))
    return render_template(
        "enrolment/staff/decide.html",
        form=form,
        row=row,
        entry=entry,
        typed=lines(row.address, language()) if row.address else [],
        known=lines(entry.address, language()) if entry is not None else [],
        findings=verdict.findings,
        back=screen("RegistrationView", registration_id),
    )


@pages.route("/staff/registrations/<int:registration_id>/refuse", methods=["GET", "POST"])
def refuse(registration_id: int) -> str | Response:
    """Refuse, with a reason for the person."""
    row = _to_decide(registration_id)
    if row is None:
        return _to_registration(registration_id)
    form = RefuseForm(version=str(row.row_version))
    if form.validate_on_submit() and _refuse(row, form):
        flash(_("The registration is refused. The person is told."), "done")
        return _to_registration(registration_id)
    row = find(session, current_person().id, officers.DECIDE, Registration, registration_id)
    return render_template(
        "enrolment/staff/refuse.html",
        form=form,
        row=row,
        back=url_for(".decide", registration_id=registration_id),
    )


@pages.route("/staff/registrations/new", methods=["GET", "POST"])
def create_registration() -> str | Response:
    """Make a registration for an existing member, and name who will own the account."""
    program, one = program_for(members.CREATE)
    form = CreateForm()
    if form.validate_on_submit():
        entry = _entry_named(program, form.number.data)
        if entry is None:
            form.add_error("number", _("The registry has no business with this number."))
        else:
            paper = Paper(form.paper_reference.data, form.note.data)
            try:
                number = members.create(
                    current_person().id,
                    program.id,
                    entry_id=entry.id,
                    urn=form.urn.data,
                    family_name=form.family_name.data,
                    paper=paper,
                )
            except Invalid as error:
                show(form, error)
            except Conflict as error:
                form.add_error(None, _created_conflict(error))
            else:
                flash(_("The registration is made. Its letter is to be made."), "done")
                return _to_registration(number)
    return render_template(
        "enrolment/staff/create.html",
        form=form,
        explanation=one.enrolment.staff_created,
        back=screen("RegistrationView"),
    )


def _to_decide(registration_id: int) -> Registration | None:
    """The registration, while an officer's word is awaited. Raises NotFound for another's."""
    row = find(session, current_person().id, officers.DECIDE, Registration, registration_id)
    return row if row.state == State.OFFICER else None


def _approve(row: Registration, form: ApproveForm, entry: RegistryEntry | None) -> bool:
    paper = Paper(form.paper_reference.data, form.note.data)
    try:
        corrected = None
        if entry is None or form.use.data == "corrected":
            corrected = typed_entry(program_of(row), form.values())
        officers.approve(
            current_person().id,
            row.id,
            paper,
            corrected=corrected,
            version=_version(form.version.data),
        )
    except Invalid as error:
        show(form, error)
        return False
    except Conflict as error:
        form.add_error(None, conflict(error) or _("This registration has moved on."))
        return False
    return True


def _approved(program: Definition) -> str:
    """What an officer's approval leads to."""
    if program.enrolment.mailed_code is None:
        return str(_("The registration is approved. Its person accepts the terms of use next."))
    return str(_("The registration is approved. Its letter is to be made."))


def _refuse(row: Registration, form: RefuseForm) -> bool:
    paper = Paper(form.paper_reference.data or "", form.note.data or "")
    try:
        officers.refuse(
            current_person().id,
            row.id,
            form.reason.data,
            paper,
            version=_version(form.version.data),
        )
    except Invalid as error:
        show(form, error)
        return False
    except Conflict as error:
        form.add_error(None, conflict(error) or _("This registration has moved on."))
        return False
    return True


def _version(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _typed(row: Registration) -> Mapping[str, Any]:
    """What the person typed, as the start of a new entry."""
    return {
        "bn": row.bn or "",
        "carrier_code": row.carrier_code or "",
        "legal_name": row.legal_name or "",
        "lines": list(row.lines),
        "language": row.person.language,
        **(row.address or {}),
    }


def _entry_named(program: Program, typed: str) -> RegistryEntry | None:
    """The registry's business with this business number or carrier code."""
    words = vocabulary(definition(program.code))
    bn, carrier_code = numbers_of(typed, words)
    entry = find_entry(session, program.id, bn, carrier_code)
    if entry is None or not may(session, current_person().id, "staff.registry.read", entry):
        return None
    return entry


def _created_conflict(error: Conflict) -> str:
    sentences = {
        "already_active": _("This business already has an account."),
        "already_waiting": _("This person already waits for this business."),
        "no_letters": _("This program mails no codes: the person registers the business."),
    }
    return str(sentences.get(error.reason, _("This registration has moved on.")))


def _to_registration(registration_id: int) -> Response:
    return redirect(screen("RegistrationView", registration_id), code=303)
