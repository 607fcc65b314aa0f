"""Reads that the deeds and pages of employees share: who manages what, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.authority import predicate
from app.authority.models import Membership
from app.authority.people import as_member, role_book
from app.authority.queries import visible
from app.authority.rules import Actor, may_manage
from app.employees.rules import Place
from app.parties.models import Account
from app.programs.actions import Action

Db = Session | scoped_session[Session]


def actor_on(db: Db, person_id: int, account: Account, place: Place) -> Actor:
    """The person with the roles that are effective for them on a program account, or the whole.

    Roles on the whole account count on every program account; one on a program account counts
    there and nowhere else.
    """
    return actors_on(db, person_id, account, [place])[place]


def actors_on(
    db: Db, person_id: int, account: Account, places: Iterable[Place]
) -> dict[Place, Actor]:
    """The same for several places, in one statement."""
    mine = visible(person_id, "membership.read", Membership).where(
        Membership.person_id == person_id,
        Membership.account_id == account.id,
        Membership.status == "active",
        predicate.within(Membership.starts_at, Membership.ends_at),
    )
    held = [(row.program_account_id, row.role_code) for row in db.scalars(mine)]
    if account.state != "authorised":
        held = []
    return {
        place: Actor(person_id, frozenset(code for part, code in held if part in {None, place}))
        for place in places
    }


def held_by(db: Db, account_id: int, person_id: int) -> list[Membership]:
    """Every membership of the account that the person has not lost, the oldest first.

    For a deed that has locked the account, and asks afterwards of each whether it may be done.
    """
    wanted = select(Membership).where(
        Membership.account_id == account_id,
        Membership.person_id == person_id,
        Membership.status != "ended",
    )
    return list(db.scalars(wanted.order_by(Membership.id)))


def is_over(row: Membership, moment: datetime) -> bool:
    """The last day of an access has passed: nobody ended it, and it counts no more."""
    return row.ends_at is not None and row.ends_at <= moment


def managed(db: Db, reader: int, account: Account, rows: Sequence[Membership]) -> list[Membership]:
    """Which of these the reader may change and end, each asked where it is held."""
    book = role_book(db, account.program_id)
    actors = actors_on(db, reader, account, {row.program_account_id for row in rows})
    allowed = set(
        db.scalars(
            visible(reader, Action.USERS_MODIFY, Membership)
            .with_only_columns(Membership.id)
            .where(Membership.id.in_([row.id for row in rows]))
        )
    )
    return [
        row
        for row in rows
        if row.id in allowed and may_manage(book, actors[row.program_account_id], as_member(row))
    ]


def seen_of(rows: Iterable[Membership]) -> str:
    """What a page has shown of somebody's access, in a word: another one means it has changed."""
    return " ".join(sorted(f"{row.id}.{row.row_version}" for row in rows))
