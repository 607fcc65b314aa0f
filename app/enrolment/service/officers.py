"""The officer's side of a registration: approved, refused, or made by staff for a person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.db import deed
from app.base.errors import Conflict, Invalid
from app.enrolment.models import Registration
from app.enrolment.rules.states import LetterState, State, move
from app.enrolment.service.businesses import ensure_business, ensure_client_number, find_entry
from app.enrolment.service.common import (
    add_letter,
    end_code,
    is_active,
    lock_party,
    lock_registration,
    program_of,
    refuse_own,
    stop_letters,
    tell,
)
from app.enrolment.service.paper import LONGEST_NOTE, Paper, require_paper, sign
from app.enrolment.service.registry import correct_entry, write_entry
from app.parties.models import RegistryEntry
from app.parties.registry import lock_registry
from app.parties.rules.entries import EntryData

DECIDE = "staff.registrations.decide"


@deed
def approve(
    db: Session,
    actor: int,
    registration_id: int,
    paper: Paper,
    *,
    corrected: EntryData | None = None,
    version: int | None = None,
) -> None:
    """Let the letter go out, to the address in the registry.

    Where no codes are mailed the officer's word proves the business: its person accepts the terms
    next. The officer either accepts the registry as it is, or corrects it from a paper, or adds the
    business to it: ``corrected`` is then the entry. Raises Refused on one's own registration;
    Conflict ``stale`` or ``not_with_officer`` when somebody has decided meanwhile, which is asked
    before the registry is, ``already_active`` when the business has an account (it can then only
    be refused), ``not_in_registry``; Invalid for a paper or an entry that cannot be used.
    """
    seen = find(db, actor, "staff.registrations.read", Registration, registration_id)
    require_paper(paper)
    # The order of locks: the registry, the party where there is one, the registration.
    if corrected is not None:
        lock_registry(db, seen.program_id)
    if seen.party_id is not None:
        lock_party(db, seen.party_id)
    row = _lock_for_decision(db, actor, registration_id, version)
    entry = _entry_for(db, actor, row, paper, corrected)
    business = ensure_business(db, entry)
    if is_active(db, business.id, row.program_id):
        raise Conflict("already_active")
    before, reason = row.state, row.officer_reason
    sign(db, actor, row, paper)
    row.registry_entry_id, row.registry_entry = entry.id, entry
    row.party_id = business.id
    by_letter = program_of(row).enrolment.mailed_code is not None
    row.state = move(before, State.LETTER if by_letter else State.PROVED)
    if by_letter:
        ensure_client_number(db, business.id, row.program_id)
    db.flush()
    record(
        db,
        Event.REGISTRATION_APPROVED,
        actor=actor,
        target=row,
        changes={
            "state": (before, row.state),
            "paper_reference": row.paper_reference,
            "registry_entry_id": row.registry_entry_id,
            "party_id": row.party_id,
            "officer_reason": reason,
        },
        personal={"officer_note": row.officer_note, "mailing_address": entry.address},
    )
    stop_letters(db, actor, row, LetterState.CANCELLED, "approved")
    if by_letter:
        add_letter(db, actor, row, reason="approved")
    tell(db, row, "registration_approved" if by_letter else "registration_proved")


@deed
def refuse(
    db: Session,
    actor: int,
    registration_id: int,
    reason: str,
    paper: Paper,
    *,
    version: int | None = None,
) -> None:
    """Refuse a registration with a reason that the person reads.

    Any code of it ends. Raises Refused on one's own; Conflict; Invalid ``reason`` ``empty``.
    """
    find(db, actor, "staff.registrations.read", Registration, registration_id)
    if not reason.strip():
        raise Invalid({"reason": "empty"})
    if len(reason) > LONGEST_NOTE or len(paper.note) > LONGEST_NOTE:
        raise Invalid({"reason": "too_long"})
    row = _lock_for_decision(db, actor, registration_id, version)
    before = row.state
    sign(db, actor, row, paper)
    row.refusal_reason = reason.strip()
    row.state = move(before, State.REFUSED)
    db.flush()
    record(
        db,
        Event.REGISTRATION_REFUSED,
        actor=actor,
        target=row,
        changes={
            "state": (before, row.state),
            "paper_reference": row.paper_reference,
            "officer_reason": row.officer_reason,
            "reason": row.refusal_reason,
        },
        personal={"officer_note": row.officer_note},
    )
    stop_letters(db, actor, row, LetterState.CANCELLED, "refused")
    end_code(db, actor, row, "refused")
    tell(db, row, "registration_refused")


def _entry_for(
    db: Session,
    actor: int,
    row: Registration,
    paper: Paper,
    corrected: EntryData | None,
) -> RegistryEntry:
    """The entry that the letter will go by: the registry's, corrected or added from the paper."""
    entry = find_entry(db, row.program_id, row.bn, row.carrier_code)
    if corrected is None:
        if entry is None:
            raise Conflict("not_in_registry")
        return entry
    same = corrected.bn == row.bn if row.bn else corrected.carrier_code == row.carrier_code
    if not same:
        raise Invalid({"bn": "other_business"})
    if entry is None:
        return write_entry(db, actor, row.program_id, corrected, paper.reference)
    return correct_entry(db, actor, entry, corrected, paper.reference)


def _lock_for_decision(
    db: Session, actor: int, registration_id: int, version: int | None
) -> Registration:
    row = lock_registration(db, registration_id)
    authorise(db, actor, DECIDE, row)
    refuse_own(DECIDE, actor, row)
    if version is not None and row.row_version != version:
        raise Conflict("stale")
    if row.state != State.OFFICER:
        raise Conflict("not_with_officer")
    return row
