"""What the trail learns of a sign-in that is refused, where no deed would tell it.

Anybody can try to sign in as often as the limits let them, and whoever knows the password more
often still. So each reason is told once an hour for the same subject. And nobody may learn from
the time it takes whether a name is known: an unknown one is told like a known one.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.audit.events import Event, Outcome
from app.audit.service import ONCE, record
from app.audit.targets import Target
from app.base import metrics
from app.base.db import apart
from app.base.errors import GuichetError, Invalid, TooMany
from app.base.limiting import is_news

TOO_MANY: Final = "too_many"


def reason_of(barrier: GuichetError) -> str:
    """The trail's word for what bars a code: *factor_disabled*, *locked* or *too_many*."""
    if isinstance(barrier, Invalid):
        return "; ".join(barrier.errors.values())
    locked = isinstance(barrier, TooMany) and barrier.limit == "one_time_code"
    return "locked" if locked else TOO_MANY


def refuse(purpose: str, reason: str, person_id: int | None, *, subject: str) -> None:
    """Write a refused sign-in, in a transaction of its own, unless the subject's was just told."""
    with apart() as db:
        refuse_in(db, purpose, reason, person_id, subject=subject)


def refuse_in(
    db: Session, purpose: str, reason: str, person_id: int | None, *, subject: str
) -> None:
    """The same, in the caller's transaction."""
    metrics.count_sign_in(reason)
    if not is_news(db, "sign_in", f"{purpose} {reason} {subject}", ONCE):
        return
    record(
        db,
        Event.SIGN_IN_REFUSED,
        actor=person_id,
        target=Target("person", str(person_id)) if person_id else None,
        changes={"purpose": purpose, "reason": reason},
        outcome=Outcome.REFUSED,
    )


def refuse_barred(
    purpose: str, barrier: GuichetError, person_id: int, subject: str | None = None
) -> None:
    """Write that a locked or disabled second factor kept somebody out."""
    subject = subject or f"person:{person_id}"
    refuse(purpose, reason_of(barrier), person_id, subject=subject)
    if isinstance(barrier, TooMany):
        barrier.recorded = True
