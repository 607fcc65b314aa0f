"""An account begins: with its owner, the terms, its program accounts and its first cases."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.service.accounts import found_account
from app.base.context import origin
from app.base.db import now
from app.cases.service.opening import open_with_account
from app.correspondence.service import notify
from app.enrolment.models import Registration
from app.enrolment.rules.states import WAITING, LetterState, OfficerReason, State, move
from app.enrolment.service.common import end_code, lock_registrations, stop_letters
from app.parties.models import Account, Party, ProgramAccount, RegistryEntry
from app.parties.models_terms import TermsAcceptance
from app.programs.schema.definition import Definition
from app.programs.schema.enrolment import Way


def begin_account(
    db: Session, actor: int, row: Registration, way: Way, program: Definition
) -> Account:
    """Make the account of a registration that has been proved, inside the caller's deed.

    The person is its owner and has attested and accepted the terms. Raises Conflict
    ``account_exists``.
    """
    assert row.party_id is not None  # noqa: S101 (whoever proves it names the business)
    moment = now(db)
    standing = next(one.code for one in program.standings.values() if one.initial)
    before, row.state = row.state, move(row.state, State.ACTIVATED)
    row.activated_at = row.attested_at = moment
    account = found_account(
        db,
        party_id=row.party_id,
        program_id=row.program_id,
        owner_id=actor,
        standing_code=standing,
        role_code=way.role,
    )
    entry = _entry(db, row)
    _link_program_accounts(db, account, entry)
    language = origin().language
    db.add(
        TermsAcceptance(
            person_id=actor,
            kind="program",
            program_id=row.program_id,
            version=program.terms.version,
            language=language,
            session_id=origin().session_id,
        )
    )
    db.flush()
    record(
        db,
        Event.ACCOUNT_ACTIVATED,
        actor=actor,
        target=account,
        role=way.role,
        changes={
            "state": (before, row.state),
            "standing": standing,
            "registration_id": row.id,
            "party_id": row.party_id,
            "owner_id": actor,
            "attested": True,
            "terms_version": program.terms.version,
            "terms_language": language,
        },
    )
    # The lines of business it registered with; else those that the registry knows of it.
    open_with_account(db, actor, account, row.lines or (entry.lines if entry else []))
    business = db.get_one(Party, row.party_id)
    notify(
        db,
        actor,
        "account_activated",
        {"business": business.name},
        account_id=account.id,
        program_id=row.program_id,
        path=f"/a/{account.id}/",
    )
    return account


def lock_waiting(db: Session, party_id: int, program_id: int) -> list[Registration]:
    """Every registration that waits for the same business in the same program, locked."""
    wanted = select(Registration.id).where(
        Registration.party_id == party_id,
        Registration.program_id == program_id,
        Registration.state.in_(sorted(WAITING)),
    )
    return lock_registrations(db, db.scalars(wanted))


def hold(db: Session, actor: int, other: Registration) -> None:
    """What somebody else waited for is theirs no more; an officer sees it, they do not."""
    if other.state != State.LETTER:
        return
    before = other.state
    other.state = move(before, State.OFFICER)
    other.officer_reason = OfficerReason.ALREADY_ACTIVE
    db.flush()
    record(
        db,
        Event.REGISTRATION_HELD,
        actor=actor,
        target=other,
        changes={
            "state": (before, other.state),
            "officer_reason": other.officer_reason,
            "reason": "activated_by_another",
        },
    )
    stop_letters(db, actor, other, LetterState.WITHHELD, "activated_by_another")
    end_code(db, actor, other, "activated_by_another")


def _entry(db: Session, row: Registration) -> RegistryEntry | None:
    key = row.registry_entry_id
    return None if key is None else db.get_one(RegistryEntry, key)


def _link_program_accounts(db: Session, account: Account, entry: RegistryEntry | None) -> None:
    """Make all those that the registry knows of the business.

    "validate one; CBSA links all others of the BN9 automatically" (facts B3, row 6).
    """
    for one in entry.program_accounts if entry is not None else ():
        number, _space, label = one.partition(" ")
        db.add(ProgramAccount(account_id=account.id, number=number, label=label or None))
