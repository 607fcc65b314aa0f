"""What the deeds of enrolment share: their locks, their definition, whom they tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.errors import Conflict, NotFound, Refused
from app.correspondence.service import notify
from app.enrolment.models import ActivationCode, Letter, Registration
from app.enrolment.rules.states import CodeState, LetterKind, LetterState, move_letter
from app.parties.models import Account, Party
from app.programs.schema.definition import Definition
from app.programs.schema.enrolment import MailedCode, SharedFacts
from app.programs.service import definition


def lock_party(db: Session, party_id: int) -> None:
    """Make deeds on one business wait for each other until the deed ends.

    Whether a business is active is asked after this lock, so that a registration and an
    activation at the same instant know of each other.
    """
    db.execute(select(Party.id).where(Party.id == party_id).with_for_update(key_share=True))


def lock_registration(db: Session, registration_id: int) -> Registration:
    """Lock a registration until the deed ends, and read it fresh. Raises NotFound."""
    found = lock_registrations(db, [registration_id])
    if not found:
        raise NotFound(f"Registration {registration_id}")
    return found[0]


def lock_registrations(db: Session, ids: Iterable[int]) -> list[Registration]:
    """Lock registrations, lowest number first, and read them fresh."""
    wanted = select(Registration).where(Registration.id.in_(set(ids))).order_by(Registration.id)
    return list(
        db.scalars(
            wanted.with_for_update(key_share=True), execution_options={"populate_existing": True}
        )
    )


def lock_letters(db: Session, ids: Iterable[int]) -> list[Letter]:
    """Lock letters with their registrations, and read them fresh, oldest first."""
    wanted = select(Letter.registration_id).where(Letter.id.in_(set(ids)))
    lock_registrations(db, db.scalars(wanted))
    letters = select(Letter).where(Letter.id.in_(set(ids))).order_by(Letter.due_at, Letter.id)
    return list(
        db.scalars(
            letters.with_for_update(key_share=True), execution_options={"populate_existing": True}
        )
    )


def program_of(row: Registration | Letter) -> Definition:
    """The definition that the row's program stands by."""
    return definition(row.program.code)


def mailed(program: Definition) -> MailedCode:
    """How the program mails codes. Raises Conflict ``no_letters`` when it mails none."""
    if program.enrolment.mailed_code is None:
        raise Conflict("no_letters")
    return program.enrolment.mailed_code


def shared(program: Definition) -> SharedFacts:
    """Which facts the program asks for. Raises Conflict ``no_facts`` when it asks for none."""
    if program.enrolment.shared_facts is None:
        raise Conflict("no_facts")
    return program.enrolment.shared_facts


def is_active(db: Session, party_id: int, program_id: int) -> bool:
    """Whether the business has an account in the program, open or closed."""
    wanted = exists().where(Account.party_id == party_id, Account.program_id == program_id)
    return bool(db.scalar(select(wanted)))


def refuse_own(action: str, actor: int, registration: Registration) -> None:
    """Nobody works for the agency on their own registration. Raises Refused."""
    if registration.person_id == actor:
        raise Refused(action, "own", person_id=actor)


def business_name(registration: Registration) -> str:
    """The business's name as its registrant knows it; the registry's name is on the letter only.

    Somebody who types another business's number must not learn its name from us.
    """
    entry = registration.registry_entry
    if registration.kind == "staff" and entry is not None:
        return entry.legal_name
    return registration.legal_name or registration.bn or registration.carrier_code or ""


def tell(db: Session, registration: Registration, template: str, **facts: Any) -> None:
    """Tell the registrant, in the portal and by e-mail."""
    notify(
        db,
        registration.person_id,
        template,
        {"business": business_name(registration), **facts},
        program_id=registration.program_id,
        path=f"/register/{registration.id}",
    )


def unposted(db: Session, registration_id: int) -> list[Letter]:
    """The registration's letters that are still in the house, locked."""
    wanted = select(Letter).where(
        Letter.registration_id == registration_id,
        Letter.state.in_(["due", "withheld", "prepared", "printed"]),
    )
    return list(db.scalars(wanted.order_by(Letter.id).with_for_update(key_share=True)))


def stop_letters(
    db: Session, actor: int | None, registration: Registration, to: LetterState, reason: str
) -> None:
    """Keep letters that are still in the house from leaving it."""
    for letter in unposted(db, registration.id):
        before = letter.state
        if before == to:
            continue
        letter.state = move_letter(before, to)
        db.flush()
        record(
            db,
            Event.LETTER_STOPPED,
            actor=actor,
            target=letter,
            changes={"state": (before, letter.state), "number": letter.number, "reason": reason},
        )


def end_code(
    db: Session, actor: int | None, registration: Registration, reason: str
) -> ActivationCode | None:
    """End the code that still opens the registration, if there is one."""
    code = db.scalars(
        select(ActivationCode)
        .where(
            ActivationCode.registration_id == registration.id,
            ActivationCode.state == CodeState.VALID,
        )
        .with_for_update()
    ).one_or_none()
    if code is None:
        return None
    code.state = CodeState.REPLACED
    db.flush()
    record(
        db,
        Event.ACTIVATION_CODE_ENDED,
        actor=actor,
        target=code,
        changes={"state": ("valid", code.state), "letter_id": code.letter_id, "reason": reason},
    )
    return code


def add_letter(
    db: Session,
    actor: int | None,
    registration: Registration,
    *,
    reason: str,
    kind: LetterKind = LetterKind.CODE,
    withheld: bool = False,
    replaces: Letter | None = None,
) -> Letter:
    """Put a letter on the list of those to be made, to the address in the registry.

    One made in another's place is of that one's kind.
    """
    entry = registration.registry_entry
    if entry is None:
        raise NotFound(f"Registration {registration.id} has no registry entry")
    letter = Letter(
        registration_id=registration.id,
        program_id=registration.program_id,
        kind=replaces.kind if replaces is not None else kind,
        language=entry.language,
        address={"name": entry.legal_name, **entry.address},
        state=LetterState.WITHHELD if withheld else LetterState.DUE,
        replaces_id=replaces.id if replaces is not None else None,
    )
    db.add(letter)
    db.flush()
    record(
        db,
        Event.LETTER_REQUESTED,
        actor=actor,
        target=letter,
        changes={
            "state": letter.state,
            "kind": letter.kind,
            "reason": reason,
            "registration_id": registration.id,
            "language": letter.language,
        },
    )
    return letter
