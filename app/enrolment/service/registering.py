"""The person's side of a registration: answers, identifiers, address, and sending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.days import local_day
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid
from app.enrolment.models import Registration
from app.enrolment.rules import (
    LetterState,
    OfficerReason,
    State,
    looks_waiting_for_letter,
    move,
    outcome,
)
from app.enrolment.scopes import ANSWER
from app.enrolment.service.businesses import (
    ensure_business,
    ensure_client_number,
    find_entry,
    zip_agrees,
)
from app.enrolment.service.common import (
    add_letter,
    end_code,
    is_active,
    lock_registration,
    program_of,
    stop_letters,
    tell,
)
from app.parties.models import Person
from app.parties.rules.addresses import address_faults, parse_postal_code, same_address
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
from app.programs.rules.identifiers import identifier_fault, identifier_for, stored_form
from app.programs.schema.definition import Definition
from app.programs.schema.enrolment import Identifier
from app.programs.service import definition

OPEN = (State.DRAFT, State.INELIGIBLE, State.ROUTED)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a registration that was sent."""

    state: State
    verdict: Verdict


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
    row = _lock_own(db, actor, registration_id)
    program = program_of(row)
    today = _today(db, program)
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
    if question in row.answers:
        _forget_identifiers(program, row)
    verdict = evaluate(program, row.answers, today)
    _settle_verdict(db, actor, row, verdict)
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
    db: Session, actor: int, registration_id: int, typed: Mapping[str, str], legal_name: str
) -> None:
    """Keep what names the business: its number by the definition's format, and its legal name.

    ``typed`` holds the fields of the identifier that is asked of such applicants. Raises
    Invalid with ``format`` at a field, ``legal_name`` ``empty`` or ``too_long``; Conflict
    ``unfinished`` while questions are open.
    """
    row = _lock_own(db, actor, registration_id)
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
    if errors:
        raise Invalid(errors)
    number, *others = (stored_form(field, typed[code]) for code, field in identifier.fields.items())
    by_bn = is_business_number(identifier)
    row.bn, row.carrier_code = (number, None) if by_bn else (None, number)
    row.zip_code = others[0] if others else None
    row.legal_name = name
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
    row = _lock_own(db, actor, registration_id)
    given = {part: " ".join(value.split()) for part, value in address.items()}
    faults = address_faults(given)
    if faults:
        raise Invalid(faults)
    code = parse_postal_code(given["country"], given["postal_code"])
    row.address = {**given, "postal_code": code or given["postal_code"]}
    db.flush()
    record(
        db,
        Event.REGISTRATION_IDENTIFIED,
        actor=actor,
        target=row,
        personal={"address": row.address},
    )


@deed
def send(db: Session, actor: int, registration_id: int) -> Sent:
    """Finish a registration: check it once more today, find the business, ask for its letter.

    The dates are counted from this day (facts A7: "at least one movement in the 90 days before
    applying"). Without an officer the letter goes to the registry's address. Raises Conflict
    ``unfinished``, and ``already_waiting`` when the person waits for this business already.
    """
    row = _lock_own(db, actor, registration_id)
    if row.state != State.DRAFT:
        raise Conflict("not_a_draft")
    program = program_of(row)
    verdict = evaluate(program, row.answers, _today(db, program))
    if verdict.kind in {"fail", "route"}:
        _settle_verdict(db, actor, row, verdict)
        return Sent(State(row.state), verdict)
    if verdict.kind == "unfinished" or row.address is None or not (row.bn or row.carrier_code):
        raise Conflict("unfinished")
    _refuse_twice(db, row)
    row.definition_version = program.version
    _settle_outcome(db, actor, row, referred=verdict.kind == "refer")
    return Sent(State(row.state), verdict)


@deed
def withdraw(db: Session, actor: int, registration_id: int) -> None:
    """The person gives a registration up; its code, if it has one, opens nothing any more.

    Raises Conflict once it is activated, refused or ended.
    """
    row = _lock_own(db, actor, registration_id, states=None)
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


def _lock_own(
    db: Session,
    actor: int,
    registration_id: int,
    states: Sequence[State] | None = OPEN,
) -> Registration:
    row = lock_registration(db, registration_id)
    authorise(db, actor, ANSWER, row)
    if states is not None and row.state not in states:
        raise Conflict("already_sent")
    return row


def _today(db: Session, program: Definition) -> date:
    return local_day(now(db), program.zone)


def _identifier(program: Definition, row: Registration) -> Identifier:
    found = identifier_for(program, row.base or "", row.lines)
    if found is None:
        raise Conflict("unfinished")
    return found


def _require_eligible(db: Session, program: Definition, row: Registration) -> None:
    if evaluate(program, row.answers, _today(db, program)).kind not in {"ok", "refer"}:
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


def _settle_verdict(db: Session, actor: int, row: Registration, verdict: Verdict) -> None:
    """Move a registration to where its answers lead, and say so in the trail."""
    to = {"fail": State.INELIGIBLE, "route": State.ROUTED}.get(verdict.kind, State.DRAFT)
    if to == State.DRAFT and row.state != State.DRAFT:
        _refuse_second_draft(db, row)
    before = row.state
    if before != to:
        if State.DRAFT not in {to, before}:
            before = move(before, State.DRAFT)
        row.state = move(before, to)
    db.flush()
    if to == State.DRAFT:
        return
    ended = Event.REGISTRATION_INELIGIBLE if to == State.INELIGIBLE else Event.REGISTRATION_ROUTED
    finding = verdict.findings[0]
    record(
        db,
        ended,
        actor=actor,
        target=row,
        changes={
            "question": finding.question,
            "reason": finding.reason.en,
            "state": (before, row.state),
        },
    )


def _refuse_second_draft(db: Session, row: Registration) -> None:
    other = select(Registration.id).where(
        Registration.person_id == row.person_id,
        Registration.program_id == row.program_id,
        Registration.state == State.DRAFT,
    )
    if db.scalar(other) is not None:
        raise Conflict("another_draft")


def _refuse_twice(db: Session, row: Registration) -> None:
    """One person waits once for one business; the constraint holds it, this says it in words."""
    same = Registration.bn == row.bn if row.bn else Registration.carrier_code == row.carrier_code
    waiting = select(Registration.id).where(
        Registration.person_id == row.person_id,
        Registration.program_id == row.program_id,
        Registration.state.in_([State.OFFICER, State.LETTER]),
        same,
    )
    if db.scalar(waiting) is not None:
        raise Conflict("already_waiting")


def _settle_outcome(db: Session, actor: int, row: Registration, *, referred: bool) -> None:
    entry = find_entry(db, row.program_id, row.bn, row.carrier_code)
    row.registry_entry_id = entry.id if entry is not None else None
    row.registry_entry = entry
    address_agrees = (
        entry is not None
        and row.address is not None
        and same_address(row.address, entry.address)
        and zip_agrees(entry, row.zip_code)
    )
    decided = outcome(
        in_registry=entry is not None,
        same_address=address_agrees,
        referred=referred,
        already_active=entry is not None
        and address_agrees
        and is_active(db, ensure_business(db, entry).id, row.program_id),
    )
    waits = looks_waiting_for_letter(decided.state, decided.reason)
    if waits and entry is not None:
        row.party_id = ensure_business(db, entry).id
        ensure_client_number(db, row.party_id, row.program_id)
    row.sent_at = now(db)
    row.state, row.officer_reason = move(row.state, decided.state), decided.reason
    db.flush()
    record(
        db,
        Event.REGISTRATION_SENT,
        actor=actor,
        target=row,
        changes={
            "state": (State.DRAFT, row.state),
            "officer_reason": row.officer_reason,
            "bn": row.bn,
            "carrier_code": row.carrier_code,
            "legal_name": row.legal_name,
            "registry_entry_id": row.registry_entry_id,
            "party_id": row.party_id,
            "definition_version": row.definition_version,
        },
        personal={"address": row.address},
    )
    if waits:
        withheld = row.officer_reason == OfficerReason.ALREADY_ACTIVE
        add_letter(db, actor, row, reason="registered", withheld=withheld)
        tell(db, row, "registration_received")
    else:
        tell(db, row, "registration_with_officer")
