"""The second factor and its failures: when it locks for a while, when only staff open it.

"100 consecutive failed authentication attempts" at most (NIST SP 800-63B-4, 3.2.2): ten in a row
lock for a while, each time twice as long; a hundred in all, successes between or not, close the
factor until staff help.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event, Outcome
from app.audit.service import record
from app.base.db import apart, now
from app.base.errors import GuichetError, Invalid, TooMany
from app.correspondence.service import notify
from app.identity import rules
from app.identity.models import Challenge, Factor
from app.programs.limits import limits

Db = Session | scoped_session[Session]

EMAIL_CODE = "email_code"


def factor_of(db: Db, person_id: int) -> Factor:
    """The person's second factor, which everybody has from sign-up on."""
    return db.scalars(_wanted(person_id)).one()


def _wanted(person_id: int) -> Select[Factor]:
    return select(Factor).where(Factor.person_id == person_id, Factor.kind == EMAIL_CODE)


def _locked_row(db: Session, person_id: int) -> Factor:
    wanted = _wanted(person_id).with_for_update(key_share=True)
    factor: Factor = db.execute(wanted, execution_options={"populate_existing": True}).scalar_one()
    return factor


def barrier(factor: Factor, moment: datetime) -> GuichetError | None:
    """What keeps the factor shut at this moment: disabled, locked, or nothing."""
    if factor.disabled_at is not None:
        return Invalid({"": "factor_disabled"})
    if factor.locked_until is not None and factor.locked_until > moment:
        return TooMany("one_time_code", factor.locked_until)
    return None


def count_try(db: Session, person_id: int) -> GuichetError | None:
    """Count a try as a failure before it is compared; ``clear`` gives it back when it was right.

    Counts nothing and returns the reason while the factor is shut. Called in ``apart``.
    """
    factor = _locked_row(db, person_id)
    moment = now(db)
    shut = barrier(factor, moment)
    if shut is None and factor.in_a_row >= limits().one_time_code.in_a_row:
        # A request was killed between counting and locking: lock now.
        shut = _lock(db, factor, moment)
    if shut is None:
        factor.in_a_row += 1
        factor.in_all += 1
    return shut


def settle_failure(challenge: Challenge, *, counted: bool) -> None:
    """Draw the consequences of a wrong code: a lock, or the end, told by e-mail.

    One that was not ``counted`` on the factor has none; the trail tells of both, and of a decoy's
    too: the time must not tell that a name is unknown.
    """
    with apart() as db:
        if counted and challenge.person_id is not None:
            _settle(db, _locked_row(db, challenge.person_id))
        record(
            db,
            Event.CODE_WRONG,
            actor=challenge.person_id,
            target=challenge,
            changes={"purpose": challenge.purpose, "tries": challenge.tries},
            outcome=Outcome.FAILED,
        )


def _settle(db: Session, factor: Factor) -> None:
    limit, moment = limits().one_time_code, now(db)
    if factor.in_all >= limit.in_all and factor.disabled_at is None:
        _disable(db, factor, moment)
    elif factor.in_a_row >= limit.in_a_row and barrier(factor, moment) is None:
        _lock(db, factor, moment)


def _lock(db: Session, factor: Factor, moment: datetime) -> TooMany:
    limit = limits().lock
    factor.locked_until = moment + rules.lock_length(factor.locks, limit.first, limit.longest)
    factor.locks += 1
    factor.in_a_row = 0
    if factor.person.state == "active":  # a sign-up that is not finished may vanish whole
        facts = {"locked_until": factor.locked_until}
        notify(db, factor.person_id, "account_locked", facts, path="/me/password")
    record(
        db,
        Event.SIGN_IN_LOCKED,
        actor=factor.person_id,
        target=factor.person,
        changes={"locked_until": factor.locked_until, "locks": factor.locks},
    )
    return TooMany("one_time_code", factor.locked_until)


def _disable(db: Session, factor: Factor, moment: datetime) -> None:
    factor.disabled_at = moment
    if factor.person.state == "active":
        notify(db, factor.person_id, "factor_disabled", {}, path="/contact")
    record(
        db,
        Event.FACTOR_DISABLED,
        actor=factor.person_id,
        target=factor.person,
        changes={"kind": factor.kind, "in_all": factor.in_all},
    )


def clear(db: Session, person_id: int) -> None:
    """A right code: its own try is given back, the row of failures and the doubling end.

    What failed before stays counted in all.
    """
    factor = _locked_row(db, person_id)
    factor.in_a_row = 0
    factor.locks = 0
    factor.locked_until = None
    factor.in_all = max(0, factor.in_all - 1)


def reopen(db: Session, person_id: int) -> dict[str, tuple[object, object]]:
    """Staff open the factor again: every count starts anew. Returns what changed."""
    factor = _locked_row(db, person_id)
    before = {
        "locked_until": factor.locked_until,
        "in_a_row": factor.in_a_row,
        "in_all": factor.in_all,
        "disabled_at": factor.disabled_at,
    }
    factor.in_a_row = factor.in_all = factor.locks = 0
    factor.locked_until = factor.disabled_at = None
    return {name: (value, getattr(factor, name)) for name, value in before.items() if value}
