"""What a person keeps up to date about themselves.

"doivent tenir leurs coordonnées à jour" (account page, step 2).
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base import phones
from app.base.db import User, deed
from app.base.errors import Conflict, Invalid
from app.parties.models import Party, Person


@dataclass(frozen=True, slots=True)
class Details:
    """Name, telephone and language as the person writes them."""

    given_name: str
    family_name: str
    phone: str
    language: str


def parse_phone(typed: str) -> str | None:
    """The E.164 form of a typed telephone number, None when empty.

    Without a country it is a Canadian or U.S. one. Raises Invalid at ``phone``.
    """
    if not typed.strip():
        return None
    number = phones.parse_phone(typed)
    if number is None:
        raise Invalid({"phone": "phone"})
    return number


@deed
def update_details(db: Session, actor: int, details: Details, version: int) -> Person:
    """Change one's own details; the e-mail is not among them, since it receives the codes.

    Raises Invalid at ``phone``, Conflict *stale* when they were saved elsewhere meanwhile.
    """
    person = find(db, actor, "self.read", Person, actor)
    authorise(db, actor, "self.update", person)
    if person.row_version != version:
        raise Conflict("stale")
    before = _told(person)
    person.given_name, person.family_name = details.given_name, details.family_name
    person.phone, person.language = parse_phone(details.phone), details.language
    db.get_one(Party, person.id).name = person.full_name
    user = db.get_one(User, person.user_id)
    user.first_name, user.last_name = person.given_name[:64], person.family_name[:64]
    changed = {
        name: (value, after)
        for (name, value), after in zip(before.items(), _told(person).values(), strict=True)
        if value != after
    }
    if changed:
        plain = {name: pair for name, pair in changed.items() if name == "language"}
        personal = {name: pair for name, pair in changed.items() if name != "language"}
        record(
            db,
            Event.DETAILS_CHANGED,
            actor=actor,
            target=person,
            changes=plain,
            personal=personal,
        )
    return person


def _told(person: Person) -> dict[str, str | None]:
    names = ("given_name", "family_name", "phone", "language")
    return {name: getattr(person, name) for name in names}
