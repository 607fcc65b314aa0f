"""Enrolment by shared facts: name and address as recorded, then the business's own records.

Every comparison is counted first, in a transaction of its own. What was typed for a fact is
compared in memory: no row, no entry of the trail and no log line ever holds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import find
from app.base.context import origin
from app.base.db import deed, now, session
from app.base.errors import Conflict, Invalid
from app.enrolment.models import Registration
from app.enrolment.rules.facts import (
    Answer,
    all_agree,
    amount_fault,
    as_recorded,
    has_program_account,
    needed,
    offered,
)
from app.enrolment.rules.states import State
from app.enrolment.scopes import ANSWER
from app.enrolment.service import fact_tries, sending
from app.enrolment.service import proof as proof_of
from app.enrolment.service.businesses import ensure_business, find_entry, zip_agrees
from app.enrolment.service.common import is_active, program_of, shared
from app.enrolment.service.drafts import lock_own, settle_verdict, today_of
from app.ledger.queries import amounts, held
from app.parties.models import RegistryEntry
from app.programs.rules.eligibility import evaluate
from app.programs.schema.enrolment import Fact

Db = Session | scoped_session[Session]


def match(actor: int, registration_id: int) -> State:
    """Compare name, address and program account with the registry, and keep that they agree.

    Then the facts are asked for; where the answers must be examined, or the ledger holds nothing,
    the registration goes on to a letter or an officer instead. Whether the registry knows the
    number at all, and which part was wrong, is not told. Raises Conflict ``unfinished``,
    ``not_a_draft``, ``already_waiting``; Invalid ``name_and_address`` with the tries ``left``,
    ``locked``, ``business_locked``.
    """
    row = _draft(actor, registration_id)
    shared(program_of(row))
    if row.address is None or not row.legal_name or not (row.bn or row.carrier_code):
        raise Conflict("unfinished")
    verdict = evaluate(program_of(row), row.answers, today_of(session, program_of(row)))
    if verdict.kind in {"fail", "route"}:
        return _settle(actor, registration_id)
    if verdict.kind == "unfinished":
        raise Conflict("unfinished")
    place = fact_tries.place_of(actor, row)
    session.rollback()  # counting has a connection and a transaction of its own
    fact_tries.count_try(place)
    if _matching(session, row) is None:
        session.rollback()
        raise fact_tries.record_wrong(place, "name_and_address")
    session.rollback()
    fact_tries.take_back(place)
    return _keep_match(actor, registration_id)


def asked(db: Db, row: Registration) -> tuple[Fact, ...]:
    """The facts that this person is asked for: those of which the ledger holds data.

    Raises Conflict ``not_matched`` before name and address were found right.
    """
    if row.matched_at is None or row.registry_entry_id is None:
        raise Conflict("not_matched")
    known = held(db, row.registry_entry_id, row.program_account)
    return offered(shared(program_of(row)).facts.values(), known)


def prove(actor: int, registration_id: int, answers: Sequence[Answer]) -> str:
    """Compare the answers; return a token that lets this session go on to the terms.

    Raises Conflict ``not_matched`` when name and address no longer agree, ``has_account`` when all
    is right and the business has one; Invalid with ``format`` or ``zero`` at a kind of fact,
    ``too_few`` with how many are needed (``num``), ``facts`` with the tries ``left``, ``locked``,
    ``business_locked``.
    """
    row = _draft(actor, registration_id)
    facts: dict[str, Fact] = {fact.kind: fact for fact in asked(session, row)}
    least = needed(shared(program_of(row)).ask, len(facts))
    _require_answers(facts, answers, least)
    place = fact_tries.place_of(actor, row)
    session.rollback()
    fact_tries.count_try(place)
    entry = _matching(session, row)
    if entry is None or entry.id != row.registry_entry_id:
        session.rollback()
        fact_tries.take_back(place)
        raise Conflict("not_matched")
    if not all_agree([(one.amount, _candidates(row, entry, one)) for one in answers], least):
        session.rollback()
        raise fact_tries.record_wrong(place, "facts")
    entry_id = entry.id
    session.rollback()
    fact_tries.take_back(place)
    if _keep_proof(actor, registration_id, entry_id):
        raise Conflict("has_account")
    made = proof_of.Proof(actor, origin().session_id, registration_id, entry_id, now(session))
    return proof_of.write(made, "facts")


def _draft(actor: int, registration_id: int) -> Registration:
    row = find(session, actor, ANSWER, Registration, registration_id)
    if row.state != State.DRAFT:
        raise Conflict("not_a_draft")
    return row


def _require_answers(facts: dict[str, Fact], answers: Sequence[Answer], least: int) -> None:
    kinds = [one.kind for one in answers]
    if not set(kinds) <= facts.keys() or len(set(kinds)) != len(kinds):
        raise Conflict("not_offered")
    faults = {one.kind: amount_fault(one.amount, zero=facts[one.kind].zero) for one in answers}
    errors = {kind: fault for kind, fault in faults.items() if fault is not None}
    if errors:
        raise Invalid(errors)
    if len(answers) < least or not facts:
        raise Invalid({"": "too_few"}, num=least)


def _matching(db: Db, row: Registration) -> RegistryEntry | None:
    """The registry's entry, when name, address and program account are as it has them."""
    entry = find_entry(db, row.program_id, row.bn, row.carrier_code)
    if entry is None:
        return None
    typed = row.legal_name or "", row.address or {}
    agreed = as_recorded(*typed, entry.legal_name, entry.address)
    with_account = shared(program_of(row)).program_account is not None
    account = row.program_account or ""
    agreed &= has_program_account(account, entry.program_accounts, asked=with_account)
    return entry if agreed & zip_agrees(entry, row.zip_code) else None


def _candidates(row: Registration, entry: RegistryEntry, answer: Answer) -> list[Decimal]:
    return amounts(
        session,
        entry.id,
        row.program_account,
        answer.kind,
        number=answer.number,
        dated=answer.dated,
    )


@deed
def _settle(db: Session, actor: int, registration_id: int) -> State:
    """An answer fails today: the registration says so."""
    row = lock_own(db, actor, registration_id)
    program = program_of(row)
    settle_verdict(db, actor, row, evaluate(program, row.answers, today_of(db, program)))
    return State(row.state)


@deed
def _keep_match(db: Session, actor: int, registration_id: int) -> State:
    row = lock_own(db, actor, registration_id, states=[State.DRAFT])
    entry = _matching(db, row)
    if entry is None:  # typed anew since it was compared
        raise Conflict("not_matched")
    row.registry_entry_id, row.matched_at = entry.id, now(db)
    db.flush()
    record(
        db,
        Event.FACTS_RIGHT,
        actor=actor,
        target=row,
        changes={
            "reason": "name_and_address",
            "state": row.state,
            "registry_entry_id": entry.id,
        },
    )
    program = program_of(row)
    verdict = evaluate(program, row.answers, today_of(db, program))
    if verdict.kind == "refer" or not asked(db, row):
        return sending.send(actor, registration_id).state
    return State(row.state)


@deed
def _keep_proof(db: Session, actor: int, registration_id: int, entry_id: int) -> bool:
    """Write down that the facts were right; tell whether the business has an account already.

    Only now, since name, address and facts agree, may whoever asks know that it has one.
    """
    entry = db.get_one(RegistryEntry, entry_id)
    business = ensure_business(db, entry)
    row = lock_own(db, actor, registration_id)
    record(
        db,
        Event.FACTS_RIGHT,
        actor=actor,
        target=row,
        changes={"reason": "facts", "state": row.state, "registry_entry_id": entry.id},
    )
    return is_active(db, business.id, row.program_id)
