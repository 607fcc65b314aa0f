"""Reading one's own sign-in: name and living sessions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.authority.queries import visible
from app.base.db import User
from app.identity.models import SignInSession
from app.identity.sessions import living
from app.parties.models import Person

Db = Session | scoped_session[Session]


def sign_in_name(db: Db, person: Person) -> str:
    """The name that the person signs in with."""
    name: str = db.scalars(select(User.username).where(User.id == person.user_id)).one()
    return name


def my_sessions(db: Db, person_id: int) -> Sequence[SignInSession]:
    """The person's sessions that are open now, the latest first."""
    wanted = visible(person_id, "self.read", SignInSession).where(living())
    return db.scalars(wanted.order_by(SignInSession.last_seen_at.desc())).all()
