"""A fresh code for what asks for one: the session stays, its last proof is renewed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base.db import deed, now
from app.base.errors import Conflict
from app.identity import codes, factors, refusing, sessions
from app.identity.codes import Proof
from app.identity.service.glance import known_by_id
from app.identity.sessions import Step


def begin_step_up(actor: int, session_id: int) -> None:
    """Send a code for this session. Raises TooMany while locked or sent too often."""
    known = known_by_id(actor)
    if known.shut is not None:
        refusing.refuse_barred("step_up", known.shut, known.id)
        raise known.shut
    codes.spend_sending(known.id, known.mailbox)
    _send(actor, session_id)


@deed
def _send(db: Session, actor: int, session_id: int) -> None:
    row = sessions.lock(db, session_id)
    if row.stage != "full" or row.person_id != actor:
        raise Conflict("session_ended")
    codes.issue(db, row.person, "step_up", row)


def confirm_step_up(session_id: int, typed: str) -> Step:
    """Accept the code; what asks for a fresh one is open for a while from now.

    Raises Invalid and TooMany as ``codes.verify`` does.
    """
    proof = codes.verify(session_id, "step_up", typed)
    step = _confirm(proof)
    codes.forgive_sending(proof.person_id, known_by_id(proof.person_id).mailbox)
    return step


@deed
def _confirm(db: Session, proof: Proof) -> Step:
    row = sessions.lock(db, proof.session_id)
    codes.consume(db, proof)
    row.code_verified_at = now(db)
    row.factor = factors.EMAIL_CODE
    record(
        db,
        Event.STEPPED_UP,
        actor=proof.person_id,
        target=row,
        changes={"factor": row.factor},
    )
    return sessions.renew(row)
