"""Asking for a new letter."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.audit.targets import describe
from app.authority.queries import authorise
from app.base.db import deed, now
from app.base.errors import Conflict, TooMany
from app.enrolment.models import Letter, Registration
from app.enrolment.rules.states import OfficerReason, looks_waiting_for_letter
from app.enrolment.rules.times import Asked, may_ask_anew
from app.enrolment.scopes import ACTIVATE
from app.enrolment.service.common import add_letter, end_code, lock_registration, program_of, tell
from app.programs.limits import limits


@deed
def request_new_code(db: Session, actor: int, registration_id: int) -> None:
    """Ask for a new letter, with a new code: the old code ends now.

    "Si le code d’activation est expiré, ouvrez une session dans le portail et sélectionnez
    Demander un nouveau code d’activation" (account page, step 4). A registration that an
    officer holds because the business is already active answers the same and gets a letter that
    nobody makes. Raises Conflict ``not_waiting``, ``letter_waiting``; TooMany with the day from
    which the next may be asked for.
    """
    row = lock_registration(db, registration_id)
    authorise(db, actor, ACTIVATE, row)
    if not looks_waiting_for_letter(row.state, row.officer_reason):
        raise Conflict("not_waiting")
    limit = limits().letter_code
    try:
        may_ask_anew(
            history(db, row),
            now(db),
            after=limit.new_letter_after,
            most=limit.letters,
            within=limit.letters_within,
            zone=program_of(row).zone,
        )
    except TooMany as full:
        full.person_id, full.target = actor, describe(row)  # the trail tells of it
        raise
    end_code(db, actor, row, "new_letter")
    withheld = row.officer_reason == OfficerReason.ALREADY_ACTIVE
    add_letter(db, actor, row, reason="asked_by_person", withheld=withheld)
    tell(db, row, "new_letter")


def history(db: Session | scoped_session[Session], row: Registration) -> list[Asked]:
    """Every letter of the registration, as the rule looks at them."""
    letters = select(Letter).where(Letter.registration_id == row.id).order_by(Letter.id)
    return [
        Asked(letter.state, letter.due_at, letter.made_at, letter.replaces_id is None)
        for letter in db.scalars(letters)
    ]
