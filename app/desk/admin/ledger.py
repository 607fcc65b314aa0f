"""The results of bulk deeds, kept for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from app.base.db import session
from app.desk.models import BulkRun
from app.desk.service import runs
from app.web.access import current_person
from app.web.admin.bulk import Chosen, Skip


class DeskLedger:
    """Writes results down as ``app.web.admin.bulk`` asks for it."""

    def begin(self, token: str, screen: str, deed: str, rows: Sequence[Chosen]) -> int:
        """Open a result. Raises Conflict when this very page was sent at the same instant."""
        written = [
            runs.Row(one.key, one.name, *((one.skip.code, one.skip.values) if one.skip else ()))
            for one in rows
        ]
        return runs.begin(current_person().id, token, screen, deed, written)

    def begun(self, token: str) -> int | None:
        """The result that this very page opened when it was sent before."""
        mine = select(BulkRun.id).where(
            BulkRun.token == token, BulkRun.person_id == current_person().id
        )
        return session.scalars(mine).one_or_none()

    def do(self, run: int, keys: Sequence[str], work: Callable[[], Any]) -> Any:
        """Do the work and write these rows down as done, in one transaction."""
        return runs.do(current_person().id, run, keys, work)

    def skip(self, run: int, key: str, why: Skip) -> None:
        """Write a row down as skipped."""
        runs.skip(current_person().id, run, key, why.code, why.values)

    def finish(self, run: int) -> None:
        """Write down that every row was reached."""
        runs.finish(current_person().id, run)

    def abandon(self, run: int) -> None:
        """Forget a result of which nothing was done."""
        runs.abandon(current_person().id, run)

    def address(self, run: int) -> str:
        """Where the result is shown."""
        return url_for("BulkRunView.show", pk=run)
