"""Existing members: staff make the registration and name who will own the account."""

from __future__ import annotations

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
from app.enrolment.rules.states import WAITING, LetterState, State, move
from app.enrolment.service.businesses import ensure_business, ensure_client_number
from app.enrolment.service.common import (
    add_letter,
    end_code,
    is_active,
    lock_registration,
    mailed,
    stop_letters,
    tell,
)
from app.enrolment.service.paper import Paper, require_paper, sign
from app.parties.models import Person, RegistryEntry
from app.programs.models import Program
from app.programs.service import definition

CREATE = "staff.registrations.create"


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
    half was wrong; Conflict ``already_active``, ``already_waiting``, ``no_letters`` where the
    program mails none; Refused for oneself.
    """
    program = find(db, actor, "staff.registrations.read", Program, program_id)
    authorise(db, actor, CREATE, program)
    mailed(definition(program.code))
    require_paper(paper)
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
    sign(db, actor, row, paper)
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
