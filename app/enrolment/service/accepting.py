"""Attestation and terms, once a business is proved by facts or by an officer."""

from __future__ import annotations

from sqlalchemy.orm import Session, scoped_session

from app.authority.queries import find
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid
from app.enrolment.models import Registration
from app.enrolment.rules.states import LetterKind, State
from app.enrolment.scopes import ACTIVATE
from app.enrolment.service import proof as proof_of
from app.enrolment.service.businesses import ensure_business
from app.enrolment.service.common import add_letter, is_active, program_of, shared
from app.enrolment.service.drafts import lock_own
from app.enrolment.service.founding import begin_account, hold, lock_waiting
from app.parties.models import RegistryEntry

Db = Session | scoped_session[Session]


def may_accept(db: Db, actor: int, row: Registration, token: str) -> bool:
    """Whether its person may go on to the terms now: an officer proved it, or the token does."""
    if row.state == State.PROVED:
        return True
    if row.state != State.DRAFT or row.matched_at is None:
        return False
    try:
        proof = proof_of.read(token, actor, "facts")
    except Conflict:
        return False
    of_this = (proof.registration_id, proof.of_id) == (row.id, row.registry_entry_id)
    return of_this and now(db) - proof.at <= proof_of.LIFE


@deed
def accept(
    db: Session,
    actor: int,
    registration_id: int,
    token: str,
    terms_version: int,
    *,
    attested: bool,
) -> int:
    """Make the account, its owner and its program accounts, in one transaction.

    "The first person to link is automatically" the business's own (facts B3, row 7). A notice by
    post to the legal address tells the business who that was. Of several at the same instant the
    first to come here holds the account. Returns the account's number. Raises Invalid ``attested``
    ``empty``, ``terms`` ``changed``; Conflict ``proof_ended``, ``has_account``.
    """
    seen = find(db, actor, ACTIVATE, Registration, registration_id)
    if seen.registry_entry_id is None:
        raise Conflict("proof_ended")
    entry = db.get_one(RegistryEntry, seen.registry_entry_id)
    business = ensure_business(db, entry)
    others = lock_waiting(db, business.id, seen.program_id)
    row = lock_own(db, actor, registration_id, states=None)
    if row.registry_entry_id != entry.id or not may_accept(db, actor, row, token):
        raise Conflict("proof_ended")
    program = program_of(row)
    if not attested:
        raise Invalid({"attested": "empty"})
    if program.terms.version != terms_version:
        raise Invalid({"terms": "changed"})
    if is_active(db, business.id, row.program_id):
        raise Conflict("has_account")
    row.party_id, row.sent_at = business.id, row.sent_at or now(db)
    row.definition_version = program.version
    account = begin_account(db, actor, row, shared(program), program)
    for other in others:
        if other.id != row.id:
            hold(db, actor, other)
    add_letter(db, actor, row, reason="account_begun", kind=LetterKind.NOTICE)
    return account.id
