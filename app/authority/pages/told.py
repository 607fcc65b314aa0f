"""What was said to the reader about an account: beside its dashboard, and on its home pages."""

from __future__ import annotations

from typing import Any

from app.authority.queries import visible
from app.base.db import session
from app.correspondence.models import Notice
from app.correspondence.words import words_of
from app.parties.models import Account
from app.web.access import current_person

_NOTICES = 4


def notices_of(account: Account) -> list[dict[str, Any]]:
    """The reader's latest notices about this account."""
    mine = (
        visible(current_person().id, "self.read", Notice)
        .where(Notice.account_id == account.id)
        .order_by(Notice.id.desc())
    )
    return [
        {
            "subject": words_of(session, notice).subject,
            "at": notice.made_at,
            "unread": notice.read_at is None,
        }
        for notice in session.scalars(mine.limit(_NOTICES))
    ]
