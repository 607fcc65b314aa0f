"""What time does to delegations: reminders before an end, and the end itself told about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.authority.models_delegation import Delegation
from app.base.days import local_day
from app.base.db import deed, now, session, settle
from app.delegation.rules.days import due
from app.delegation.service.changing import record_ended
from app.delegation.service.common import (
    lock_delegation,
    program_of,
    rule_of,
    tell_client,
    tell_provider,
)

OVER = "over"
"""The reason of a delegation whose last day is over."""
_LONGEST = timedelta(days=400)
"""Nothing that ends later is looked at: no definition reminds so early."""


def ending_soon() -> Sequence[int]:
    """The delegations that stand and have an end within reach of a reminder, or behind them."""
    wanted = select(Delegation.id).where(
        Delegation.state == "active",
        Delegation.ends_at.is_not(None),
        Delegation.ends_at < now(session) + _LONGEST,
    )
    return session.scalars(wanted.order_by(Delegation.id)).all()


@deed
def look_at(db: Session, delegation_id: int) -> str | None:
    """Remind both sides of an end, or close what is over; which of the two was done.

    A second run on the same day finds it done.
    """
    account, provider, row = lock_delegation(db, delegation_id)
    moment = now(db)
    if row.state != "active" or row.ends_at is None:
        return None
    program, rule = program_of(account), rule_of(account)
    names = {"provider": provider.party.name, "client": account.party.name}
    parts = [row.program_account_id]
    if row.ends_at <= moment:
        row.state, row.ended_at, row.end_reason = "ended", moment, OVER
        db.flush()
        tell_client(db, account, parts, "third_party_over", provider=names["provider"])
        tell_provider(db, provider, "client_over", client=names["client"])
        settle(db)
        record_ended(db, None, row, None)
        return OVER
    until = local_day(row.ends_at, program.zone)
    step = due(rule.reminders, until, local_day(moment, program.zone), row.reminded)
    if step is None:
        return None
    row.reminded = step
    db.flush()
    tell_client(db, account, parts, "third_party_ends", provider=names["provider"], until=until)
    tell_provider(db, provider, "client_ends", client=names["client"], until=until)
    return "reminded"
