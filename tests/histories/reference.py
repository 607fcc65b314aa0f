"""What ought to be, in plain Python: rows as dicts, dates, and nothing of the portal's own rules.

A `State` is the whole of it. The deeds stand in the modules `reference_*`, one function each, in
the order of the questions they ask; a deed that may not happen raises `No` with the words that
the portal's own error is turned into (`outcomes.py`). Every number here is written down from the
table of limits, on purpose a second time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Toronto")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Row = dict[str, Any]

# Days on which the federal administration is closed, from its calendar, weekends left out.
HOLIDAYS = {
    *(date(2027, month, day) for month, day in ((1, 1), (3, 26), (3, 29), (5, 24), (7, 1))),
    *(date(2027, month, day) for month, day in ((8, 2), (9, 6), (9, 30), (10, 11), (11, 11))),
    *(date(2027, month, day) for month, day in ((12, 27), (12, 28))),
    *(date(2028, month, day) for month, day in ((1, 3), (4, 14), (4, 17), (5, 22), (7, 3))),
    *(date(2028, month, day) for month, day in ((8, 7), (9, 4), (10, 2), (10, 9), (11, 13))),
    *(date(2028, month, day) for month, day in ((12, 25), (12, 26))),
}


class No(Exception):
    """The deed does not happen, for this reason."""


@dataclass
class State:
    """Everything that is, and what the deed at hand has said and written so far."""

    now: datetime
    people: dict[str, Row] = field(default_factory=dict)
    accounts: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    transfers: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)
    delegations: list[Row] = field(default_factory=list)
    assignments: list[Row] = field(default_factory=list)
    registrations: list[Row] = field(default_factory=list)
    letters: list[Row] = field(default_factory=list)
    codes: list[Row] = field(default_factory=list)
    sessions: list[Row] = field(default_factory=list)
    challenges: list[Row] = field(default_factory=list)
    factors: dict[str, Row] = field(default_factory=dict)
    spent: list[Row] = field(default_factory=list)
    """Events of limits: kind, subject, instant."""
    actor: str | None = None
    """Who is signed in while the deed at hand is done; nobody, for the worker."""
    told: dict[tuple[str, str], datetime] = field(default_factory=dict)
    """When a refusal that anybody may cause was last told, by kind and subject."""
    trail: list[tuple[str, str, str | None]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)

    def live(self, person: str | None) -> bool:
        return person in self.people and self.people[person]["state"] == "active"

    def write(self, event: str, *, actor: str | None = None, outcome: str = "done") -> None:
        self.trail.append((event, outcome, actor or self.actor))

    def tell(self, person: str, template: str) -> None:
        self.notices.append((person, template))

    def refuse(self, actor: str | None = None) -> None:
        """Nobody is refused without a word in the trail."""
        self.write("deed.refused", actor=actor, outcome="refused")
        raise No("refused")

    def refuse_once(
        self, event: str, about: str, actor: str | None, length: timedelta | None = None
    ) -> None:
        """Told once an hour, or once in the length of a limit: nobody fills the trail."""
        last = self.told.get((event, about))
        if last is None or last <= self.now - (length or HOUR):
            self.told[event, about] = self.now
            self.write(event, actor=actor, outcome="refused")

    # ── limits ──────────────────────────────────────────────────────────────────────────

    def full(self, kind: str, subject: str, most: int, length: timedelta) -> datetime | None:
        """When the window frees a place; None when it has one now."""
        at = [
            one["at"]
            for one in self.spent
            if (one["kind"], one["subject"]) == (kind, subject) and one["at"] > self.now - length
        ]
        return None if len(at) < most else sorted(at)[-most] + length

    def spend(
        self, kind: str, subject: str, *windows: tuple[int, timedelta], who: str | None = None
    ) -> None:
        for most, length in windows:
            if (until := self.full(kind, subject, most, length)) is not None:
                self.refuse_once("limit.reached", f"{kind} {subject} {length}", who, length)
                raise No(too_many(until))
        self.spent.append({"kind": kind, "subject": subject, "at": self.now})

    def give_back(self, kind: str, subject: str) -> None:
        for place in range(len(self.spent) - 1, -1, -1):
            if (self.spent[place]["kind"], self.spent[place]["subject"]) == (kind, subject):
                del self.spent[place]
                return

    def forgive(self, kind: str, subject: str) -> None:
        self.spent = [one for one in self.spent if (one["kind"], one["subject"]) != (kind, subject)]


def nth(rows: list[Row], row: Row) -> int:
    """The place of this very row, from 1: two rows may hold the same."""
    return next(n for n, one in enumerate(rows, 1) if one is row)


def too_many(until: datetime) -> str:
    return f"too many until {until.astimezone(UTC)}"


def need(holds: object, otherwise: str) -> None:
    if not holds:
        raise No(otherwise)


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """23:59:59 of the day, in the program's zone."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=ZONE)


def days_later(moment: datetime, days: int) -> datetime:
    """The last second of so many calendar days after the moment's own day."""
    return end_of(day_of(moment) + timedelta(days=days))


def business_days_later(moment: datetime, days: int) -> datetime:
    day = day_of(moment)
    while days:
        day += DAY
        days -= day.weekday() < 5 and day not in HOLIDAYS
    return end_of(day)


def outcome_of(deed: Callable[[], object]) -> str:
    """What the reference says of a deed: *done*, or why not."""
    try:
        deed()
    except No as no:
        return str(no)
    return "done"
