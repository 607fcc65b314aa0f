"""How a person comes to an account: added or proposed, accepted by them, activated."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit.events import Event, Outcome
from app.audit.service import record
from app.audit.targets import Target, describe
from app.authority import rules
from app.authority.acting import held_role
from app.authority.locks import lock_account
from app.authority.models import Membership
from app.authority.people import actor_in, as_member, people_who, role_book
from app.authority.queries import authorise, may
from app.authority.rules import Move
from app.authority.service.common import (
    end,
    lock_membership,
    program_of,
    refusal,
    require_adding,
    require_move,
    require_open_account,
    require_vacant,
    require_version,
    role_row,
    zone_of,
)
from app.authority.service.lapse import member_or_none
from app.authority.service.naming import ThreeData, counted, find_person
from app.authority.step_up import require_step_up
from app.authority.telling import tell
from app.base.days import last_moment, local_day
from app.base.db import apart, deed, now
from app.base.errors import Conflict, Invalid
from app.parties.models import Account, Person
from app.programs.actions import Action
from app.programs.limits import limits


def add_user(actor: int, account_id: int, given: ThreeData, role_code: str) -> int:
    """Offer a role to the person whom the three data name; return the membership's number.

    "Add a user by URN + family name + e-mail … the added person accepts; added by the owner:
    active then; by anyone else who may: waits for the owner" (issue 2 §4).

    Raises Refused when the actor may neither give nor propose the role, StepUpNeeded for the
    highest role, TooMany after too many wrong tries, Invalid ``no_match`` or ``already_user``.
    """
    # Before the count: an outsider spends nothing.
    about = _may_offer(actor, account_id, role_code)
    with counted(actor, about, given):
        try:
            return _offer(actor, account_id, given, role_code)
        except Invalid as problem:
            _record_failure(actor, about, role_code, problem)
            raise


@deed
def _may_offer(db: Session, actor: int, account_id: int, role_code: str) -> Target:
    account = lock_account(db, account_id)
    _authorise_offer(db, actor, account, role_code)
    return describe(account)


def _authorise_offer(db: Session, actor: int, account: Account, role_code: str) -> None:
    require_adding(account)
    authorise(db, actor, Action.USERS_ADD, account)
    require_open_account(account)
    book = role_book(db, account.program_id)
    role = role_row(db, account, role_code)
    if not rules.may_propose(book, actor_in(db, actor, account.id), role_code):
        raise refusal(Action.USERS_ADD, actor, account)
    require_vacant(db, account, role)
    if rules.needs_fresh_code(book, role_code):
        require_step_up(db)


@deed
def _offer(db: Session, actor: int, account_id: int, given: ThreeData, role_code: str) -> int:
    account = lock_account(db, account_id)
    moment = now(db)
    _authorise_offer(db, actor, account, role_code)
    person = find_person(db, given)
    if member_or_none(db, account, person.id, moment) is not None:
        raise Invalid({"": "already_user"})
    role = role_row(db, account, role_code)
    expires = last_moment(moment, limits().invitation.life, zone_of(account))
    row = Membership(
        person_id=person.id,
        account_id=account.id,
        program_id=account.program_id,
        role_code=role.code,
        exclusive=role.exclusive,
        required=role.required,
        status="offered",
        added_by=actor,
        offer_expires_at=expires,
    )
    db.add(row)
    db.flush()  # its address goes into the notice
    _record_offer(db, actor, row)
    if _is_accepted_first(account):
        by = db.get_one(Person, actor).full_name
        until = local_day(expires, zone_of(account))
        where = f"/offers/{row.id}"
        tell(db, person.id, "role_offered", account, path=where, role=role.code, by=by, until=until)
    else:
        _accepted(db, account, row, actor)
    return row.id


def _record_offer(db: Session, actor: int, row: Membership) -> None:
    book = role_book(db, row.program_id)
    given = rules.may_give(book, actor_in(db, actor, row.account_id), row.role_code)
    record(
        db,
        Event.MEMBERSHIP_OFFERED,
        actor=actor,
        target=row,
        changes={
            "person_id": row.person_id,
            "role": row.role_code,
            "status": row.status,
            "offer_expires_at": row.offer_expires_at,
            "proposed": not given,
        },
    )


def _record_failure(actor: int, account: Target, role_code: str, problem: Invalid) -> None:
    """Keep a failed try whatever becomes of the deed; the three data are not kept."""
    with apart() as db:
        record(
            db,
            Event.MEMBERSHIP_ADD_FAILED,
            actor=actor,
            target=account,
            role=held_role(db, actor, Action.USERS_ADD, account),
            changes={"reason": "; ".join(problem.errors.values()), "role": role_code},
            outcome=Outcome.FAILED,
        )


@deed
def accept_offer(db: Session, actor: int, membership_id: int) -> str:
    """Accept the role one was offered; return what the membership is now: active or waiting.

    Raises Refused for anybody else's offer, Conflict ``moved_on`` or ``lapsed``.
    """
    account, row = lock_membership(db, membership_id)
    authorise(db, actor, "membership.answer", row)
    require_move(Move.ACCEPT, row)
    require_open_account(account)
    if not rules.is_open(row.offer_expires_at, now(db)):
        raise Conflict("lapsed")
    _accepted(db, account, row, actor)
    return row.status


def _accepted(db: Session, account: Account, row: Membership, actor: int) -> None:
    """Make an accepted membership active or waiting, and tell who must know.

    ``actor`` is the added person, or who added them where the definition asks for no acceptance.
    """
    moment = now(db)
    status = _status_once_accepted(db, account, row)
    row.accepted_at = moment
    if status == "active":
        require_vacant(db, account, role_row(db, account, row.role_code))
        row.starts_at, row.activated_by = moment, row.added_by
    row.status = status
    record(
        db,
        Event.MEMBERSHIP_ACCEPTED,
        actor=actor,
        target=row,
        changes={
            "person_id": row.person_id,
            "role": row.role_code,
            "status": ("offered", row.status),
        },
    )
    _tell_accepted(db, account, row)


def _status_once_accepted(db: Session, account: Account, row: Membership) -> str:
    adder = row.added_by
    if adder is None:
        return "waiting"
    book, rule = role_book(db, account.program_id), program_of(account).users
    return rules.status_after_acceptance(
        adder_gives=rules.may_give(book, actor_in(db, adder, account.id), row.role_code),
        adder_activates=may(db, adder, Action.USERS_ACTIVATE, account),
        waits_for_activation=rule is None or rule.waits_for_activation,
    )


def _is_accepted_first(account: Account) -> bool:
    """Whether the person answers; so it was, too, where nobody is added any more."""
    rule = program_of(account).users
    return rule is None or rule.accepted_by_added_person


def _tell_accepted(db: Session, account: Account, row: Membership) -> None:
    person = db.get_one(Person, row.person_id).full_name
    users = f"/a/{account.id}/users"
    facts = {"role": row.role_code, "person": person}
    if row.status == "active":
        if not _is_accepted_first(account):
            home = f"/a/{account.id}/"
            tell(db, row.person_id, "role_activated", account, path=home, role=row.role_code)
        elif row.added_by is not None:
            tell(db, row.added_by, "role_accepted", account, path=users, **facts)
        return
    by = db.get_one(Person, row.added_by).full_name if row.added_by else person
    for owner in people_who(db, Action.USERS_ACTIVATE, account):
        tell(db, owner.id, "role_waiting", account, path=users, by=by, **facts)


@deed
def decline_offer(db: Session, actor: int, membership_id: int) -> None:
    """Decline the role one was offered. Raises Refused, and Conflict ``moved_on``.

    A late refusal is taken too: it says nothing that silence did not.
    """
    account, row = lock_membership(db, membership_id)
    authorise(db, actor, "membership.answer", row)
    require_move(Move.DECLINE, row)
    before = row.status
    end(row, "declined", now(db))
    record(
        db,
        Event.MEMBERSHIP_DECLINED,
        actor=actor,
        target=row,
        changes={
            "person_id": row.person_id,
            "role": row.role_code,
            "status": (before, row.status),
            "reason": row.end_reason,
        },
    )
    if row.added_by is not None:
        name = db.get_one(Person, actor).full_name
        users = f"/a/{account.id}/users"
        tell(
            db, row.added_by, "role_declined", account, path=users, role=row.role_code, person=name
        )


@deed
def activate(db: Session, actor: int, membership_id: int, version: int | None = None) -> None:
    """Open the access of a person who accepted and waits.

    "A newly added user must be activated by the owner before access works" (facts A2): who has
    the action ``users.activate`` and may give the role. Raises Refused, StepUpNeeded, Conflict.
    """
    account, row = lock_membership(db, membership_id)
    authorise(db, actor, Action.USERS_ACTIVATE, row)
    book = role_book(db, account.program_id)
    if not rules.may_manage(book, actor_in(db, actor, account.id), as_member(row)):
        raise refusal(Action.USERS_ACTIVATE, actor, row)
    require_version(row, version)
    require_move(Move.ACTIVATE, row)
    require_vacant(db, account, role_row(db, account, row.role_code))
    if rules.needs_fresh_code(book, row.role_code):
        require_step_up(db)
    row.status, row.starts_at, row.activated_by = "active", now(db), actor
    record(
        db,
        Event.MEMBERSHIP_ACTIVATED,
        actor=actor,
        target=row,
        changes={
            "person_id": row.person_id,
            "role": row.role_code,
            "status": ("waiting", "active"),
        },
    )
    home = f"/a/{account.id}/"
    tell(db, row.person_id, "role_activated", account, path=home, role=row.role_code)
