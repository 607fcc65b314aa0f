"""Cases that come with an account: begun in the deed that activates it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.cases.service.common import begin
from app.parties.models import Account
from app.programs.service import definition


def open_with_account(
    db: Session, actor: int, account: Account, lines: Collection[str] = ()
) -> None:
    """Begin every case that an account of the program has from the start, inside the caller's deed.

    ``lines`` are the lines of business under which it registered: each gets its profile.
    """
    for kind in definition(account.program.code).cases.values():
        if kind.opened == "with_account":
            begin(db, actor, account, kind, came_with_account=True, lines=lines)
