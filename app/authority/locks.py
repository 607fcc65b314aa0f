"""The order of locks: the account first, always, then whatever else the deed touches."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.parties.models import Account


def lock_account(db: Session, account_id: int) -> Account:
    """Lock the account's row until the deed ends, and read it fresh.

    ``FOR NO KEY UPDATE``: readers and foreign keys go on; deeds on one account queue up,
    so that two owners leaving at the same instant cannot leave none. Raises NotFound.
    """
    wanted = select(Account).where(Account.id == account_id).with_for_update(key_share=True)
    account = db.execute(wanted, execution_options={"populate_existing": True}).scalar_one_or_none()
    if account is None:
        raise NotFound(f"Account {account_id}")
    return account
