"""Offers that nobody answered in time. The rule counts at once; these deeds only tidy and tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.authority import rules
from app.authority.models import Membership, OwnershipTransfer
from app.authority.people import live_membership
from app.authority.service.common import end, lock_membership
from app.authority.telling import tell
from app.base.db import deed, now
from app.parties.models import Account, Person

Db = Session | scoped_session[Session]


def late_offers(db: Db) -> list[int]:
    """The numbers of the offered memberships whose last day is over."""
    wanted = select(Membership.id).where(
        Membership.status == "offered", Membership.offer_expires_at < func.guichet_now()
    )
    return list(db.scalars(wanted.order_by(Membership.id)))


def late_transfers(db: Db) -> list[int]:
    """The numbers of the offered transfers whose last day is over."""
    wanted = select(OwnershipTransfer.id).where(
        OwnershipTransfer.state == "offered",
        OwnershipTransfer.expires_at < func.guichet_now(),
    )
    return list(db.scalars(wanted.order_by(OwnershipTransfer.id)))


@deed
def close_late_offer(db: Session, membership_id: int) -> bool:
    """Close one late offer, unless somebody was quicker; whether it was closed here."""
    account, row = lock_membership(db, membership_id)
    moment = now(db)
    if row.status != "offered" or rules.is_open(row.offer_expires_at, moment):
        return False
    _lapse_offer(db, account, row, moment)
    return True


def member_or_none(
    db: Session, account: Account, person_id: int, moment: datetime
) -> Membership | None:
    """The person's live membership of the account; an unanswered late offer is closed first."""
    row = live_membership(db, person_id, account.id)
    if row is None or row.status != "offered" or rules.is_open(row.offer_expires_at, moment):
        return row
    _lapse_offer(db, account, row, moment)
    return None


def _lapse_offer(db: Session, account: Account, row: Membership, moment: datetime) -> None:
    end(row, "lapsed", moment)
    db.flush()  # frees the one live place before a new row takes it
    record(
        db,
        Event.MEMBERSHIP_LAPSED,
        target=row,
        changes={
            "person_id": row.person_id,
            "role": row.role_code,
            "status": ("offered", row.status),
            "reason": row.end_reason,
        },
    )
    if row.added_by is not None:
        person = db.get_one(Person, row.person_id).full_name
        tell(
            db,
            row.added_by,
            "role_offer_lapsed",
            account,
            path=f"/a/{account.id}/users",
            role=row.role_code,
            person=person,
        )
