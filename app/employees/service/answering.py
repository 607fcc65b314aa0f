"""The managers' answer to who asked: a role, or a reason why there is none."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.telling import tell
from app.base.db import deed, now
from app.base.errors import Invalid
from app.employees.rules import Access
from app.employees.service.common import LONGEST_REASON, answered, open_for_answer
from app.employees.service.giving import begin, decided, record_given, tidy
from app.parties.models import Account
from app.programs.actions import Action


@deed
def approve(
    db: Session, actor: int, request_id: int, given: Access, version: int | None = None
) -> list[int]:
    """Give who asked a role, on the account or on program accounts; the memberships' numbers.

    "On approval picks role/program" (facts B4); "nobody approves themselves" (issue 5 §3). Only
    a role that the actor gives, on each of the places. Raises Refused, StepUpNeeded for the
    highest role, Conflict ``stale``, ``moved_on`` or ``closed``, and Invalid at ``role``,
    ``parts`` (``held`` where the person has access already) or ``ends_on``.
    """
    account, row = open_for_answer(db, actor, request_id, version)
    moment = now(db)
    role, places, ends_at = decided(db, actor, account, given, moment, Action.REQUESTS_ANSWER)
    held = {one.program_account_id for one in tidy(db, account, row.person_id, moment)}
    if None in held or held & set(places) or (held and None in places):
        raise Invalid({"parts" if None not in places else "role": "held"})
    made = [
        begin(db, account, row.person_id, place, role, moment,
              by=actor, ends_at=ends_at, request_id=row.id)
        for place in places
    ]  # fmt: skip
    answered(row, "approved", moment, actor)
    home = f"/a/{account.id}/"
    tell(db, row.person_id, "access_approved", account, path=home, role=role.code)
    for one in made:
        record_given(db, Event.ACCESS_GIVEN, actor, one)
    record(
        db,
        Event.ACCESS_APPROVED,
        actor=actor,
        target=row,
        changes={
            "person_id": row.person_id,
            "state": ("asked", row.state),
            "role": role.code,
            "ends_at": ends_at,
        },
    )
    return [one.id for one in made]


@deed
def refuse(
    db: Session, actor: int, request_id: int, reason: str, version: int | None = None
) -> None:
    """Give who asked no role, and tell them why.

    Raises Refused, Invalid ``reason`` ``empty`` or ``long``, Conflict as ``approve`` does.
    """
    account, row = open_for_answer(db, actor, request_id, version)
    row.reason = reason_given(reason)
    answered(row, "refused", now(db), actor)
    _tell_refused(db, account, row.person_id, row.reason)
    record(
        db,
        Event.ACCESS_REFUSED,
        actor=actor,
        target=row,
        changes={"person_id": row.person_id, "state": ("asked", row.state)},
        personal={"reason_given": row.reason},
    )


def _tell_refused(db: Session, account: Account, person_id: int, reason: str) -> None:
    tell(db, person_id, "access_refused", account, path="/businesses", reason=reason)


def reason_given(typed: str) -> str:
    """A reason as it is kept. Raises Invalid ``reason`` ``empty`` or ``long``."""
    reason = typed.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid({"reason": "long" if reason else "empty"}, max=LONGEST_REASON)
    return reason
