"""Writing down what became of each chosen row: with the deed on it, or why there was none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.db import deed, now
from app.base.errors import Conflict
from app.desk.models import BulkLine, BulkRun
from app.parties.models import Person

T = TypeVar("T")

KEPT: Final = timedelta(days=30)
"""How long a result is kept: it names people, and the trail has each deed for ever."""


@dataclass(frozen=True, slots=True)
class Row:
    """A chosen row by its key and name; with a ``reason`` it is skipped from the start."""

    key: str
    name: str
    reason: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@deed
def begin(db: Session, actor: int, token: str, screen: str, name: str, rows: Sequence[Row]) -> int:
    """Open a run of the deed ``name`` over chosen rows; return its number.

    The trail is told that the person chose so many; each row's deed is told by itself. Raises
    Conflict ``begun_already`` for a page that was sent before.
    """
    authorise(db, actor, "self.update", find(db, actor, "self.read", Person, actor))
    opened = insert(BulkRun).values(token=token, person_id=actor, screen=screen, deed=name)
    run_id: int | None = db.scalar(opened.on_conflict_do_nothing().returning(BulkRun.id))
    if run_id is None:
        raise Conflict("begun_already")
    moment = now(db)
    for position, row in enumerate(rows):
        skipped = row.reason is not None
        line = BulkLine(run_id=run_id, position=position, row_key=row.key, row_name=row.name)
        line.state = "skipped" if skipped else "waiting"
        line.reason, line.values = row.reason, dict(row.values)
        line.settled_at = moment if skipped else None
        db.add(line)
    db.flush()
    changes = {"screen": screen, "deed": name, "rows": len(rows)}
    record(db, Event.ROWS_CHOSEN, actor=actor, target=db.get_one(BulkRun, run_id), changes=changes)
    return run_id


@deed
def do(db: Session, actor: int, run_id: int, keys: Sequence[str], work: Callable[[], T]) -> T:
    """Do the work and write its rows down as done: both are kept, or neither.

    Raises Conflict ``done_already`` for a row that was settled before, and whatever the work
    raises.
    """
    for line in _lines(db, actor, run_id, keys):
        line.state, line.settled_at = "done", now(db)
    db.flush()
    return work()


@deed
def skip(
    db: Session, actor: int, run_id: int, key: str, reason: str, values: Mapping[str, Any]
) -> None:
    """Write a row down as skipped, with the code of the sentence that says why."""
    for line in _lines(db, actor, run_id, [key]):
        line.state, line.settled_at = "skipped", now(db)
        line.reason, line.values = reason, {name: str(value) for name, value in values.items()}
    db.flush()


@deed
def finish(db: Session, actor: int, run_id: int) -> None:
    """Write down that every row was reached."""
    _mine(db, actor, run_id).ended_at = now(db)
    db.flush()


@deed
def abandon(db: Session, actor: int, run_id: int) -> None:
    """Forget a run of which nothing was done. Raises Conflict ``done_already`` otherwise."""
    run = _mine(db, actor, run_id)
    if run.done():
        raise Conflict("done_already")
    db.delete(run)
    db.flush()


@deed
def forget_old(db: Session) -> int:
    """Remove the results older than ``KEPT``; return how many. Run by the daily job."""
    old = delete(BulkRun).where(BulkRun.begun_at < now(db) - KEPT).returning(BulkRun.id)
    return len(db.scalars(old).all())


def _mine(db: Session, actor: int, run_id: int) -> BulkRun:
    run = find(db, actor, "self.read", BulkRun, run_id)
    authorise(db, actor, "self.update", run)
    return run


def _lines(db: Session, actor: int, run_id: int, keys: Sequence[str]) -> Sequence[BulkLine]:
    """The lines of these rows, locked. Raises Conflict when one is settled already."""
    _mine(db, actor, run_id)
    wanted = select(BulkLine).where(BulkLine.run_id == run_id, BulkLine.row_key.in_(keys))
    lines = db.scalars(wanted.with_for_update()).all()
    if len(lines) != len(set(keys)) or any(line.state != "waiting" for line in lines):
        raise Conflict("done_already")
    return lines
