"""Who asked for access, what a person is shown of what they asked, and who works in an account."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, scoped_session

from app.authority.models import Membership
from app.authority.models_delegation import AccessRequest
from app.authority.queries import find, visible
from app.base.db import now
from app.base.errors import NotFound
from app.base.limiting import LimitEvent
from app.base.text import fold_words
from app.employees.rules import Asked, is_waiting
from app.employees.scopes import READ
from app.parties.models import Account, Business, Party, Person, ProgramAccount
from app.parties.rules.program_accounts import NUMBER
from app.programs.actions import Action
from app.programs.limits import limits
from app.programs.models import Program, ProgramRole
from app.programs.service import definition

Db = Session | scoped_session[Session]

NOTED = "asked_for_access"
"""The count of what a person asked for: one a number, whether or not a business has it."""
MOST = 200
"""Requests on one page: more are answered before the next are seen."""
MOST_TURNS = 20
"""No more are listed among what waits for a person: the accounts' own pages show the rest."""


# ── of who asks ─────────────────────────────────────────────────────────────────────────


def subject_of(person_id: int, program_id: int, number: str) -> str:
    """Whom and what a note of an asked number counts for."""
    return f"{person_id}:{program_id}:{number}"


def asked_by(db: Db, person_id: int, program: Program) -> list[Asked]:
    """What the person asked for in the program and nobody has answered, the newest first.

    From the counts, and not from the requests: of a number that nobody has there is a count too.
    """
    mine = select(LimitEvent.subject, func.max(LimitEvent.at).label("at")).where(
        LimitEvent.kind == NOTED,
        LimitEvent.subject.startswith(subject_of(person_id, program.id, ""), autoescape=True),
    )
    noted = db.execute(mine.group_by(LimitEvent.subject)).all()
    if not noted:
        return []
    rows = db.execute(_answers(person_id, program.id)).all()
    answers = {bn: at for bn, at in rows if bn is not None}
    moment, life, zone = now(db), limits().ask_for_access.life, definition(program.code).zone
    found = [Asked(row.subject.rpartition(":")[2], row.at) for row in noted]
    waiting = [
        one for one in found if is_waiting(one.at, answers.get(one.number), moment, life, zone)
    ]
    return sorted(waiting, key=lambda one: one.at, reverse=True)


def is_noted(db: Db, subject: str) -> bool:
    """Whether this number was asked for by this person, whatever became of it."""
    mine = select(LimitEvent.id).where(LimitEvent.kind == NOTED, LimitEvent.subject == subject)
    return db.scalar(mine.limit(1)) is not None


def _answers(person_id: int, program_id: int) -> Select[str | None, datetime | None]:
    return (
        visible(person_id, READ, AccessRequest)
        .join(Account, Account.id == AccessRequest.account_id)
        .join(Business, Business.id == Account.party_id)
        .where(AccessRequest.person_id == person_id, AccessRequest.program_id == program_id)
        .with_only_columns(Business.bn, func.max(AccessRequest.answered_at))
        .group_by(Business.bn)
    )


def held_in(db: Db, person_id: int, program_id: int, number: str) -> Sequence[Membership]:
    """What the person holds in the account of the business with this number, where they do."""
    mine = (
        visible(person_id, "membership.read", Membership)
        .join(Account, Account.id == Membership.account_id)
        .join(Business, Business.id == Account.party_id)
        .where(
            Membership.person_id == person_id,
            Membership.program_id == program_id,
            Membership.status != "ended",
            (Membership.ends_at.is_(None)) | (Membership.ends_at > func.guichet_now()),
            Business.bn == number,
        )
        .options(joinedload(Membership.program_account))
    )
    return db.scalars(mine).all()


def open_request(db: Db, person_id: int, program_id: int, number: str) -> int | None:
    """The number of the person's own open request to the business with this number."""
    mine = (
        visible(person_id, READ, AccessRequest)
        .join(Account, Account.id == AccessRequest.account_id)
        .join(Business, Business.id == Account.party_id)
        .where(
            AccessRequest.person_id == person_id,
            AccessRequest.program_id == program_id,
            AccessRequest.state == "asked",
            Business.bn == number,
        )
    )
    return db.scalar(mine.with_only_columns(AccessRequest.id))


def is_part(number: str) -> bool:
    """Whether this is written as the number of a program account."""
    return re.fullmatch(NUMBER, number) is not None


# ── of who answers ──────────────────────────────────────────────────────────────────────


def pending(db: Db, person_id: int, account_id: int) -> Sequence[AccessRequest]:
    """The open requests that the person may answer, the oldest first.

    "BAM's list is for the business account; PAM's for the program" (facts B4).
    """
    wanted = (
        _pending(person_id)
        .where(AccessRequest.account_id == account_id)
        .options(joinedload(AccessRequest.person), joinedload(AccessRequest.program_account))
        .order_by(AccessRequest.asked_at, AccessRequest.id)
    )
    return db.scalars(wanted.limit(MOST)).unique().all()


def count_pending(db: Db, person_id: int, account_id: int) -> int:
    """How many they are, for whoever may answer them; none for anybody else."""
    mine = _pending(person_id).where(AccessRequest.account_id == account_id)
    return db.scalar(select(func.count()).select_from(mine.subquery())) or 0


def _pending(person_id: int) -> Select[AccessRequest]:
    return visible(person_id, Action.REQUESTS_ANSWER, AccessRequest).where(
        AccessRequest.state == "asked", AccessRequest.person_id != person_id
    )


def request_here(db: Db, person_id: int, account_id: int, request_id: int) -> AccessRequest:
    """One request of the account that the person may answer. Raises NotFound for any other."""
    row = find(db, person_id, Action.REQUESTS_ANSWER, AccessRequest, request_id)
    if row.account_id != account_id:
        raise NotFound(f"AccessRequest {request_id}")  # seen elsewhere: nothing is hidden
    return row


def to_answer(db: Db, person_id: int) -> Sequence[AccessRequest]:
    """The oldest requests that wait for the person, in whatever account."""
    wanted = (
        _pending(person_id)
        .where(AccessRequest.account_id.in_(_places(person_id)))
        .options(
            joinedload(AccessRequest.person),
            joinedload(AccessRequest.account).joinedload(Account.party),
        )
        .order_by(AccessRequest.asked_at, AccessRequest.id)
    )
    return db.scalars(wanted.limit(MOST_TURNS)).unique().all()


def _places(person_id: int) -> Select[int]:
    """The accounts in which the person works: a superset, cheap to begin with."""
    return select(Membership.account_id).where(
        Membership.person_id == person_id, Membership.status == "active"
    )


def parts_for(db: Db, person_id: int, action: str, account_id: int) -> Sequence[ProgramAccount]:
    """The program accounts on which the person may do the action, by number."""
    wanted = visible(person_id, action, ProgramAccount).where(
        ProgramAccount.account_id == account_id
    )
    return db.scalars(wanted.order_by(ProgramAccount.number, ProgramAccount.id)).all()


def matching(parts: Sequence[ProgramAccount], words: str) -> list[ProgramAccount]:
    """Those whose number or label has all the words; all of them for none."""
    asked = fold_words(words).split()
    return [one for one in parts if all(word in fold_words(str(one)) for word in asked)]


def employees(db: Db, person_id: int, account_id: int) -> Sequence[Membership]:
    """Everybody's access that the person may see, by folded name, then the highest role first."""
    wanted = (
        visible(person_id, Action.USERS_VIEW, Membership)
        .join(Membership.person)
        .join(Person.party)
        .join(Membership.role)
        .options(
            contains_eager(Membership.person).contains_eager(Person.party),
            contains_eager(Membership.role),
            joinedload(Membership.program_account),
        )
        .where(
            Membership.account_id == account_id,
            Membership.status != "ended",
            (Membership.ends_at.is_(None)) | (Membership.ends_at > func.guichet_now()),
        )
        .order_by(Party.name_folded, Person.id, ProgramRole.rank, Membership.id)
    )
    return db.scalars(wanted).unique().all()


def employee(db: Db, reader: int, account_id: int, person_id: int) -> Sequence[Membership]:
    """What one person holds in the account, as far as the reader may see it.

    Raises NotFound for somebody of whom the reader sees nothing there.
    """
    found = [row for row in employees(db, reader, account_id) if row.person_id == person_id]
    if not found:
        raise NotFound(f"Person {person_id}")
    return found


def ending_soon(db: Db) -> Sequence[int]:
    """The memberships whose end may have to be told: the deed looks at the day in their zone."""
    before = limits().access_ends.told_before.count + 1
    wanted = select(Membership.id).where(
        Membership.status == "active",
        Membership.ends_at > func.guichet_now(),
        Membership.ends_at < func.guichet_now() + func.make_interval(0, 0, 0, before),
    )
    return db.scalars(wanted.order_by(Membership.id)).all()
