"""Where a registration goes on: its first open step, or its page."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from app.authority.queries import find
from app.base.days import local_day
from app.base.db import now, session
from app.enrolment.models import Registration
from app.enrolment.rules.states import State
from app.enrolment.scopes import ANSWER
from app.enrolment.service.common import program_of
from app.programs.rules.eligibility import evaluate
from app.programs.schema.definition import Definition
from app.programs.schema.eligibility import Question
from app.web.access import current_person


def own(registration_id: int) -> Registration:
    """The person's own registration. Raises NotFound for another's."""
    return find(session, current_person().id, ANSWER, Registration, registration_id)


def go_on(registration_id: int) -> Response:
    """Lead to what is next in a registration: its first open step, or its page."""
    row = own(registration_id)
    if row.state != State.DRAFT:
        return redirect(url_for(".registration", registration_id=row.id), code=303)
    program = program_of(row)
    name = step(program, row)
    if name == "question":
        open_question = unanswered(program, row)
        code = open_question.code if open_question is not None else ""
        address = url_for(".question", registration_id=row.id, code=code)
    else:
        address = url_for(f".{name}", registration_id=row.id)
    return redirect(address, code=303)


def step(program: Definition, row: Registration) -> str:
    """The name of the page on which a draft goes on."""
    if unanswered(program, row) is not None:
        return "question"
    if not (row.bn or row.carrier_code) or not row.legal_name:
        return "business"
    if row.matched_at is not None:
        return "facts"
    return "check" if row.address else "address"


def unanswered(program: Definition, row: Registration) -> Question | None:
    """The question that is asked next; None when all are answered."""
    today = local_day(now(session), program.zone)
    verdict = evaluate(program, row.answers, today)
    return verdict.next if verdict.kind == "unfinished" else None
