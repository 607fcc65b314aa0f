"""The person's side of a registration: answers, identifiers, address, and sending it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.db import deed
from app.base.errors import Conflict, Invalid
from app.enrolment.models import Registration
from app.enrolment.rules.states import (
    LetterState,
    State,
    move,
)
from app.enrolment.service.common import (
    end_code,
    program_of,
    stop_letters,
)
from app.enrolment.service.drafts import lock_own, settle_verdict, today_of
from app.parties.models import Person
from app.parties.rules.addresses import address_faults, parse_postal_code
from app.programs.models import Program
from app.programs.rules.eligibility import (
    Answer,
    Verdict,
    answer_fault,
    base_of,
    evaluate,
    lines_of,
    relevant,
    shown_questions,
)
from app.programs.rules.identifiers import (
    identifier_fault,
    identifier_for,
    program_account_of,
    stored_form,
)
from app.programs.schema.definition import Definition
from app.programs.schema.enrolment import Identifier, ProgramAccountAsked
from app.programs.service import definition

LONGEST_NAME = 200


@deed
def begin(db: Session, actor: int, program_id: int) -> int:
    """Begin a registration, or go on with the one begun; return its number.

    It belongs to the person who made it. Raises NotFound for an unknown program.
    """
    person = find(db, actor, "self.read", Person, actor)
    authorise(db, actor, "self.update", person)
    program = db.get_one(Program, program_id)
    # Two posts of one form: the second finds the first's row.
    made = db.scalar(
        insert(Registration)
        .values(
            program_id=program.id,
            person_id=actor,
            kind="self",
            state=State.DRAFT,
            definition_version=definition(program.code).version,
            row_version=1,
        )
        .on_conflict_do_nothing(
            index_elements=["person_id", "program_id"],
            index_where=Registration.state == State.DRAFT,
        )
        .returning(Registration.id)
    )
    if made is not None:
        row = db.get_one(Registration, made)
        record(
            db,
            Event.REGISTRATION_STARTED,
            actor=actor,
            target=row,
            changes={"kind": row.kind, "state": row.state},
        )
        return row.id
    return db.scalars(
        select(Registration.id).where(
            Registration.person_id == actor,
            Registration.program_id == program_id,
            Registration.state == State.DRAFT,
        )
    ).one()


@deed
def answer_question(
    db: Session, actor: int, registration_id: int, question: str, answer: Answer
) -> Verdict:
    """Keep one answer, and say where the questions then stand.

    An answer that fails, or leads to another way of applying, ends the questions with its
    reason; answering it anew opens them again. Raises Conflict ``not_asked`` for a question the
    earlier answers do not call for, ``another_draft``; Invalid ``answer`` with what is wrong.
    """
    row = lock_own(db, actor, registration_id)
    program = program_of(row)
    today = today_of(db, program)
    asked = {shown.code: shown for shown in shown_questions(program, row.answers)}
    if question not in asked:
        raise Conflict("not_asked")
    answers = {**row.answers, question: answer}
    fault = answer_fault(program, asked[question], answers, today)
    if fault is not None:
        raise Invalid({"answer": fault})
    before = row.answers.get(question)
    row.answers = relevant(program, answers)
    row.base, row.lines = base_of(program, row.answers), list(lines_of(program, row.answers))
    _compare_anew(row)
    if question in row.answers:
        _forget_identifiers(program, row)
    verdict = evaluate(program, row.answers, today)
    settle_verdict(db, actor, row, verdict)
    record(
        db,
        Event.REGISTRATION_ANSWERED,
        actor=actor,
        target=row,
        changes={
            "answers": ({question: before}, {question: answer}),
            "base": row.base,
            "lines": row.lines,
            "state": row.state,
        },
    )
    return verdict


@deed
def identify(
    db: Session,
    actor: int,
    registration_id: int,
    typed: Mapping[str, str],
    legal_name: str,
    program_account: str = "",
) -> None:
    """Keep what names the business: its number by the definition's format, and its legal name.

    ``typed`` holds the fields of the identifier that is asked of such applicants, and
    ``program_account`` one of its program accounts where the definition asks for it. Raises
    Invalid with ``format`` at a field, ``legal_name`` ``empty`` or ``too_long``; Conflict
    ``unfinished`` while questions are open.
    """
    row = lock_own(db, actor, registration_id)
    program = program_of(row)
    identifier = _identifier(program, row)
    _require_eligible(db, program, row)
    errors = {
        code: "format"
        for code, field in identifier.fields.items()
        if identifier_fault(field, typed.get(code, "")) is not None
    }
    name = " ".join(legal_name.split())
    if not name or len(name) > LONGEST_NAME:
        errors["legal_name"] = "too_long" if name else "empty"
    asked = program_account_asked(program)
    part = program_account_of(asked, program_account) if asked is not None else None
    if asked is not None and part is None:
        errors["program_account"] = "format"
    if errors:
        raise Invalid(errors)
    number, *others = (stored_form(field, typed[code]) for code, field in identifier.fields.items())
    by_bn = is_business_number(identifier)
    row.bn, row.carrier_code = (number, None) if by_bn else (None, number)
    row.zip_code = others[0] if others else None
    row.legal_name, row.program_account = name, part
    _compare_anew(row)
    db.flush()
    record(
        db,
        Event.REGISTRATION_IDENTIFIED,
        actor=actor,
        target=row,
        changes={
            "bn": row.bn,
            "carrier_code": row.carrier_code,
            "zip_code": row.zip_code,
            "program_account": row.program_account,
            "legal_name": row.legal_name,
        },
    )


@deed
def give_address(db: Session, actor: int, registration_id: int, address: Mapping[str, str]) -> None:
    """Keep the mailing address as the person knows it.

    It is compared with the registry's and never posted to; the registry's is shown to nobody,
    since whoever knows a business's number could else read its address. Raises Invalid with
    what is wrong, by part.
    """
    row = lock_own(db, actor, registration_id)
    given = {part: " ".join(value.split()) for part, value in address.items()}
    faults = address_faults(given)
    if faults:
        raise Invalid(faults)
    code = parse_postal_code(given["country"], given["postal_code"])
    row.address = {**given, "postal_code": code or given["postal_code"]}
    _compare_anew(row)
    db.flush()
    record(
        db,
        Event.REGISTRATION_IDENTIFIED,
        actor=actor,
        target=row,
        personal={"mailing_address": row.address},
    )


@deed
def withdraw(db: Session, actor: int, registration_id: int) -> None:
    """The person gives a registration up; its code, if it has one, opens nothing any more.

    Raises Conflict once it is activated, refused or ended.
    """
    row = lock_own(db, actor, registration_id, states=None)
    before = row.state
    row.state = move(row.state, State.WITHDRAWN)
    stop_letters(db, actor, row, LetterState.CANCELLED, "withdrawn")
    end_code(db, actor, row, "withdrawn")
    db.flush()
    record(
        db,
        Event.REGISTRATION_WITHDRAWN,
        actor=actor,
        target=row,
        changes={"state": (before, row.state)},
    )


def is_business_number(identifier: Identifier) -> bool:
    """Whether the identifier is a business number; any other kind is a carrier code."""
    first = next(iter(identifier.fields.values()))
    return first.check == "business_number"


def program_account_asked(program: Definition) -> ProgramAccountAsked | None:
    """How a program account is asked for beside the business's number; None where none is."""
    facts = program.enrolment.shared_facts
    return facts.program_account if facts is not None else None


def _compare_anew(row: Registration) -> None:
    """What is typed anew has not been compared with the registry."""
    row.matched_at, row.registry_entry_id, row.registry_entry = None, None, None


def _identifier(program: Definition, row: Registration) -> Identifier:
    found = identifier_for(program, row.base or "", row.lines)
    if found is None:
        raise Conflict("unfinished")
    return found


def _require_eligible(db: Session, program: Definition, row: Registration) -> None:
    if evaluate(program, row.answers, today_of(db, program)).kind not in {"ok", "refer"}:
        raise Conflict("unfinished")


def _forget_identifiers(program: Definition, row: Registration) -> None:
    """A changed base or line may ask for another number: one of the wrong kind is dropped."""
    wanted = identifier_for(program, row.base or "", row.lines)
    if wanted is None:
        return
    if row.bn is not None and not is_business_number(wanted):
        row.bn = None
    if row.carrier_code is not None and is_business_number(wanted):
        row.carrier_code = row.zip_code = None
