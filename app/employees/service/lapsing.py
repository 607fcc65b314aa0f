"""Requests that nobody answered in time. The rule counts at once; these deeds only tidy.

Nobody is told: whoever asked a number that no business has is told nothing either.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.authority.models_delegation import AccessRequest
from app.authority.service.common import zone_of
from app.base.db import deed, now
from app.employees.rules import is_waiting
from app.employees.service.common import answered, lock_request
from app.parties.models import Account
from app.programs.limits import limits

Db = Session | scoped_session[Session]


def late_requests(db: Db) -> Sequence[int]:
    """The numbers of the requests that may be over: the deed looks at the day in their zone."""
    age = timedelta(days=limits().ask_for_access.life.count)
    wanted = select(AccessRequest.id).where(
        AccessRequest.state == "asked", AccessRequest.asked_at < func.guichet_now() - age
    )
    return db.scalars(wanted.order_by(AccessRequest.id)).all()


@deed
def close_late_request(db: Session, request_id: int) -> bool:
    """Close one late request, unless somebody was quicker; whether it was closed here."""
    account, row = lock_request(db, request_id)
    return row.state == "asked" and close_if_over(db, account, row)


def close_if_over(db: Session, account: Account, row: AccessRequest) -> bool:
    """Close an open request whose last day is over, inside the caller's deed; whether it was."""
    moment, life = now(db), limits().ask_for_access.life
    if is_waiting(row.asked_at, None, moment, life, zone_of(account)):
        return False
    answered(row, "withdrawn", moment, None)
    db.flush()  # frees the one open place before a new row takes it
    record(
        db,
        Event.ACCESS_LAPSED,
        target=row,
        changes={"person_id": row.person_id, "state": ("asked", row.state)},
    )
    return True
