"""What the worker tells: that somebody asked, and that an access ends soon."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.authority.models import Membership
from app.authority.people import people_who
from app.authority.service.common import lock_membership, zone_of
from app.authority.telling import tell
from app.base.days import local_day
from app.base.db import deed, now
from app.base.limiting import Window, is_news
from app.employees.rules import is_told_now
from app.employees.service.common import lock_request
from app.parties.models import Account, Person
from app.programs.actions import Action
from app.programs.limits import limits

TOLD: Final = "access_ends"
"""That an end was told: kept longer than the days before it, and then forgotten."""


@deed
def tell_asked(db: Session, request_id: int) -> None:
    """Tell those who answer, once: nobody for a request that has been taken back since."""
    account, row = lock_request(db, request_id)
    if row.state != "asked" or not is_news(db, "access_asked", str(row.id), Window(1, _long())):
        return
    person = db.get_one(Person, row.person_id).full_name
    path = f"/a/{account.id}/requests/{row.id}"
    for one in people_who(db, Action.REQUESTS_ANSWER, account, row.program_account_id):
        if one.id != row.person_id:
            tell(db, one.id, "access_asked", account, path=path, person=person)


@deed
def tell_end(db: Session, membership_id: int) -> bool:
    """Tell the person and who manages them that an access ends soon; whether it was told here.

    Once for each end: another end date is told anew.
    """
    account, row = lock_membership(db, membership_id)
    before, zone = limits().access_ends.told_before, zone_of(account)
    if row.status != "active" or row.ends_at is None:
        return False
    if not is_told_now(row.ends_at, now(db), before, zone):
        return False
    key = f"{row.id} {row.ends_at.isoformat()}"
    if not is_news(db, TOLD, key, Window(1, timedelta(days=before.count + 1))):
        return False
    _tell_end(db, account, row, local_day(row.ends_at, zone))
    return True


def _tell_end(db: Session, account: Account, row: Membership, until: date) -> None:
    person = db.get_one(Person, row.person_id).full_name
    facts = {"role": row.role_code, "until": until}
    tell(db, row.person_id, "access_ends", account, path=f"/a/{account.id}/", **facts)
    path = f"/a/{account.id}/employees/{row.person_id}"
    for one in people_who(db, Action.USERS_MODIFY, account, row.program_account_id):
        if one.id != row.person_id:
            tell(db, one.id, "member_ends", account, path=path, person=person, **facts)


def _long() -> timedelta:
    return timedelta(days=limits().ask_for_access.life.count)
