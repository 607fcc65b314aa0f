"""Deeds that ask for a fresh code: transfer, the highest roles, exports."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.base.context import origin
from app.base.db import now
from app.base.errors import StepUpNeeded
from app.programs.limits import limits


def require_step_up(db: Session) -> None:
    """Raise StepUpNeeded unless this session proved a code within the step-up window."""
    verified = origin().code_verified_at
    if verified is None or now(db) - verified > limits().step_up.window:
        raise StepUpNeeded
