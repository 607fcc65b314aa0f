"""What every deed on a membership begins with: its locks, its version, its permitted moves."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.targets import describe
from app.authority import rules
from app.authority.locks import lock_account
from app.authority.models import Membership
from app.authority.people import as_member, holders, in_hands, role_book
from app.authority.rules import Move
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.parties.models import Account
from app.programs.models import ProgramRole
from app.programs.schema.definition import Definition
from app.programs.schema.roles import Transfer
from app.programs.service import definition


def lock_membership(db: Session, membership_id: int) -> tuple[Account, Membership]:
    """Lock the account, then the membership, and read both fresh. Raises NotFound."""
    account_id = db.scalar(select(Membership.account_id).where(Membership.id == membership_id))
    if account_id is None:
        raise NotFound(f"Membership {membership_id}")
    account = lock_account(db, account_id)
    wanted = select(Membership).where(Membership.id == membership_id)
    row = db.execute(
        wanted.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).scalar_one()
    return account, row


def refusal(action: str, actor: int, target: Account | Membership) -> Refused:
    """The refusal of who has the action, and not the right to hand on this role."""
    return Refused(action, "role_not_given", person_id=actor, target=describe(target))


def require_version(row: Membership, version: int | None) -> None:
    """Refuse a form that was drawn before somebody else's change: Conflict ``stale``.

    None is for callers without a form, such as the demonstration data.
    """
    if version is not None and version != row.row_version:
        raise Conflict("stale")


def require_move(move: Move, row: Membership) -> None:
    """Refuse what the membership's status no longer allows: Conflict ``moved_on``."""
    if not rules.can_move(move, row.status):
        raise Conflict("moved_on")


def require_open_account(account: Account) -> None:
    """Refuse to bring anybody into an account that is closed: Conflict ``closed``."""
    if account.state != "authorised":
        raise Conflict("closed")


def require_vacant(db: Session, account: Account, role: ProgramRole) -> None:
    """Refuse a second holder of an exclusive role, in words rather than by the constraint."""
    if role.exclusive and holders(db, account.id, role.code):
        raise Invalid({"role": "taken"})


def require_another(
    db: Session, actor: int, action: str, account: Account, row: Membership
) -> None:
    """Refuse to leave a required role to nobody: Refused ``last_holder``.

    "Last BAM cannot leave or be revoked" (facts B5). The account is locked: of two who leave at
    the same instant, one is the last.
    """
    book, holders_now = role_book(db, account.program_id), in_hands(db, account.id, row.role_code)
    if rules.is_last(book, as_member(row), holders_now):
        raise Refused(action, "last_holder", person_id=actor, target=describe(row))


def program_of(account: Account) -> Definition:
    """The definition that the account's program stands by."""
    return definition(account.program.code)


def transfer_rule(account: Account) -> Transfer:
    """How the account changes hands. Raises NotFound in a program where nothing does."""
    rule = program_of(account).transfer
    if rule is None:
        raise NotFound(f"{account.program.code} has no transfer")
    return rule


def require_adding(account: Account) -> None:
    """Raises NotFound in a program where nobody is added to accounts."""
    if program_of(account).users is None:
        raise NotFound(f"nobody is added in {account.program.code}")


def zone_of(account: Account) -> ZoneInfo:
    """The zone in which the program's days begin and end."""
    return program_of(account).zone


def end(row: Membership, reason: str, moment: datetime) -> None:
    """Close a membership for good."""
    row.status, row.ended_at, row.end_reason = "ended", moment, reason


def begin(
    db: Session,
    account: Account,
    person_id: int,
    role: ProgramRole,
    moment: datetime,
    *,
    by: int,
    status: str = "active",
    contact_of: Membership | None = None,
    place_of: Membership | None = None,
) -> Membership:
    """Make a membership that takes effect at once, in place of an ended one.

    A role held is a row of its own, from its beginning to its end: who owned the account when
    can be read from the table. The business contact goes along; of ``place_of`` its program
    account and its last day do, too.
    """
    row = Membership(
        person_id=person_id,
        account_id=account.id,
        program_id=account.program_id,
        program_account_id=place_of.program_account_id if place_of else None,
        ends_at=place_of.ends_at if place_of else None,
        role_code=role.code,
        exclusive=role.exclusive,
        required=role.required,
        status=status,
        contact_title=contact_of.contact_title if contact_of else None,
        contact_phone=contact_of.contact_phone if contact_of else None,
        contact_email=contact_of.contact_email if contact_of else None,
        added_by=by,
        accepted_at=moment,
        activated_by=by,
        starts_at=moment,
    )
    db.add(row)
    db.flush()  # the trail names the row by its number
    return row


def role_row(db: Session, account: Account, code: str) -> ProgramRole:
    """The role of the account's program. Raises Invalid ``unknown`` at the field ``role``."""
    role = db.get(ProgramRole, (account.program_id, code))
    if role is None or role.retired:
        raise Invalid({"role": "unknown"})
    return role
