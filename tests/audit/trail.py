"""What the tests of the trail share: short chains, and hands that reach past the triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.audit.verify import Report, verify
from app.base.context import Origin, set_origin
from app.base.db import deed, session

TABLES = ("entry", "personal", "head")


def write(entries: int, person: int = 7, address: str | None = "192.0.2.9") -> None:
    """Write so many entries, each in a deed of its own, with something personal in each."""
    set_origin(Origin(person_id=person, session_id=3, address=address, request_id="r-1"))
    for number in range(entries):
        _write_one(number)
    set_origin(Origin())


@deed
def _write_one(db: Session, number: int) -> None:
    record(
        db,
        Event.DETAILS_CHANGED,
        changes={"language": ("en", "fr")},
        personal={"phone": (f"+1514555{number:04d}", f"+1418555{number:04d}")},
    )


def proved(anchors: Any = ()) -> Report:
    """The trail, verified as the application's role."""
    session.rollback()
    return verify(session.get_bind().engine, anchors)


@contextmanager
def triggers_disabled(owner: Session) -> Iterator[Callable[[str], Any]]:
    """What an attacker who has become the owner does first; gives a way to run plain SQL.

    Commits at the end, with the triggers in force again.
    """
    run = owner.connection().exec_driver_sql
    for table in TABLES:
        run(f"ALTER TABLE audit.{table} DISABLE TRIGGER USER")
    yield run
    for table in TABLES:
        run(f"ALTER TABLE audit.{table} ENABLE TRIGGER USER")
    owner.commit()


def last_seq() -> int:
    """The number of the newest entry."""
    session.rollback()
    seq: int = session.execute(text("SELECT max(seq) FROM audit.entry")).scalar_one()
    session.rollback()
    return seq
