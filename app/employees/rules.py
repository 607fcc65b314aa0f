"""Asking for access and answering: pure questions.

> "Employee creates user account → asks by BN9 with a comment → waits (unassociated). […] on
> approval picks role/program. […] The business never invites: requests always come from the
> person." (facts B4)

Who may hand on which role is ``app.authority.rules``; here stands on what, until when, and what a
person who asked is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.authority.rules import Actor, Role, RoleBook, may_give
from app.base.days import CalendarDays, add_days, end_of_day, local_day

Place = int | None
"""A program account by its number of the table; None is the whole account."""


@dataclass(frozen=True, slots=True)
class Access:
    """What somebody is given: a role, on these program accounts, until the end of a day.

    A role that reaches the account has no ``parts``; no ``ends_on`` is until somebody ends it.
    """

    role: str
    parts: tuple[int, ...] = ()
    ends_on: date | None = None


def places(given: Access, *, whole: bool) -> tuple[Place, ...]:
    """Where the role is held then: once on the account, or once on each program account."""
    return (None,) if whole else tuple(dict.fromkeys(given.parts))


def faults(given: Access, role: Role, *, whole: bool, today: date) -> dict[str, str]:
    """Field → what is wrong with it: nothing is, when it is empty.

    A role that reaches the account takes no program account, another takes one at least. "Such
    memberships have no end date" (design §6): of a required role. An end lies today or later.
    """
    found = {}
    if whole and given.parts:
        found["parts"] = "whole"
    if not whole and not given.parts:
        found["parts"] = "none"
    if given.ends_on is not None and role.required:
        found["ends_on"] = "required"
    elif given.ends_on is not None and given.ends_on < today:
        found["ends_on"] = "past"
    return found


def last_second(day: date | None, zone: ZoneInfo) -> datetime | None:
    """When access that ends on ``day`` ends: 23:59:59 there; None has no end."""
    return None if day is None else end_of_day(day, zone)


def last_day(ends_at: datetime | None, zone: ZoneInfo) -> date | None:
    """The day with which access ends, in the program's zone."""
    return None if ends_at is None else local_day(ends_at, zone)


# ── who answers, and whom they manage ───────────────────────────────────────────────────


def roles_on(book: RoleBook, actors: Mapping[Place, Actor], whole: Collection[str]) -> list[str]:
    """The roles that a form offers, the highest first: those that may be given somewhere.

    ``whole`` are the roles that reach the account; they are given from the whole account only.
    """
    here = {
        role.code: [actors[None]] if role.code in whole and None in actors else
        [] if role.code in whole else list(actors.values())
        for role in book.by_rank()
    }  # fmt: skip
    return [code for code, who in here.items() if any(may_give(book, one, code) for one in who)]


# ── what a person who asked is shown ────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Asked:
    """That a person asked: kept as a count, whether or not there is such a business."""

    number: str
    at: datetime


def is_waiting(asked_at: datetime, answered_at: datetime | None, moment: datetime,
               life: CalendarDays, zone: ZoneInfo) -> bool:  # fmt: skip
    """What was asked still waits: nobody has answered since, and its last day is not over.

    The same for a business that nobody knows: there nobody answers, and the days run out.
    """
    if answered_at is not None and answered_at >= asked_at:
        return False
    return local_day(moment, zone) <= add_days(local_day(asked_at, zone), life)


def is_told_now(ends_at: datetime, moment: datetime, before: CalendarDays, zone: ZoneInfo) -> bool:
    """The end of an access is so near that it is told: some calendar days before, not after it."""
    last, today = local_day(ends_at, zone), local_day(moment, zone)
    return ends_at > moment and last <= add_days(today, before)
