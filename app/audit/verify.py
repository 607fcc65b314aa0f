"""Proof that the trail is whole: the chain, its personal values and its anchors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, select
from sqlalchemy.engine import Engine

from app.audit.anchors import Anchor
from app.audit.canonical import SIDES, Malformed, digest, entry_hash, pair_of
from app.audit.events import Event
from app.audit.models import Entry, Head, Personal

GENESIS = bytes(32)
"""What the first entry follows."""
_AT_A_TIME = 2_000


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the trail is not what was written; `seq` is the entry, where it is one's."""

    seq: int | None
    reason: str

    def __str__(self) -> str:
        return self.reason if self.seq is None else f"entry {self.seq}: {self.reason}"


@dataclass
class Report:
    """What was read, and every break that was found; the first one is where to look first."""

    entries: int = 0
    erased: int = 0
    anchors: int = 0
    breaks: list[Break] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, removed, inserted, reordered or cut off."""
        return not self.breaks


def verify(engine: Engine, anchors: Iterable[Anchor]) -> Report:
    """Work the chain out again and compare it with itself and with the anchors.

    Reading stops at the chain's first break, since nothing after it can be trusted. The
    anchors must have been read *before* this is called: the database then holds at least
    what they name.
    """
    report = Report()
    known = {anchor.seq: anchor for anchor in anchors}
    report.anchors = len(known)
    # One snapshot for entries and head, while deeds go on writing.
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        last, found = _chain(connection, known, report)
        if found is not None:
            report.breaks.append(found)
            return report
        report.breaks += _ends(connection, last, known)
    return report


class _Walk:
    """What is remembered from one entry to the next."""

    def __init__(self) -> None:
        self.seq = 0
        self.hash = GENESIS
        self.unexplained: set[int] = set()
        """Entries without their personal values, until a later entry says they were erased."""


def _chain(
    connection: Connection, anchors: dict[int, Anchor], report: Report
) -> tuple[_Walk, Break | None]:
    walk = _Walk()
    with connection.execution_options(yield_per=_AT_A_TIME).execute(_rows()) as rows:
        for row in rows:
            try:
                reason = _fault(row, walk, anchors.get(row.seq))
            except Malformed as error:
                reason = str(error)
            if reason is not None:
                # A gap is named by the entry that is not there.
                return walk, Break(min(row.seq, walk.seq + 1), reason)
            walk.seq, walk.hash = row.seq, bytes(row.hash)
            report.entries += 1
            report.erased += row.erased_at is not None
            _note_erasures(row, walk)
    if walk.unexplained:
        return walk, Break(min(walk.unexplained), "its personal values are gone, unexplained")
    return walk, None


def _rows() -> Select[Any]:
    entry, personal = Entry.__table__, Personal.__table__
    return (
        select(
            entry,
            personal.c.seq.label("personal_seq"),
            personal.c.salt,
            personal.c["values"].label("kept"),
            personal.c.erased_at,
        )
        .outerjoin_from(entry, personal, personal.c.seq == entry.c.seq)
        .order_by(entry.c.seq)
    )


def _fault(row: Any, walk: _Walk, anchor: Anchor | None) -> str | None:
    """What is wrong with this entry after the one before it; None when nothing is."""
    if row.seq != walk.seq + 1:
        return "it is missing"
    if bytes(row.prev_hash) != walk.hash:
        return "it does not follow the entry before it: one was removed, inserted or moved"
    if entry_hash(row) != bytes(row.hash):
        return "it was changed"
    if anchor is not None and anchor.hash != bytes(row.hash).hex():
        return f"it is not the one that was anchored on {anchor.made}: the trail was written anew"
    return _personal_fault(row)


def _personal_fault(row: Any) -> str | None:
    if row.personal_seq is None:
        return "its personal values are missing" if row.digests else None
    if row.erased_at is not None:
        return None
    kept, salt = row.kept, bytes(row.salt)
    if kept.keys() != row.digests.keys():
        return "its personal values are not those that were written"
    for name in kept:
        told = zip(SIDES, pair_of(kept, name), pair_of(row.digests, name), strict=True)
        if any(digest(salt, name, side, value) != written for side, value, written in told):
            return f"its personal value {name} was changed"
    return None


def _note_erasures(row: Any, walk: _Walk) -> None:
    """An erasure is honest when a later entry names it."""
    if row.erased_at is not None:
        walk.unexplained.add(row.seq)
    if row.event == Event.TRAIL_ERASED and "entries" in row.changes:
        walk.unexplained -= {int(seq) for seq in (row.changes["entries"][1] or "").split()}


def _ends(connection: Connection, walk: _Walk, anchors: dict[int, Anchor]) -> Iterator[Break]:
    """The chain's end against the head row and the newest anchor."""
    head = connection.execute(select(Head.seq, Head.hash)).one()
    if (head.seq, bytes(head.hash)) != (walk.seq, walk.hash):
        yield Break(walk.seq + 1, f"it is missing: the head says that {head.seq} were written")
    newest = max(anchors, default=0)
    if newest > walk.seq:
        made = anchors[newest].made
        yield Break(walk.seq + 1, f"the end was cut off: {newest} entries were anchored on {made}")
