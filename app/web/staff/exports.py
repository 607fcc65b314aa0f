"""Who may take a list away as a file, and what the trail says of it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.acting import staff_role
from app.authority.queries import staff_programs
from app.authority.step_up import require_step_up
from app.base.db import deed
from app.base.errors import Refused
from app.web.access import current_person

EXPORT: Final = "staff.export"
_TYPED: Final = ("search", "legal_name", "name", "username", "email", "number", "bn", "urn", "code")


def exported(model: type[Any], action: str, asked: dict[str, Any]) -> None:
    """Tell the trail of an export before its first row is read. Raises Refused, StepUpNeeded."""
    told(current_person().id, model.__tablename__, action, asked)


@deed
def told(db: Session, actor: int, screen: str, action: str, asked: dict[str, Any]) -> None:
    """Let the list be exported, and write down which and how much of it.

    In every program whose rows the list shows, the person must be of a kind that exports:
    otherwise one file would hold rows that they may look at and not take away.
    """
    shown, taken = staff_programs(db, actor, action), staff_programs(db, actor, EXPORT)
    if not shown or not set(shown) <= set(taken):
        raise Refused(EXPORT, person_id=actor)
    require_step_up(db)
    typed, chosen = _parted(asked["filters"])
    here = shown[0] if len(shown) == 1 else None
    record(
        db,
        Event.SCREEN_EXPORTED,
        actor=actor,
        program_id=here,
        role=staff_role(db, actor, EXPORT, here),
        changes={
            "screen": screen,
            "format": asked["kind"],
            "rows": asked["rows"],
            "filters": chosen,
        },
        personal={"search": typed},
    )


def _parted(filters: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed freely, which may name people, and what was chosen from a list."""
    typed = {name: value for name, value in filters.items() if name.endswith(_TYPED)}
    return typed, {name: value for name, value in filters.items() if name not in typed}
