"""Keeping with a case whose turn it is and until when: what the staff's lists go by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.days import end_of_day
from app.cases.models import CaseMove, ClientCase
from app.cases.rules.history import Step
from app.cases.rules.waiting import waiting
from app.programs.schema.cases import CaseType, Move
from app.programs.schema.definition import Definition


def keep_waiting(
    db: Session,
    case: ClientCase,
    program: Definition,
    kind: CaseType,
    move: Move,
    moment: datetime,
) -> None:
    """Say whom the case waits for after this move, inside the caller's deed.

    Before its state is changed: what is over must not wait for anybody. The last second of the
    day that the service standard ends on is still in time.
    """
    made = select(CaseMove).where(CaseMove.case_id == case.id).order_by(CaseMove.ordinal)
    steps = [Step(one.move, one.to_state, one.moved_at) for one in db.scalars(made)]
    steps.append(Step(move.code, move.goes_to, moment))
    found = waiting(program, kind, move.goes_to, steps)
    case.moved_at, case.with_staff = moment, found.with_staff
    case.due_at = end_of_day(found.due, program.zone) if found.due is not None else None
