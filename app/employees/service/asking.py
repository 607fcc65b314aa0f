"""Asking a business for access, and taking it back.

Whoever asks learns nothing of the business: not whether there is one, whether it has an account,
nor who answers there. So what a person asked is kept as a count of that number, known or not, and
what they are shown of it is drawn from the count until somebody answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.locks import lock_account
from app.authority.models_delegation import AccessRequest
from app.authority.queries import authorise, find
from app.base.db import deed, now, session
from app.base.errors import Invalid, TooMany
from app.base.identifiers import clean, parse_bn
from app.base.limiting import Window, forgive, spend
from app.base.queue import enqueue
from app.employees import queries
from app.employees.queries import NOTED
from app.employees.scopes import WITHDRAW
from app.employees.service.common import answered, asking_rule, lock_request, program_of
from app.employees.service.lapsing import close_if_over
from app.parties.models import Account, Business, Person, ProgramAccount
from app.programs.limits import limits
from app.programs.models import Program

TRIES = "ask_for_access"
"""How often a person asks; and under ``NOTED``, what for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed: a program's code, a business number, a program account's, a comment."""

    program: str
    number: str
    program_account: str = ""
    comment: str = ""


def ask(actor: int, given: Wanted) -> None:
    """Ask a business for access; the same answer whether or not there is such a business.

    Counted first, in a transaction of its own. Raises NotFound for a program in which nobody
    asks, TooMany, and Invalid: ``number`` ``bn``, ``program_account`` ``format``, ``comment``
    ``empty`` or ``long``, or ``already_member``, ``already_asked``, which tell the person only
    of themselves.
    """
    program, wanted = _read(given)
    subject = queries.subject_of(actor, program.id, wanted.number)
    # Looked at first: a note from before that waits no more is answered, or over.
    noted = queries.is_noted(session, subject)
    _require_news(actor, program, wanted)
    limit = limits().ask_for_access
    spend(TRIES, str(actor), [Window(limit.requests, limit.within)], person_id=actor)
    _note(actor, subject, again=noted)
    _make(actor, program.id, wanted)


def _read(given: Wanted) -> tuple[Program, Wanted]:
    program, found = program_of(session, given.program)
    rule, number = asking_rule(found), parse_bn(given.number)
    comment, part = given.comment.strip(), clean(given.program_account)
    errors = {}
    if number is None:
        errors["number"] = "bn"
    if part and (not rule.program_account or not queries.is_part(part)):
        errors["program_account"] = "format"
    if not comment:
        errors["comment"] = "empty"
    elif len(comment) > rule.longest_comment:
        errors["comment"] = "long"
    if errors or number is None:
        raise Invalid(errors, max=rule.longest_comment)
    return program, Wanted(program.code, number, part, comment)


def _require_news(actor: int, program: Program, wanted: Wanted) -> None:
    """Refuse who has what they ask for, or has asked: of the business this says nothing."""
    held = queries.held_in(session, actor, program.id, wanted.number)
    parts = {None if row.program_account is None else row.program_account.number for row in held}
    if None in parts or (held and (not wanted.program_account or wanted.program_account in parts)):
        raise Invalid({"": "already_member"})
    if any(one.number == wanted.number for one in queries.asked_by(session, actor, program)):
        raise Invalid({"": "already_asked"})


def _note(actor: int, subject: str, *, again: bool) -> None:
    """Remember that this number was asked for, once, in the place of what waits no more."""
    if again:
        forgive(NOTED, subject)
    try:
        spend(NOTED, subject, [Window(1, timedelta(days=1))], person_id=actor)
    except TooMany:  # the same form, sent twice at the same instant
        raise Invalid({"": "already_asked"}) from None


@deed
def _make(db: Session, actor: int, program_id: int, wanted: Wanted) -> int | None:
    """Keep the request where there is an open account; nothing of it is kept anywhere else."""
    person = find(db, actor, "self.read", Person, actor)
    authorise(db, actor, "self.update", person)
    account_id = db.scalar(
        select(Account.id)
        .join(Business, Business.id == Account.party_id)
        .where(Business.bn == wanted.number, Account.program_id == program_id)
    )
    account = None if account_id is None else lock_account(db, account_id)
    if account is None or account.state != "authorised":
        return None
    for row in _open_rows(db, actor, account.id):
        if not close_if_over(db, account, row):
            raise Invalid({"": "already_asked"})
    row = AccessRequest(
        account_id=account.id,
        program_id=program_id,
        program_account_id=_part(db, account.id, wanted.program_account),
        person_id=actor,
        comment=wanted.comment,
        asked_at=now(db),
    )
    db.add(row)
    db.flush()  # the trail and the job name the row by its number
    record(
        db,
        Event.ACCESS_ASKED,
        actor=actor,
        target=row,
        changes={
            "person_id": actor,
            "state": (None, row.state),
            "program_account": wanted.program_account or None,
        },
    )
    # The telling of many takes longer than the answer may for some businesses only.
    enqueue(db, "employees.tell_asked", request_id=row.id)
    return row.id


def _open_rows(db: Session, actor: int, account_id: int) -> Sequence[AccessRequest]:
    mine = select(AccessRequest).where(
        AccessRequest.person_id == actor,
        AccessRequest.account_id == account_id,
        AccessRequest.state == "asked",
    )
    return db.scalars(mine).all()


def _part(db: Session, account_id: int, number: str) -> int | None:
    """The program account that was named; one that the account has not is no reason to refuse."""
    mine = select(ProgramAccount.id).where(
        ProgramAccount.account_id == account_id, ProgramAccount.number == number
    )
    return db.scalar(mine) if number else None


def withdraw(actor: int, program_code: str, number: str) -> None:
    """Take back what one asked; the same answer whether or not there is such a business.

    Harmless when it has its answer. Raises NotFound for a program in which nobody asks.
    """
    program, _found = program_of(session, program_code)
    bn = parse_bn(number) or ""
    request_id = queries.open_request(session, actor, program.id, bn)
    if request_id is not None:
        _withdraw(actor, request_id)
    forgive(NOTED, queries.subject_of(actor, program.id, bn))


@deed
def _withdraw(db: Session, actor: int, request_id: int) -> None:
    account, row = lock_request(db, request_id)
    authorise(db, actor, WITHDRAW, row)
    if row.state != "asked" or close_if_over(db, account, row):
        return
    answered(row, "withdrawn", now(db), actor)
    record(
        db,
        Event.ACCESS_WITHDRAWN,
        actor=actor,
        target=row,
        changes={"person_id": actor, "state": ("asked", row.state)},
    )
