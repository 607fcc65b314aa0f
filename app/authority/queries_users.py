"""Who has access to an account, who waits for it, and who had it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, scoped_session

from app.audit.events import Event
from app.audit.models import Entry
from app.authority.models import Membership
from app.authority.queries import find, visible
from app.base.errors import NotFound
from app.parties.models import Party, Person
from app.programs.actions import Action
from app.programs.models import ProgramRole, Standing

Db = Session | scoped_session[Session]

MOST = 500
"""More users than any business has; the list is one page."""
MOST_ENDED = 20
"""How many of those who had access are remembered on the page; staff see all."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many people have access, and how many wait for somebody's answer."""

    active: int
    waiting: int
    offered: int
    suspended: int


def users(db: Db, person_id: int, account_id: int) -> Sequence[Membership]:
    """Everybody with a live membership, the highest role first, then by folded name."""
    wanted = (
        _users(person_id, account_id)
        .where(Membership.status != "ended")
        .order_by(ProgramRole.rank, Party.name_folded, Membership.id)
    )
    return db.scalars(wanted.limit(MOST)).unique().all()


def former_users(db: Db, person_id: int, account_id: int) -> Sequence[Membership]:
    """The latest who had access and whom nobody gave it again, newest first."""
    mine = select(Membership.person_id).where(
        Membership.account_id == account_id, Membership.status != "ended"
    )
    wanted = (
        _users(person_id, account_id)
        .where(
            Membership.status == "ended",
            Membership.starts_at.is_not(None),
            Membership.person_id.not_in(mine),
        )
        .order_by(Membership.ended_at.desc(), Membership.id.desc())
    )
    return db.scalars(wanted.limit(MOST_ENDED)).unique().all()


def _users(person_id: int, account_id: int) -> Select[Membership]:
    return (
        visible(person_id, Action.USERS_VIEW, Membership)
        .join(Membership.person)
        .join(Person.party)
        .join(Membership.role)
        .options(
            contains_eager(Membership.person).contains_eager(Person.party),
            contains_eager(Membership.role),
        )
        .where(Membership.account_id == account_id)
    )


def user(db: Db, person_id: int, account_id: int, membership_id: int) -> Membership:
    """One membership of the account: one's own, or any for who may see users.

    Raises NotFound, also for a membership of another account.
    """
    try:
        row = find(db, person_id, Action.USERS_VIEW, Membership, membership_id)
    except NotFound:
        row = find(db, person_id, "membership.read", Membership, membership_id)
    if row.account_id != account_id:
        raise NotFound(f"Membership {membership_id}")  # seen elsewhere: nothing is hidden
    return row


def suspended_since(db: Db, row: Membership) -> datetime | None:
    """When a suspended access was suspended, from the trail; None for one that is not.

    By person and account: a role that was changed since is another row, suspended like the first.
    """
    if row.status != "suspended":
        return None
    person = Entry.changes["person_id"][1].astext
    wanted = select(func.max(Entry.at)).where(
        Entry.account_id == row.account_id,
        Entry.event == Event.MEMBERSHIP_SUSPENDED.value,
        person == str(row.person_id),
    )
    return db.scalar(wanted)


def summary(db: Db, person_id: int, account_id: int) -> Summary:
    """Counts for the dashboard; nothing is counted for who may not see users."""
    wanted = (
        visible(person_id, Action.USERS_VIEW, Membership)
        .where(Membership.account_id == account_id, Membership.status != "ended")
        .with_only_columns(Membership.status, func.count())
        .group_by(Membership.status)
    )
    counts = {row[0]: row[1] for row in db.execute(wanted)}
    return Summary(*(counts.get(name, 0) for name in ("active", "waiting", "offered", "suspended")))


def my_membership(db: Db, person_id: int, account_id: int) -> Membership | None:
    """The person's own live membership of the account, whatever its status."""
    wanted = (
        visible(person_id, "membership.read", Membership)
        .where(
            Membership.account_id == account_id,
            Membership.status != "ended",
            Membership.program_account_id.is_(None),
        )
        .options(joinedload(Membership.role))
    )
    return db.scalars(wanted).one_or_none()


def owners(db: Db, account_id: int) -> Sequence[Person]:
    """Whom a refusal names as the one to ask: who holds a required role of the account.

    For somebody who may open the account already; their names are what the page tells.
    """
    wanted = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.account_id == account_id,
            Membership.required,
            Membership.status == "active",
        )
    )
    return db.scalars(wanted.order_by(Person.id)).unique().all()


def role_labels(db: Db, program_id: int, language: str) -> dict[str, str]:
    """The official names of the program's roles, retired ones too, from the highest."""
    wanted = select(ProgramRole).where(ProgramRole.program_id == program_id)
    return {
        role.code: role.label(language)
        for role in db.scalars(wanted.order_by(ProgramRole.rank, ProgramRole.code))
    }


def standing_labels(
    db: Db, program_ids: Sequence[int], language: str
) -> dict[tuple[int, str], str]:
    """The names of the standings of some programs, by program and code."""
    wanted = select(Standing).where(Standing.program_id.in_(program_ids))
    return {(row.program_id, row.code): row.label(language) for row in db.scalars(wanted)}
