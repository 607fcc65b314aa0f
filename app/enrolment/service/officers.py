"""The officer's side of a registration: approved, refused, or made by staff for a person."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, Refused
from app.base.identifiers import parse_urn
from app.base.text import same_name
from app.enrolment.models import Registration
from app.enrolment.rules import WAITING, LetterState, State, move
from app.enrolment.service.businesses import ensure_business, ensure_client_number, find_entry
from app.enrolment.service.common import (
    add_letter,
    end_code,
    is_active,
    lock_registration,
    refuse_own,
    stop_letters,
    tell,
)
from app.parties.models import Person, RegistryEntry
from app.parties.registry import EntryData, correct_entry, write_entry
from app.programs.models import Program
from app.programs.service import definition

DECIDE = "staff.registrations.decide"
CREATE = "staff.registrations.create"
LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Paper:
    """On what an officer decided: the paper's reference, and a note for staff."""

    reference: str
    note: str


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

    The officer either accepts the registry as it is, or corrects it from a paper, or adds the
    business to it: ``corrected`` is then the entry. Raises Refused on one's own registration;
    Conflict ``already_active`` when the business has an account (it can then only be refused),
    ``not_in_registry``, ``stale``; Invalid for a paper or an entry that cannot be used.
    """
    seen = find(db, actor, "staff.registrations.read", Registration, registration_id)
    _require_paper(paper)
    entry = _entry_for(db, actor, seen, paper, corrected)
    business = ensure_business(db, entry)
    row = _lock_for_decision(db, actor, registration_id, version)
    if is_active(db, business.id, row.program_id):
        raise Conflict("already_active")
    before, reason = row.state, row.officer_reason
    _sign(db, actor, row, paper)
    row.registry_entry_id, row.registry_entry = entry.id, entry
    row.party_id = business.id
    row.state = move(before, State.LETTER)
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
        personal={"officer_note": row.officer_note, "address": entry.address},
    )
    stop_letters(db, actor, row, LetterState.CANCELLED, "approved")
    add_letter(db, actor, row, reason="approved")
    tell(db, row, "registration_approved")


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
    _sign(db, actor, row, paper)
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


@deed
def create(
    db: Session,
    actor: int,
    program_id: int,
    *,
    entry_id: int,
    urn: str,
    family_name: str,
    paper: Paper,
) -> int:
    """Make an account's registration for an existing member, and name who will own it.

    That person, found by reference number and family name, activates with the numbers of the
    letter, which goes to the registry's address. Raises Invalid ``urn`` ``no_match`` whichever
    half was wrong; Conflict ``already_active``, ``already_waiting``; Refused for oneself.
    """
    program = find(db, actor, "staff.registrations.read", Program, program_id)
    authorise(db, actor, CREATE, program)
    _require_paper(paper)
    entry = find(db, actor, "staff.registry.read", RegistryEntry, entry_id)
    if entry.program_id != program.id:
        raise Invalid({"entry": "unknown"})
    person = _named(db, urn, family_name)
    if person.id == actor:
        raise Refused(CREATE, "own", person_id=actor)
    business = ensure_business(db, entry)
    if is_active(db, business.id, program.id):
        raise Conflict("already_active")
    _refuse_twice(db, program.id, person.id, entry)
    row = Registration(
        program_id=program.id,
        person_id=person.id,
        kind="staff",
        state=State.LETTER,
        base=None,
        lines=list(entry.lines),
        bn=entry.bn,
        carrier_code=entry.carrier_code if entry.bn is None else None,
        registry_entry_id=entry.id,
        registry_entry=entry,
        party_id=business.id,
        definition_version=definition(program.code).version,
        sent_at=now(db),
    )
    _sign(db, actor, row, paper)
    db.add(row)
    ensure_client_number(db, business.id, program.id)
    db.flush()
    record(
        db,
        Event.REGISTRATION_CREATED,
        actor=actor,
        target=row,
        changes={
            "kind": row.kind,
            "state": row.state,
            "person_id": row.person_id,
            "bn": row.bn,
            "carrier_code": row.carrier_code,
            "legal_name": entry.legal_name,
            "registry_entry_id": entry.id,
            "party_id": row.party_id,
            "paper_reference": row.paper_reference,
            "definition_version": row.definition_version,
        },
        personal={"urn": person.urn, "officer_note": row.officer_note},
    )
    add_letter(db, actor, row, reason="created_by_staff")
    tell(db, row, "activation_offered")
    return row.id


@deed
def name_prospective_owner(
    db: Session, actor: int, registration_id: int, urn: str, family_name: str, paper: Paper
) -> int:
    """Name somebody else to activate a staff-made registration.

    The first person's registration ends, and its code with it: the code in a letter that bears
    one name must not open the account for another. Returns the new registration's number.
    Raises as ``create`` does, and Conflict ``not_made_by_staff``.
    """
    seen = find(db, actor, "staff.registrations.read", Registration, registration_id)
    if seen.kind != "staff" or seen.registry_entry_id is None:
        raise Conflict("not_made_by_staff")
    entry = db.get_one(RegistryEntry, seen.registry_entry_id)
    ensure_business(db, entry)  # the party before the registration: the order of locks
    row = lock_registration(db, registration_id)
    authorise(db, actor, CREATE, row)
    before = row.state
    row.state = move(before, State.WITHDRAWN)
    stop_letters(db, actor, row, LetterState.CANCELLED, "other_owner")
    end_code(db, actor, row, "other_owner")
    db.flush()
    record(
        db,
        Event.REGISTRATION_WITHDRAWN,
        actor=actor,
        target=row,
        changes={"state": (before, row.state), "reason": "other_owner"},
    )
    return create(
        actor,
        row.program_id,
        entry_id=entry.id,
        urn=urn,
        family_name=family_name,
        paper=paper,
    )


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


def _require_paper(paper: Paper) -> None:
    """An officer's word stands on a paper: its reference and a note are kept with the decision."""
    errors = {
        name: "empty"
        for name, text in (("paper_reference", paper.reference), ("note", paper.note))
        if not text.strip()
    }
    if len(paper.note) > LONGEST_NOTE:
        errors["note"] = "too_long"
    if errors:
        raise Invalid(errors)


def _sign(db: Session, actor: int, row: Registration, paper: Paper) -> None:
    row.decided_at, row.officer_id = now(db), actor
    row.paper_reference = paper.reference.strip() or None
    row.officer_note = paper.note.strip() or None


def _named(db: Session, urn: str, family_name: str) -> Person:
    number = parse_urn(urn)
    wanted = select(Person).where(Person.urn == number, Person.state == "active")
    person = db.scalars(wanted).one_or_none() if number is not None else None
    if person is None or not same_name(person.family_name, family_name):
        raise Invalid({"urn": "no_match"})
    return person


def _refuse_twice(db: Session, program_id: int, person_id: int, entry: RegistryEntry) -> None:
    waiting = select(Registration.id).where(
        Registration.person_id == person_id,
        Registration.program_id == program_id,
        Registration.state.in_(sorted(WAITING)),
        Registration.registry_entry_id == entry.id,
    )
    if db.scalar(waiting) is not None:
        raise Conflict("already_waiting")
