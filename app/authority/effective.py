"""What every way to a right asks: a live person, an open account, dates, and how far a row reaches.

Time is the database's clock, and an end is outside: what ends now holds no longer.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from app.parties.models import Person

Expression = SQLColumnExpression[Any]
Clause = ColumnElement[bool]

_somebody = aliased(Person, name="live")
_live = select(1).where(_somebody.state == "active").correlate_except(_somebody)


def within(starts: Expression, ends: Expression) -> Clause:
    """Now is between two instants, either of which may be missing; the end is outside."""
    now = func.guichet_now()
    return and_(or_(starts.is_(None), starts <= now), or_(ends.is_(None), ends > now))


def live(person_id: int) -> Clause:
    """The person exists and is neither unverified nor disabled."""
    return exists(_live.where(_somebody.id == person_id))


def effective(member: Any, account: Any) -> Clause:
    """A membership counts: active, within its dates, in an account that is open.

    A waiting or suspended membership is held but not effective.
    """
    return and_(
        member.status == "active",
        account.state == "authorised",
        within(member.starts_at, member.ends_at),
    )


def reaches(row: Any, part: Expression | None, *, anywhere: bool = False) -> Clause:
    """A row for the whole account reaches every part; one for a part reaches that part only.

    With ``anywhere`` either reaches the account.
    """
    if anywhere:
        return true()
    whole: Clause = row.program_account_id.is_(None)
    return whole if part is None else or_(whole, row.program_account_id == part)
