"""Limits that hold across processes: so many events of one kind, for one subject, in a window.

The events are rows; a lock on the subject makes two requests at the same instant
count one after the other. Refused events are not recorded: a stranger who hammers
cannot push the end of the window away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import BigInteger, DateTime, Identity, Index, Text, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.base import metrics
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


on_full: list[Callable[[Session, TooMany], None]] = []
"""Told of a full window, once in its length, inside the transaction that found it full."""

_TOLD: Final = "told:"


def spend(
    kind: str,
    subject: str,
    windows: Sequence[Window],
    *,
    person_id: int | None = None,
    target: object = None,
) -> None:
    """Count one event, in its own committed transaction.

    Raises TooMany with the instant of the next allowed event, when any window is full; it bears
    ``person_id`` and ``target``, for the trail.
    """
    with apart() as db:
        full = _take(db, kind, _key(subject), windows)
        problem = full and _told(db, kind, subject, full, person_id, target)
    if problem is not None:
        raise problem


def require_place(
    kind: str,
    subject: str,
    windows: Sequence[Window],
    *,
    person_id: int | None = None,
    target: object = None,
) -> None:
    """Raise TooMany as ``spend`` does, and count nothing when there is a place."""
    with apart() as db:
        full = _full(db, kind, _key(subject), windows)
        problem = full and _told(db, kind, subject, full, person_id, target)
    if problem is not None:
        raise problem


def is_news(db: Session, kind: str, subject: str, *windows: Window) -> bool:
    """Whether there still is a place for something to be told, which then is taken.

    For what anybody may cause as often as they like: the trail tells it so many times a window.
    Counted in the caller's transaction, beside the entry.
    """
    return _take(db, _TOLD + kind, _key(subject), windows) is None


class _Full(NamedTuple):
    until: datetime
    length: timedelta


def _take(db: Session, kind: str, subject: str, windows: Sequence[Window]) -> _Full | None:
    key = func.hashtextextended(f"{kind}:{subject}", 0)
    db.execute(select(func.pg_advisory_xact_lock(key)))
    full = _full(db, kind, subject, windows)
    if full is None:
        db.add(LimitEvent(kind=kind, subject=subject))
    return full


def _full(db: Session, kind: str, subject: str, windows: Sequence[Window]) -> _Full | None:
    moment = now(db)
    for window in windows:
        until = _full_until(db, kind, subject, window, moment)
        if until is not None:
            return _Full(until, window.length)
    return None


def _told(
    db: Session, kind: str, subject: str, full: _Full, person_id: int | None, target: object
) -> TooMany:
    problem = TooMany(kind, full.until, person_id=person_id, target=target)
    problem.recorded = problem.counted = True
    metrics.count_deed(kind, "limit")
    # Of a limit with two windows each is told: the longer one says more.
    about = f"{kind} {full.length.total_seconds():.0f}"
    if is_news(db, about, subject, Window(1, full.length)):
        for tell in on_full:
            tell(db, problem)
    return problem


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


def newest(db: Session, kind: str, subject: str, most: int) -> Sequence[datetime]:
    """The instants of the subject's newest events, the newest first, in the caller's transaction.

    For a limit with a rule of its own: the caller holds a lock on the subject.
    """
    recent = select(LimitEvent.at).where(
        LimitEvent.kind == kind, LimitEvent.subject == _key(subject)
    )
    return db.scalars(recent.order_by(LimitEvent.at.desc()).limit(most)).all()


def count(db: Session, kind: str, subject: str) -> None:
    """Count one event in the caller's transaction, which holds a lock on the subject."""
    db.add(LimitEvent(kind=kind, subject=_key(subject)))


def note(kind: str, subject: str) -> None:
    """Keep one event that no limit asks about, for whoever counts such events of the last hours."""
    with apart() as db:
        db.add(LimitEvent(kind=kind, subject=_key(subject)))


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
