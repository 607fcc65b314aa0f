"""Limits that hold across processes: so many events of one kind, for one subject, in a window.

The events are rows; a lock on the subject makes two requests at the same instant
count one after the other. Refused events are not recorded: a stranger who hammers
cannot push the end of the window away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.base.db import Model, apart, now
from app.base.errors import TooMany


class LimitEvent(Model):
    """One counted event; pruned by the worker after the longest window."""

    __tablename__ = "limit_event"
    __table_args__ = (Index("ix_limit_event_kind_subject_at", "kind", "subject", "at"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, comment="the limit's name in portal.yaml")
    subject: Mapped[str] = mapped_column(Text, comment="whom it counts for: an id, an address")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.guichet_now())


class Window(NamedTuple):
    """At most ``most`` events in ``length``."""

    most: int
    length: timedelta


_LONGEST_SUBJECT = 200  # what is typed may be longer than an index holds


def _key(subject: str) -> str:
    """The subject as it is kept: one that is too long, or no text for the database, by its hash."""
    if len(subject) <= _LONGEST_SUBJECT and "\x00" not in subject:
        return subject
    return "sha256:" + hashlib.sha256(subject.encode("utf-8", "replace")).hexdigest()


def spend(kind: str, subject: str, windows: Sequence[Window]) -> None:
    """Count one event, in its own committed transaction.

    Raises TooMany with the instant of the next allowed event, when any window is full.
    """
    with apart() as db:
        _spend(db, kind, _key(subject), windows)


def _spend(db: Session, kind: str, subject: str, windows: Sequence[Window]) -> None:
    key = func.hashtextextended(f"{kind}:{subject}", 0)
    db.execute(select(func.pg_advisory_xact_lock(key)))
    moment = now(db)
    for window in windows:
        full_until = _full_until(db, kind, subject, window, moment)
        if full_until is not None:
            raise TooMany(kind, full_until)
    db.add(LimitEvent(kind=kind, subject=subject))


def _full_until(
    db: Session, kind: str, subject: str, window: Window, moment: datetime
) -> datetime | None:
    """When the window frees a place, or None when it has one now."""
    recent = (
        select(LimitEvent.at)
        .where(
            LimitEvent.kind == kind,
            LimitEvent.subject == subject,
            LimitEvent.at > moment - window.length,
        )
        .order_by(LimitEvent.at.desc())
        .limit(window.most)
    )
    times = db.scalars(recent).all()
    if len(times) < window.most:
        return None
    return times[-1] + window.length


def give_back(kind: str, subject: str) -> None:
    """Take back the subject's newest event: it was counted first and turned out to be no failure.

    Unlike ``forgive`` it leaves earlier failures, so that one success cannot wash them away.
    """
    with apart() as db:
        db.execute(
            text(
                "DELETE FROM limit_event WHERE id = (SELECT max(id) FROM limit_event"
                " WHERE kind = :kind AND subject = :subject)"
            ),
            {"kind": kind, "subject": _key(subject)},
        )


def forgive(kind: str, subject: str) -> None:
    """Forget the events of a subject: a success ends a series of failures."""
    with apart() as db:
        db.execute(
            text("DELETE FROM limit_event WHERE kind = :kind AND subject = :subject"),
            {"kind": kind, "subject": _key(subject)},
        )


def is_full(kind: str, subject: str, windows: Sequence[Window]) -> datetime | None:
    """Look without counting: when the next event is allowed, None when it is now."""
    with apart() as db:
        moment = now(db)
        ends = [_full_until(db, kind, _key(subject), window, moment) for window in windows]
    return max((end for end in ends if end is not None), default=None)
