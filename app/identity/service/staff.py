"""What staff do for, and against, somebody's sign-in. They never see or set a credential."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.authority.service.staff import keep_administrators, lock_administered
from app.base.db import deed
from app.base.errors import Conflict, Refused
from app.correspondence.service import notify
from app.identity import factors, sessions
from app.parties.models import Person


@deed
def unlock_person(db: Session, actor: int, person_id: int, reason: str) -> None:
    """Open somebody's second factor again after a lock or a hundred failures.

    Who they are is checked outside the portal; ``reason`` says how. Raises NotFound, Refused
    (for oneself too).
    """
    person = _other(db, actor, "staff.persons.unlock", person_id)
    changes = factors.reopen(db, person.id)
    record(
        db,
        Event.PERSON_UNLOCKED,
        actor=actor,
        target=person,
        changes={**changes, "reason": reason},
    )


@deed
def disable_person(db: Session, actor: int, person_id: int, reason: str) -> int:
    """Close the portal to somebody: every session ends and none can begin.

    Their memberships stay as rows but are not effective. Returns the number of sessions ended.
    Raises NotFound, Refused (for oneself too), Conflict when they are not active or a program
    would be left without an administrator.
    """
    administered = lock_administered(db, person_id)
    person = _other(db, actor, "staff.persons.disable", person_id)
    keep_administrators(db, administered, person.id)
    if person.state != "active":
        raise Conflict("not_active")
    person.state = "disabled"
    ended = sessions.end_all(db, person.id, "disabled")
    notify(db, person.id, "access_disabled", {}, path="/contact")
    record(
        db,
        Event.PERSON_DISABLED,
        actor=actor,
        target=person,
        changes={"state": ("active", "disabled"), "sessions_ended": ended, "reason": reason},
    )
    return ended


@deed
def enable_person(db: Session, actor: int, person_id: int, reason: str) -> None:
    """Open the portal to somebody again; their memberships are effective as before.

    Raises NotFound, Refused, Conflict when they were not disabled.
    """
    person = _other(db, actor, "staff.persons.disable", person_id)
    if person.state != "disabled":
        raise Conflict("not_disabled")
    person.state = "active"
    notify(db, person.id, "access_enabled", {}, path="/sign-in")
    record(
        db,
        Event.PERSON_ENABLED,
        actor=actor,
        target=person,
        changes={"state": ("disabled", "active"), "reason": reason},
    )


def _other(db: Session, actor: int, action: str, person_id: int) -> Person:
    """Somebody whom the actor may see, locked; never the actor, who could undo a measure."""
    person = find(db, actor, "staff.persons.read", Person, person_id)
    authorise(db, actor, action, person)
    if person.id == actor:
        raise Refused(action, "own_person")
    db.refresh(person, with_for_update={"key_share": True, "of": Person})
    return person
