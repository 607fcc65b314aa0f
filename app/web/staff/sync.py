"""The step of ``sync`` that writes FAB's permissions and the roles of the staff kinds."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.authority.staff_roles import sync_roles
from app.programs.service import sync_steps
from app.web.staff.screens import permissions


def sync_screens(db: Session) -> int:
    """Bring FAB's tables in step with the screens; return how many rows that took."""
    return sync_roles(db, permissions())


if sync_screens not in sync_steps:
    sync_steps.append(sync_screens)
