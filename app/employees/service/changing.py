"""What becomes of an employee's access: another role, other program accounts, another end, none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.audit.targets import describe
from app.authority.locks import lock_account
from app.authority.models import Membership
from app.authority.service.common import end, require_another, require_open_account
from app.authority.telling import tell
from app.base.db import deed, now
from app.base.errors import Conflict, Invalid, Refused
from app.employees.people import seen_of
from app.employees.rules import Access, Place
from app.employees.service.answering import reason_given
from app.employees.service.common import require_manages
from app.employees.service.giving import begin, decided, part_number, record_given, tidy
from app.parties.models import Account
from app.programs.actions import Action
from app.programs.models import ProgramRole


@deed
def change(
    db: Session, actor: int, account_id: int, person_id: int, given: Access, seen: str | None = None
) -> None:
    """Give an employee this role on these places from now on; what they hold elsewhere stays.

    A role of the whole account takes the place of all that is held on program accounts, and the
    other way round. The actor must manage what ends, where it is held, and give what begins:
    "never somebody of the whole" by who manages a program account. Raises Refused (always for
    oneself, and for the last who holds a required role), StepUpNeeded, Conflict ``stale`` or
    ``closed``, and Invalid as ``answering.approve`` does, or ``same``.
    """
    account, held = _open_for(db, actor, account_id, person_id, seen)
    require_open_account(account)
    moment = now(db)
    role, places, ends_at = decided(db, actor, account, given, moment, Action.USERS_MODIFY)
    replaced = [row for row in held if _stands_in_the_way(row, places)]
    for row in replaced:
        require_manages(db, actor, account, row)
    require_others(db, actor, account, [row for row in replaced if row.role_code != role.code])
    changed = _replace(db, actor, account, person_id, role, places, ends_at, replaced, moment)
    if not changed:
        raise Invalid({"": "same"})
    tell(db, person_id, "access_changed", account, path=f"/a/{account.id}/", role=role.code)


def _stands_in_the_way(row: Membership, places: Sequence[Place]) -> bool:
    return None in places or row.program_account_id is None or row.program_account_id in places


def _open_for(
    db: Session, actor: int, account_id: int, person_id: int, seen: str | None
) -> tuple[Account, list[Membership]]:
    """Lock the account, refuse oneself and an old form; what the person holds there."""
    account = lock_account(db, account_id)
    if actor == person_id:
        raise Refused(Action.USERS_MODIFY, "own_person", person_id=actor, target=describe(account))
    held = tidy(db, account, person_id, now(db))
    if seen is not None and seen != seen_of(held):
        raise Conflict("stale")
    return account, held


def _replace(
    db: Session,
    actor: int,
    account: Account,
    person_id: int,
    role: ProgramRole,
    places: Sequence[Place],
    ends_at: datetime | None,
    replaced: Sequence[Membership],
    moment: datetime,
) -> bool:
    """Move the end of what stays the same role, end the rest, begin the new; whether it changed."""
    stays = {row.program_account_id: row for row in replaced
             if row.role_code == role.code and row.program_account_id in places}  # fmt: skip
    gone = {row.program_account_id: row for row in replaced
            if row.program_account_id not in stays}  # fmt: skip
    for row in gone.values():
        end(row, "role_changed", moment)
    db.flush()  # frees the live places before new rows take them
    moved = [row for row in stays.values() if row.ends_at != ends_at]
    for row in moved:
        before, row.ends_at = row.ends_at, ends_at
        record_given(db, Event.ACCESS_CHANGED, actor, row, ends_at=before)
    contact = next(iter(replaced), None)
    for place in places:
        if place in stays:
            continue
        new = begin(db, account, person_id, place, role, moment,
                    by=actor, ends_at=ends_at, contact_of=contact)  # fmt: skip
        old = gone.pop(place, None)
        event = Event.ACCESS_GIVEN if old is None else Event.ACCESS_CHANGED
        record_given(db, event, actor, new, **({} if old is None else {"role": old.role_code}))
    for row in gone.values():
        record_ended(db, actor, row, "active", None)
    return bool(moved) or len(stays) < len(places)


@deed
def end_access(
    db: Session,
    actor: int,
    account_id: int,
    person_id: int,
    chosen: Collection[int],
    reason: str,
    seen: str | None = None,
) -> None:
    """End some of what an employee holds, by the memberships' numbers, and tell them why.

    Raises Refused for what the actor does not manage and for oneself, Conflict ``stale``,
    Invalid ``chosen`` ``none``, ``reason`` ``empty`` or ``long``.
    """
    account, held = _open_for(db, actor, account_id, person_id, seen)
    ending = [row for row in held if row.id in set(chosen)]
    if not ending or len(ending) < len(set(chosen)):
        raise Invalid({"chosen": "none"})
    for row in ending:
        require_manages(db, actor, account, row)
    told = reason_given(reason)
    require_others(db, actor, account, ending)
    end_rows(db, actor, ending, told)
    for role in dict.fromkeys(row.role_code for row in ending):
        tell(db, person_id, "access_ended", account, path="/businesses", role=role, reason=told)


def end_rows(
    db: Session,
    actor: int,
    rows: Sequence[Membership],
    told: str,
    *,
    off_boarded: bool = False,
) -> None:
    """End these memberships inside the caller's deed, which has asked whether it may."""
    moment = now(db)
    for row in rows:
        before = row.status
        end(row, "off_boarded" if off_boarded else "removed", moment)
        record_ended(db, actor, row, before, told)


def require_others(db: Session, actor: int, account: Account, ending: Sequence[Membership]) -> None:
    """Refuse to leave a required role to nobody: Refused ``last_holder``.

    "The last manager can neither leave nor be removed" (issue 5 §3); nor be moved down.
    """
    for row in ending:
        require_another(db, actor, Action.USERS_MODIFY, account, row)


def record_ended(db: Session, actor: int, row: Membership, before: str, told: str | None) -> None:
    """Write in the trail what somebody holds no longer, and the reason they were told."""
    record(
        db,
        Event.ACCESS_ENDED,
        actor=actor,
        target=row,
        changes={
            "person_id": row.person_id,
            "role": row.role_code,
            "status": (before, row.status),
            "program_account": part_number(db, row),
            "reason": row.end_reason,
        },
        personal={"reason_given": told} if told else None,
    )
