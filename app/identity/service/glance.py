"""A look at the database that keeps nothing open.

What follows it hashes a password, or counts a try on a connection of its own. Holding the page's
connection meanwhile would let a few dozen requests at once wait for each other for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.db import User, now, session
from app.base.errors import Conflict, GuichetError
from app.identity import factors, passwords
from app.identity.models import SignInSession
from app.parties.models import Person


@contextmanager
def glance() -> Iterator[Session]:
    """The page's session, its transaction ended before and after. Take plain values out of it."""
    session.rollback()
    try:
        yield session()
    finally:
        session.rollback()


@dataclass(frozen=True, slots=True)
class Known:
    """A person as sign-in sees them. ``shut`` is what bars their second factor, if anything."""

    id: int
    sign_in_name: str
    email: str
    mailbox: str
    state: str
    secret: str | None
    shut: GuichetError | None


def known_by_name(sign_in_name: str) -> Known | None:
    """Whoever has this folded sign-in name."""
    with glance() as db:
        wanted = select(Person).join(User, User.id == Person.user_id)
        found = db.scalars(wanted.where(User.username == sign_in_name)).unique().one_or_none()
        return _known(db, found) if found is not None else None


def id_of(sign_in_name: str) -> int | None:
    """Whose folded sign-in name this is: one statement, known or not."""
    with glance() as db:
        wanted = select(Person.id).join(User, User.id == Person.user_id)
        return db.scalars(wanted.where(User.username == sign_in_name)).one_or_none()


def known_by_id(person_id: int) -> Known:
    """The person with this key, who exists."""
    with glance() as db:
        return _known(db, db.get_one(Person, person_id))


def _known(db: Session, person: Person) -> Known:
    credential = passwords.password_of(db, person.id)
    name = db.scalars(select(User.username).where(User.id == person.user_id)).one()
    return Known(
        id=person.id,
        sign_in_name=name,
        email=person.email,
        mailbox=person.email_folded,
        state=person.state,
        secret=credential.secret if credential else None,
        shut=factors.barrier(factors.factor_of(db, person.id), now(db)),
    )


@dataclass(frozen=True, slots=True)
class Way:
    """A session as far as the next step needs it."""

    purpose: str
    stage: str
    person_id: int | None


def way_of(session_id: int) -> Way:
    """How far a session came. Raises Conflict when it was forgotten."""
    with glance() as db:
        row = db.get(SignInSession, session_id)
        if row is None:
            raise Conflict("session_ended")
        return Way(row.purpose, row.stage, row.person_id)
