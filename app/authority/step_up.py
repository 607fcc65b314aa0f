"""Deeds that ask for a fresh code: transfer, the highest roles, exports."""

from __future__ import annotations

from sqlalchemy.orm import Session, scoped_session

from app.base.context import origin
from app.base.db import now
from app.base.errors import StepUpNeeded
from app.programs.limits import limits

Db = Session | scoped_session[Session]


def is_fresh(db: Db) -> bool:
    """Whether this session proved a code within the step-up window."""
    verified = origin().code_verified_at
    return verified is not None and now(db) - verified <= limits().step_up.window


def require_step_up(db: Db) -> None:
    """Raise StepUpNeeded unless this session proved a code within the step-up window."""
    if not is_fresh(db):
        raise StepUpNeeded
