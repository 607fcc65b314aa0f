"""Making memberships: one on the account, or one on each program account; what stood there ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority import rules as authority_rules
from app.authority.models import Membership
from app.authority.people import role_book
from app.authority.service.common import end, require_vacant, role_row, zone_of
from app.authority.step_up import require_step_up
from app.base.days import local_day
from app.base.errors import Invalid
from app.employees import rules
from app.employees.people import held_by, is_over
from app.employees.rules import Access, Place
from app.employees.service.common import require_gives
from app.parties.models import Account, ProgramAccount
from app.programs.actions import Action
from app.programs.models import ProgramRole


def decided(
    db: Session, actor: int, account: Account, given: Access, moment: datetime, action: Action
) -> tuple[ProgramRole, tuple[Place, ...], datetime | None]:
    """What is given, once the rules have passed it: role, places, and the last second.

    Raises Invalid at ``role``, ``parts`` or ``ends_on``, Refused where the actor does not give
    the role on each of the places, StepUpNeeded for the highest role.
    """
    role, zone = role_row(db, account, given.role), zone_of(account)
    book, whole = role_book(db, account.program_id), role.reach == "account"
    problems = rules.faults(
        given, book.roles[role.code], whole=whole, today=local_day(moment, zone)
    )
    if problems:
        raise Invalid(problems)
    places = rules.places(given, whole=whole)
    _require_own(db, account, places)
    for place in places:
        require_gives(db, actor, account, place, role, action)
    require_vacant(db, account, role)
    if authority_rules.needs_fresh_code(book, role.code):
        require_step_up(db)
    return role, places, rules.last_second(given.ends_on, zone)


def _require_own(db: Session, account: Account, places: Sequence[Place]) -> None:
    wanted = {place for place in places if place is not None}
    mine = select(ProgramAccount.id).where(
        ProgramAccount.account_id == account.id, ProgramAccount.id.in_(wanted)
    )
    if set(db.scalars(mine)) != wanted:
        raise Invalid({"parts": "unknown"})


def begin(
    db: Session,
    account: Account,
    person_id: int,
    place: Place,
    role: ProgramRole,
    moment: datetime,
    *,
    by: int,
    ends_at: datetime | None,
    request_id: int | None = None,
    contact_of: Membership | None = None,
) -> Membership:
    """Make a membership that takes effect at once; what stood in its place has ended before."""
    row = Membership(
        person_id=person_id,
        account_id=account.id,
        program_id=account.program_id,
        program_account_id=place,
        role_code=role.code,
        exclusive=role.exclusive,
        required=role.required,
        status="active",
        contact_title=contact_of.contact_title if contact_of else None,
        contact_phone=contact_of.contact_phone if contact_of else None,
        contact_email=contact_of.contact_email if contact_of else None,
        added_by=by,
        accepted_at=moment,
        activated_by=by,
        starts_at=moment,
        ends_at=ends_at,
        request_id=request_id,
    )
    db.add(row)
    db.flush()  # the trail names the row by its number
    return row


def tidy(db: Session, account: Account, person_id: int, moment: datetime) -> list[Membership]:
    """What the person holds now; an access whose last day is over is closed first.

    The predicate has not counted it since that day; its row would stand in the new one's place.
    """
    held = []
    for row in held_by(db, account.id, person_id):
        if is_over(row, moment):
            end(row, "expired", moment)
        else:
            held.append(row)
    db.flush()
    return held


def record_given(
    db: Session, event: Event, actor: int, row: Membership, **before: str | date | datetime | None
) -> None:
    """Write in the trail what somebody holds from now on; ``before`` is what they held there."""
    now_held = {"role": row.role_code, "status": row.status, "ends_at": row.ends_at}
    told = {
        name: (before[name], value) if name in before else value for name, value in now_held.items()
    }
    about = {"person_id": row.person_id, "program_account": part_number(db, row)}
    record(db, event, actor=actor, target=row, changes={**about, **told})


def part_number(db: Session, row: Membership) -> str | None:
    """The number of the program account that an access is of; None is the whole account."""
    place = row.program_account_id
    return None if place is None else db.get_one(ProgramAccount, place).number
