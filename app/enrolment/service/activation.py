"""Activation: both numbers from the letter, then the terms, and the account exists.

"Entrez le numéro de client et le code d’activation que vous avez reçus par la poste et
sélectionnez Activer le compte de l’entreprise. Un message d’activation s’affichera. Acceptez les
modalités d’utilisation." (account page, step 5)
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.authority.queries import authorise, find
from app.base.context import origin
from app.base.days import local_day
from app.base.db import deed, now, session
from app.base.errors import Conflict, Invalid
from app.base.identifiers import parse_activation_code, parse_client_number
from app.enrolment.codes import matches
from app.enrolment.models import ActivationCode, Registration
from app.enrolment.rules.states import CodeState, State, looks_waiting_for_letter
from app.enrolment.scopes import ACTIVATE
from app.enrolment.service import proof as proof_of
from app.enrolment.service.common import is_active, lock_party, mailed, program_of
from app.enrolment.service.founding import begin_account, hold, lock_waiting
from app.enrolment.service.tries import Trial, count_try, last_code, record_wrong
from app.parties.models import ClientNumber

NO_MATCH: Final = "no_match"
EXPIRED: Final = "expired"


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """The two numbers as typed. They have no printable form, so that no log can hold them."""

    client_number: str
    code: str


def prove(actor: int, registration_id: int, typed: Typed, *, attested: bool) -> str:
    """Compare both numbers; return a token that lets this session go on to the terms.

    The try is counted **first**, in a transaction of its own. Which half was wrong is not told,
    nor whether there is a code at all. A number that cannot be one, by its check digit, costs no
    try: that tells nothing which the typed digits do not. Raises Invalid ``attested`` ``empty``;
    ``client_number`` or ``code`` ``empty`` or ``typing``; for the whole form ``no_match``,
    ``expired`` (with the day), ``locked``; Conflict ``not_waiting``.
    """
    row = find(session, actor, ACTIVATE, Registration, registration_id)
    if not looks_waiting_for_letter(row.state, row.officer_reason):
        raise Conflict("not_waiting")
    number, code = _parsed(typed, attested=attested)
    program = program_of(row)
    last = last_code(session, row.id)
    if last is None or row.party_id is None:
        raise Invalid({"": NO_MATCH})
    if last.expires_at < now(session):
        raise Invalid({"": EXPIRED}, date=local_day(last.expires_at, program.zone))
    trial = Trial(row.id, row.party_id, row.program_id, program, last)
    session.rollback()  # counting has a connection and a transaction of its own
    tries = count_try(actor, trial)
    if not _agrees(trial, number, code):
        record_wrong(actor, trial, tries)
        raise Invalid({"": NO_MATCH})
    return proof_of.write(
        proof_of.Proof(actor, origin().session_id, trial.registration_id, last.id, now(session))
    )


@deed
def activate(db: Session, actor: int, token: str, terms_version: int) -> int:
    """Make the account and its owner, with the code and the terms, in one transaction.

    "Le nouveau compte ne sera pas autorisé tant que les modalités d’utilisation du programme
    PEP n’auront pas été acceptées." Of several who wait for one business the first to come here
    holds the account; the codes of the others end and their registrations go to an officer,
    without a word to them. Returns the account's number. Raises Invalid ``no_match``, or
    ``terms`` ``changed``; Conflict ``proof_ended``.
    """
    proof = proof_of.read(token, actor)
    seen = find(db, actor, ACTIVATE, Registration, proof.registration_id)
    if seen.party_id is None:
        raise Conflict("proof_ended")
    lock_party(db, seen.party_id)
    rows = {row.id: row for row in lock_waiting(db, seen.party_id, seen.program_id)}
    row = rows.pop(seen.id, None)
    code = _lock_code(db, proof.of_id)
    moment = now(db)
    if moment - proof.at > proof_of.LIFE:
        raise Conflict("proof_ended")
    usable = code.state == CodeState.VALID and code.expires_at >= moment
    if row is None or row.state != State.LETTER or not usable or _is_taken(db, row):
        raise Invalid({"": NO_MATCH})
    authorise(db, actor, ACTIVATE, row)
    program = program_of(row)
    if program.terms.version != terms_version:
        raise Invalid({"terms": "changed"})
    code.state, code.used_at = CodeState.USED, moment
    account = begin_account(db, actor, row, mailed(program), program)
    for other in rows.values():
        hold(db, actor, other)
    return account.id


def _parsed(typed: Typed, *, attested: bool) -> tuple[str, str]:
    number = parse_client_number(typed.client_number)
    code = parse_activation_code(typed.code)
    errors = {}
    if number is None:
        errors["client_number"] = "typing" if typed.client_number.strip() else "empty"
    if code is None:
        errors["code"] = "typing" if typed.code.strip() else "empty"
    if not attested:
        errors["attested"] = "empty"
    if errors or number is None or code is None:
        raise Invalid(errors)
    return number, code


def _agrees(trial: Trial, number: str, code: str) -> bool:
    """Whether both halves are right and the code has not ended.

    Both are always compared, in constant time: an ended code must answer like a wrong one.
    """
    wanted = session.scalar(
        select(ClientNumber.number).where(
            ClientNumber.party_id == trial.party_id, ClientNumber.program_id == trial.program_id
        )
    )
    same_number = hmac.compare_digest(number, wanted or "")
    same_code = matches(trial.code.key_id, trial.code.digest, trial.registration_id, code)
    return same_number & same_code & (trial.code.state == CodeState.VALID)


def _lock_code(db: Session, code_id: int) -> ActivationCode:
    wanted = select(ActivationCode).where(ActivationCode.id == code_id)
    return db.scalars(wanted.with_for_update(), execution_options={"populate_existing": True}).one()


def _is_taken(db: Session, row: Registration) -> bool:
    return row.party_id is None or is_active(db, row.party_id, row.program_id)
