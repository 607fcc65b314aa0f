"""A row that somebody asked for, and that was hidden from them: what the trail learns of it.

Whoever asks is told the same as for a row that does not exist. So nothing may differ before the
answer has left: the shell calls ``look`` afterwards.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from app.audit.service import NOT_VISIBLE, refused
from app.audit.targets import Target, describe
from app.base.context import Origin, origin, set_origin
from app.base.db import apart
from app.base.errors import Refused


class Asked(NamedTuple):
    """Who asked to do what on which row."""

    person_id: int
    action: str
    model: type[Any]
    key: Any


def look(asked: object, where: Origin) -> None:
    """Write a refusal if the row exists; once an hour for each person and row.

    It stands under no account: its owner would read there of people who have nothing to do with
    it, and any stranger could fill what they read.
    """
    if not isinstance(asked, Asked):
        return
    with apart() as db:
        row = db.get(asked.model, asked.key)
        about = describe(row) if row is not None else None
    if about is None:
        return
    there = Target(about.kind, about.id, None, about.program_id)
    before = origin()
    set_origin(where)
    try:
        refused(Refused(asked.action, NOT_VISIBLE, person_id=asked.person_id, target=there))
    finally:
        set_origin(before)
