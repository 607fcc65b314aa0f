"""Since when an account may let others act for it: enrolment says how it was opened.

Enrolment stands above and hands its answer in at start-up, as correspondence hands in its post.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session, scoped_session

from app.base.days import last_moment
from app.parties.models import Account
from app.programs.service import definition

Db = Session | scoped_session[Session]
Since = Callable[[Db, Account], datetime | None]
_installed: list[Since] = []


def install(since: Since) -> None:
    """Hand in when an account was opened by shared facts: None for one that was not."""
    _installed[:] = [since]


def closed_until(db: Db, account: Account) -> datetime | None:
    """The last moment in which a new account lets nobody act for it; None where there is none.

    “third-party delegation opens 5 business days later … brokers know the facts” (limits): the
    days are the definition's, business days in its zone. Raises RuntimeError when nobody said how
    accounts are opened.
    """
    if not _installed:
        raise RuntimeError("app.delegation.opening.install() was not called")
    rule = definition(account.program.code)
    since = _installed[0](db, account)
    if since is None or rule.delegation is None:
        return None
    return last_moment(since, rule.delegation.opens_after, rule.zone)
