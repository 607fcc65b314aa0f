"""What the steps of a registration that is not sent yet share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import Event
from app.audit.service import record
from app.authority.queries import authorise
from app.base.days import local_day
from app.base.db import now
from app.base.errors import Conflict
from app.enrolment.models import Registration
from app.enrolment.rules.states import State, move
from app.enrolment.scopes import ANSWER
from app.enrolment.service.common import lock_registration
from app.programs.rules.eligibility import Verdict
from app.programs.schema.definition import Definition

OPEN = (State.DRAFT, State.INELIGIBLE, State.ROUTED)


def lock_own(
    db: Session,
    actor: int,
    registration_id: int,
    states: Sequence[State] | None = OPEN,
) -> Registration:
    """The person's own registration, locked. Raises Refused; Conflict ``already_sent``."""
    row = lock_registration(db, registration_id)
    authorise(db, actor, ANSWER, row)
    if states is not None and row.state not in states:
        raise Conflict("already_sent")
    return row


def today_of(db: Session | scoped_session[Session], program: Definition) -> date:
    """The day it is now on the program's calendar."""
    return local_day(now(db), program.zone)


def settle_verdict(db: Session, actor: int, row: Registration, verdict: Verdict) -> None:
    """Move a registration to where its answers lead, and say so in the trail."""
    to = {"fail": State.INELIGIBLE, "route": State.ROUTED}.get(verdict.kind, State.DRAFT)
    if to == State.DRAFT and row.state != State.DRAFT:
        _refuse_second_draft(db, row)
    before = row.state
    if before != to:
        if State.DRAFT not in {to, before}:
            before = move(before, State.DRAFT)
        row.state = move(before, to)
    db.flush()
    if to == State.DRAFT:
        return
    ended = Event.REGISTRATION_INELIGIBLE if to == State.INELIGIBLE else Event.REGISTRATION_ROUTED
    finding = verdict.findings[0]
    record(
        db,
        ended,
        actor=actor,
        target=row,
        changes={
            "question": finding.question,
            "reason": finding.reason.en,
            "state": (before, row.state),
        },
    )


def _refuse_second_draft(db: Session, row: Registration) -> None:
    other = select(Registration.id).where(
        Registration.person_id == row.person_id,
        Registration.program_id == row.program_id,
        Registration.state == State.DRAFT,
    )
    if db.scalar(other) is not None:
        raise Conflict("another_draft")
