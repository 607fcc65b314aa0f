"""The links of an explanation: a row that could grant a right, and what it lacks to do so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.parties.models import Account, Person

GRANTED = "granted"


@dataclass(frozen=True, slots=True)
class Link:
    """One row that could grant the right.

    ``kind`` is *membership*, *delegation*, *post* (a staff assignment) or *own* (the row belongs
    to the person); ``name`` its role, level or kind of staff. ``why`` is *granted*, or what is
    missing: *not_granted* (the role lacks the action), *role_not_given* (it has the action, and
    does not give the role of this user), the row's own status, *not_begun*, *expired*, *part*
    (only a part of the account), *elsewhere* (another program), *closed* (the account), or the
    person's state.

    ``chain`` tells how the person comes to a delegation, one link each: *membership* of the
    delegate's account, *group*, *assignment*, the *delegation* itself, the *account*; the
    delegation's ``why`` is that of the first of them that lacks something. Besides the above:
    *not_employed* (no membership there), *deleted* (the group), *acting_not_granted* (the acting
    role lacks the action), *not_seen* (the switches hide who submitted the row).
    """

    kind: str
    id: int
    name: str
    why: str
    since: datetime | None = None
    until: datetime | None = None
    chain: tuple[Link, ...] = ()


class Dated(Protocol):
    """A row that holds between two instants, either of which may be missing."""

    @property
    def starts_at(self) -> datetime | None:
        """Its first instant."""

    @property
    def ends_at(self) -> datetime | None:
        """The instant from which it holds no longer."""


def first(*lacks: str) -> str:
    """The first thing that is missing; *granted* when nothing is."""
    return next((lack for lack in lacks if lack), GRANTED)


def not_granted(granted: bool) -> str:
    """Missing unless the role, level or kind of staff is granted the action."""
    return "" if granted else "not_granted"


def status_of(status: str) -> str:
    """Missing unless the row is active: its status says what it is instead."""
    return "" if status == "active" else status


def dates_of(row: Dated, moment: datetime) -> str:
    """Missing before the row begins, and from the instant of its end on."""
    if row.starts_at is not None and row.starts_at > moment:
        return "not_begun"
    return "expired" if row.ends_at is not None and row.ends_at <= moment else ""


def open_(account: Account) -> str:
    """Missing when the account is closed: nobody does anything on it."""
    return "" if account.state == "authorised" else "closed"


def state_of(person: Person) -> str:
    """Missing unless the person is active: their state says what they are instead."""
    return "" if person.state == "active" else person.state
