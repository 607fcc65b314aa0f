"""What the deeds share: the definition's rule, their locks, what each refuses in the same words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from app.audit.targets import describe
from app.authority import rules as authority_rules
from app.authority.locks import lock_account
from app.authority.models import Membership
from app.authority.models_delegation import AccessRequest
from app.authority.people import as_member, role_book
from app.authority.queries import authorise
from app.authority.service.common import require_open_account
from app.base.errors import Conflict, NotFound, Refused
from app.employees.people import actor_on
from app.employees.rules import Place
from app.parties.models import Account, ProgramAccount
from app.programs.actions import Action
from app.programs.models import Program, ProgramRole
from app.programs.schema.definition import Definition
from app.programs.schema.delegation import AccessRequests
from app.programs.service import definition

Db = Session | scoped_session[Session]
LONGEST_REASON = 500
"""Of a refusal or an end, in characters."""


def asking_rule(program: Definition) -> AccessRequests:
    """How people ask for access. Raises NotFound in a program where nobody does."""
    if program.access_requests is None:
        raise NotFound(f"{program.code} has no requests for access")
    return program.access_requests


def program_of(db: Db, code: str) -> tuple[Program, Definition]:
    """A program in which people ask, by its code. Raises NotFound for any other."""
    row = db.scalars(select(Program).where(Program.code == code)).one_or_none()
    if row is None:
        raise NotFound(f"Program {code}")
    found = definition(row.code)
    asking_rule(found)
    return row, found


def lock_request(db: Session, request_id: int) -> tuple[Account, AccessRequest]:
    """Lock the account, then the request, and read both fresh. Raises NotFound."""
    account_id = db.scalar(select(AccessRequest.account_id).where(AccessRequest.id == request_id))
    if account_id is None:
        raise NotFound(f"AccessRequest {request_id}")
    account = lock_account(db, account_id)
    wanted = select(AccessRequest).where(AccessRequest.id == request_id)
    row = db.execute(
        wanted.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).scalar_one()
    return account, row


def open_for_answer(db: Session, actor: int, request_id: int, version: int | None) -> tuple[
    Account, AccessRequest
]:  # fmt: skip
    """Lock, authorise, and refuse one's own, an answered one, and an old form: in this order."""
    account, row = lock_request(db, request_id)
    authorise(db, actor, Action.REQUESTS_ANSWER, row)
    if row.person_id == actor:
        raise Refused(Action.REQUESTS_ANSWER, "own", person_id=actor, target=describe(row))
    require_asked(row, version)
    require_open_account(account)
    return account, row


def require_asked(row: AccessRequest, version: int | None) -> None:
    """Refuse a request that has its answer, Conflict ``moved_on``; an old form, ``stale``."""
    if row.state != "asked":
        raise Conflict("moved_on")
    if version is not None and version != row.row_version:
        raise Conflict("stale")


def answered(row: AccessRequest, state: str, moment: datetime, by: int | None) -> None:
    """Give the request its answer, for good; by nobody when it was taken back, or is over."""
    row.state, row.answered_at, row.answered_by = state, moment, by


def require_manages(db: Session, actor: int, account: Account, row: Membership) -> None:
    """Raise Refused unless the actor may change and end this access, where it is held.

    "Own prog." (facts B2): ``users.modify`` there, and the role one that they give there.
    """
    authorise(db, actor, Action.USERS_MODIFY, row)
    who = actor_on(db, actor, account, row.program_account_id)
    book = role_book(db, account.program_id)
    if not authority_rules.may_manage(book, who, as_member(row)):
        raise not_given(Action.USERS_MODIFY, actor, row)


def require_gives(
    db: Session, actor: int, account: Account, place: Place, role: ProgramRole, action: Action
) -> None:
    """Raise Refused unless the actor may do the action there, and gives the role there."""
    authorise(db, actor, action, account if place is None else db.get_one(ProgramAccount, place))
    who = actor_on(db, actor, account, place)
    if not authority_rules.may_give(role_book(db, account.program_id), who, role.code):
        raise not_given(action, actor, account)


def not_given(action: str, actor: int, target: Account | Membership) -> Refused:
    """The refusal of who has the action, and not the right to hand on this role here."""
    return Refused(action, "role_not_given", person_id=actor, target=describe(target))
