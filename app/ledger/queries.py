"""What the ledger holds of a business that may have no account yet.

Enrolment asks this inside its deeds, of the business that somebody says is theirs: they are shown
nothing of it but which kinds may be asked for. So it is not asked through `visible`, as with the
registry; nothing else may read so.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, scoped_session

from app.ledger.models import LedgerLine
from app.ledger.rules.lines import KINDS, PAYMENT, STATEMENT

Db = Session | scoped_session[Session]


def held(db: Db, registry_entry_id: int, program_account: str | None) -> frozenset[str]:
    """The kinds of line of which there is one that somebody who knows the business could give.

    A statement counts with a balance other than zero only. ``program_account`` is two letters and
    four digits; None: the lines that are of no program account, and no others.

    > "An SOA balance: date + balance; zero allowed: no" (facts B3)
    """
    return frozenset(
        kind for kind in KINDS if _any(db, _lines(registry_entry_id, program_account, kind))
    )


def amounts(
    db: Db,
    registry_entry_id: int,
    program_account: str | None,
    kind: str,
    *,
    number: str | None = None,
    dated: date | None = None,
) -> list[Decimal]:
    """The amounts of the lines of that number or that day, in Canadian dollars, as people say them.

    What was paid is given without its minus: whoever paid $100 types 100, not -100. Of a statement
    it is the balance, negative where the agency owes it. Empty when there is no such line; raises
    ValueError when neither a number nor a day is given, which would ask for all of them.
    """
    wanted = _lines(registry_entry_id, program_account, kind)
    if number is None and dated is None:
        raise ValueError("amounts of which lines: a number or a day")
    if number is not None:
        wanted.append(LedgerLine.number == number)
    if dated is not None:
        wanted.append(LedgerLine.dated == dated)
    found = db.scalars(select(LedgerLine.amount).where(*wanted).order_by(LedgerLine.id))
    return [-amount if kind == PAYMENT else amount for amount in found]


def _lines(entry_id: int, program_account: str | None, kind: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        LedgerLine.registry_entry_id == entry_id,
        LedgerLine.kind == kind,
        LedgerLine.program_account.is_(None)
        if program_account is None
        else LedgerLine.program_account == program_account,
    ]
    if kind == STATEMENT:
        wanted.append(LedgerLine.amount != 0)
    return wanted


def _any(db: Db, wanted: list[ColumnElement[bool]]) -> bool:
    return db.scalar(select(LedgerLine.id).where(*wanted).limit(1)) is not None
