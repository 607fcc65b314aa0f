"""Ending sessions: one's own, one by one or all the others."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise, find
from app.base.db import deed
from app.identity import sessions
from app.identity.models import SignInSession


@deed
def sign_out(db: Session, session_id: int) -> None:
    """End the session of this browser, however far it came; harmless when it has ended."""
    row = sessions.lock_any(db, session_id)
    if row is None or row.ended_at is not None:
        return
    sessions.end(db, row, "signed_out")
    record(db, Event.SIGNED_OUT, actor=row.person_id, target=row)


@deed
def replace(db: Session, session_id: int) -> None:
    """End a session because its browser begins another; the trail tells of the new one."""
    row = sessions.lock_any(db, session_id)
    if row is not None:
        sessions.end(db, row, "replaced")


@deed
def end_session(db: Session, actor: int, session_id: int, *, action: str = "self.update") -> None:
    """End one session: one's own, or as staff with ``staff.sessions.end``.

    Raises NotFound for a session the actor may not know of, Refused.
    """
    seeing = "self.read" if action == "self.update" else "staff.sessions.read"
    row = find(db, actor, seeing, SignInSession, session_id)
    sessions.lock_any(db, row.id)
    authorise(db, actor, action, row)
    if row.ended_at is not None:
        return
    reason = "by_person" if action == "self.update" else "by_staff"
    sessions.end(db, row, reason)
    record(
        db,
        Event.SESSION_ENDED,
        actor=actor,
        target=row,
        changes={"reason": reason, "sessions_ended": 1},
        personal={"device": row.device},
    )


@deed
def end_other_sessions(db: Session, actor: int, session_id: int) -> int:
    """End every session of the actor but this one. Returns how many there were."""
    row = find(db, actor, "self.update", SignInSession, session_id)
    count = sessions.end_all(db, actor, "by_person", but=row.id)
    record(
        db,
        Event.SESSION_ENDED,
        actor=actor,
        target=row,
        changes={"reason": "others", "sessions_ended": count},
    )
    return count
