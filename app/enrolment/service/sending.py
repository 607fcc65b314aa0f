"""Sending a registration: where it goes, and who decides."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.db import deed, now
from app.base.errors import Conflict
from app.enrolment.models import Registration
from app.enrolment.rules.states import (
    WAITING,
    OfficerReason,
    State,
    looks_waiting_for_letter,
    move,
    outcome,
)
from app.enrolment.service.businesses import (
    ensure_business,
    ensure_client_number,
    find_entry,
    zip_agrees,
)
from app.enrolment.service.common import add_letter, is_active, program_of, tell
from app.enrolment.service.drafts import lock_own, settle_verdict, today_of
from app.ledger.queries import held
from app.parties.rules.addresses import same_address
from app.programs.rules.eligibility import Verdict, evaluate
from app.programs.schema.definition import Definition


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a registration that was sent."""

    state: State
    verdict: Verdict


@deed
def send(db: Session, actor: int, registration_id: int) -> Sent:
    """Finish a registration: check it once more today, find the business, ask for its letter.

    The dates are counted from this day (facts A7: "at least one movement in the 90 days before
    applying"). Without an officer the letter goes to the registry's address. Where facts are asked
    for first, name and address were found right before; and without letters nothing is sent but
    what an officer must look at. Raises Conflict ``unfinished``, and ``already_waiting`` when the
    person waits for this business already.
    """
    row = lock_own(db, actor, registration_id)
    if row.state != State.DRAFT:
        raise Conflict("not_a_draft")
    program = program_of(row)
    verdict = evaluate(program, row.answers, today_of(db, program))
    if verdict.kind in {"fail", "route"}:
        settle_verdict(db, actor, row, verdict)
        return Sent(State(row.state), verdict)
    if verdict.kind == "unfinished" or row.address is None or not (row.bn or row.carrier_code):
        raise Conflict("unfinished")
    if program.enrolment.shared_facts is not None and not _may_leave_facts(
        db, row, program, referred=verdict.kind == "refer"
    ):
        raise Conflict("unfinished")
    _refuse_twice(db, row)
    row.definition_version = program.version
    _settle_outcome(db, actor, row, referred=verdict.kind == "refer")
    return Sent(State(row.state), verdict)


def _may_leave_facts(
    db: Session, row: Registration, program: Definition, *, referred: bool
) -> bool:
    """Whether a registration may go on without facts: by letter, or for want of any.

    Only once name and address agree: whoever cannot say them has no business with the letter.
    """
    if row.matched_at is None or row.registry_entry_id is None:
        return False
    by_letter = program.enrolment.mailed_code is not None
    return by_letter or referred or not held(db, row.registry_entry_id, row.program_account)


def _refuse_twice(db: Session, row: Registration) -> None:
    """One person waits once for one business; the constraint holds it, this says it in words."""
    same = Registration.bn == row.bn if row.bn else Registration.carrier_code == row.carrier_code
    waiting = select(Registration.id).where(
        Registration.person_id == row.person_id,
        Registration.program_id == row.program_id,
        Registration.state.in_(sorted(WAITING)),
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
        letters=program_of(row).enrolment.mailed_code is not None,
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
        personal={"mailing_address": row.address},
    )
    if waits:
        withheld = row.officer_reason == OfficerReason.ALREADY_ACTIVE
        add_letter(db, actor, row, reason="registered", withheld=withheld)
        tell(db, row, "registration_received")
    else:
        tell(db, row, "registration_with_officer")
