"""Noting that somebody opened an account: after the answer has left, so that no page waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from app.authority.models_use import AccountUse
from app.base.db import apart

_NOTED_EVERY: Final = timedelta(hours=1)


def note_use(person_id: int, account_id: int, part_id: int | None = None) -> None:
    """Keep that the person has the account open now, or one program account of it.

    To the hour: most pages write nothing. No deed: whether the person may open it was asked by the
    page, and the trail tells what they did there.
    """
    wanted = insert(AccountUse).values(
        person_id=person_id, account_id=account_id, program_account_id=part_id
    )
    key: list[Any] = [
        AccountUse.person_id,
        AccountUse.account_id,
        func.coalesce(AccountUse.program_account_id, 0),
    ]
    with apart() as db:
        db.execute(
            wanted.on_conflict_do_update(
                index_elements=key,
                set_={"used_at": func.guichet_now()},
                where=AccountUse.used_at < func.guichet_now() - _NOTED_EVERY,
            )
        )
