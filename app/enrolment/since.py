"""When an account was opened by shared facts: what delegation, which stands below, asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.delegation.opening import install
from app.enrolment.models import Registration
from app.enrolment.rules.states import State
from app.parties.models import Account

Db = Session | scoped_session[Session]


def by_facts(db: Db, account: Account) -> datetime | None:
    """The instant of the registration that the records proved, and no officer nor letter."""
    wanted = select(Registration.activated_at).where(
        Registration.party_id == account.party_id,
        Registration.program_id == account.program_id,
        Registration.state == State.ACTIVATED,
        Registration.matched_at.is_not(None),
        Registration.decided_at.is_(None),
    )
    return db.scalars(wanted.order_by(Registration.activated_at.desc()).limit(1)).first()


install(by_facts)
