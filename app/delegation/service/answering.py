"""The client answers a request: it chooses how far the third party may go, or refuses."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.audit.targets import describe
from app.authority.models_delegation import Delegation, DelegationRequest
from app.authority.queries import authorise
from app.authority.step_up import require_step_up
from app.base.days import local_day
from app.base.db import deed, now, settle
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.delegation.models import ClientAsk
from app.delegation.opening import closed_until
from app.delegation.rules.days import beginning, ending, passed
from app.delegation.rules.terms import Giver, Terms, faults, reached
from app.delegation.service.common import (
    account_of,
    cleaned_reason,
    giver_in,
    level_facts,
    lock_both,
    program_of,
    require_another,
    require_open,
    require_same,
    rule_of,
    tell_client,
    tell_provider,
    told_of,
)
from app.parties.models import Account, Person, ProgramAccount
from app.programs.actions import Action


@deed
def approve_request(
    db: Session, actor: int, request_id: int, terms: Terms, version: int | None = None
) -> list[int]:
    """Let the third party act on these terms; the numbers of the delegations, one a part.

    “the client's BAM or PAM answers … Approve / Reject” (facts B5). Raises NotFound, Refused
    (also for one's own request or company), StepUpNeeded, Conflict ``stale``, ``moved_on``,
    ``closed``, ``too_early`` in the first days after enrolment by shared facts; Invalid as
    ``faults`` says.
    """
    account, provider, request, giver = _open_request(db, actor, request_id, version)
    if request.asked_by == actor:
        raise Refused(Action.DELEGATIONS_ANSWER, "own", person_id=actor, target=describe(request))
    require_another(db, actor, provider, request)
    require_open(provider)
    moment = now(db)
    until = closed_until(db, account)
    if until is not None and moment <= until:
        raise Conflict("too_early")
    today = local_day(moment, program_of(account).zone)
    taken = taken_by(db, account, provider)
    if wrong := faults(terms, giver, rule_of(account), today, taken):
        raise Invalid(wrong)
    require_step_up(db)
    rows = make_rows(db, actor, account, provider, terms, moment, request_id=request.id)
    _settle_request(db, request, "approved", actor, moment)
    _tell_approved(db, actor, account, provider, rows)
    settle(db)
    for row in rows:
        record(db, Event.DELEGATION_MADE, actor=actor, target=row, changes=told_of(db, row))
    return [row.id for row in rows]


def taken_by(db: Session, account: Account, provider: Account) -> frozenset[int]:
    """The program accounts for which the third party acts already."""
    wanted = select(Delegation.program_account_id).where(
        Delegation.account_id == account.id,
        Delegation.delegate_id == provider.party_id,
        Delegation.state == "active",
        Delegation.program_account_id.is_not(None),
    )
    return frozenset(part for part in db.scalars(wanted) if part is not None)


def make_rows(
    db: Session,
    actor: int,
    account: Account,
    provider: Account,
    terms: Terms,
    moment: datetime,
    *,
    request_id: int | None,
) -> list[Delegation]:
    """One delegation for each part that the terms reach, inside the caller's deed."""
    rows = [
        Delegation(
            account_id=account.id,
            program_id=account.program_id,
            program_account_id=part,
            delegate_id=provider.party_id,
            made_by=actor,
            made_at=moment,
            request_id=request_id,
        )
        for part in reached(terms, rule_of(account))
    ]
    for row in rows:
        put_terms(row, terms, account, local_day(moment, program_of(account).zone))
    db.add_all(rows)
    db.flush()
    return rows


def put_terms(row: Delegation, terms: Terms, account: Account, today: date) -> None:
    """Write the terms on a delegation; what has begun keeps its beginning."""
    program = program_of(account)
    row.level = terms.level
    row.sees_own, row.sees_client = terms.sees_own, terms.sees_client
    row.sees_others = terms.sees_others
    row.starts_at = beginning(terms.starts, today, program.zone)
    row.ends_at = ending(terms.ends, program.zone)
    row.reminded = passed(rule_of(account).reminders, terms.ends, today)


@deed
def refuse_request(
    db: Session, actor: int, request_id: int, reason: str, version: int | None = None
) -> None:
    """Refuse a request, with a reason that the provider is told.

    Raises NotFound, Refused, Conflict ``stale``, ``moved_on``; Invalid ``reason``.
    """
    account, provider, request, _giver = _open_request(db, actor, request_id, version)
    told = cleaned_reason(reason)
    request.reason = told
    _settle_request(db, request, "refused", actor, now(db))
    tell_provider(db, provider, "client_refused", client=account.party.name, reason=told)
    settle(db)
    record(
        db,
        Event.DELEGATION_REFUSED,
        actor=actor,
        target=request,
        changes={"party_id": request.delegate_id},
        personal={"reason_given": told},
    )


def _open_request(
    db: Session, actor: int, request_id: int, version: int | None
) -> tuple[Account, Account, DelegationRequest, Giver]:
    """Lock both accounts and the request; let pass whoever may answer for any part."""
    seen = db.get(DelegationRequest, request_id)
    provider = account_of(db, seen.delegate_id, seen.program_id) if seen is not None else None
    if seen is None or provider is None:
        raise NotFound(f"DelegationRequest {request_id}")
    accounts = lock_both(db, seen.account_id, provider.id)
    account = accounts[seen.account_id]
    wanted = select(DelegationRequest).where(DelegationRequest.id == request_id)
    request = db.execute(
        wanted.with_for_update(key_share=True), execution_options={"populate_existing": True}
    ).scalar_one()
    giver = authorise_answer(db, actor, account, request)
    require_same(request, version)
    if request.state != "asked":
        raise Conflict("moved_on")
    return account, provider, request, giver


def authorise_answer(db: Session, actor: int, account: Account, target: DelegationRequest) -> Giver:
    """How far the actor may answer. Raises Refused for who answers for no part of the account."""
    giver = giver_in(db, actor, account)
    if giver.whole:
        authorise(db, actor, Action.DELEGATIONS_ANSWER, account)
    elif giver.parts:
        part = db.get_one(ProgramAccount, min(giver.parts))
        authorise(db, actor, Action.DELEGATIONS_ANSWER, part)
    else:
        raise Refused(Action.DELEGATIONS_ANSWER, person_id=actor, target=describe(target))
    return giver


def _settle_request(
    db: Session, request: DelegationRequest, state: str, actor: int, moment: datetime
) -> None:
    request.state, request.answered_by, request.answered_at = state, actor, moment
    wanted = select(ClientAsk).where(ClientAsk.request_id == request.id, ClientAsk.state == "asked")
    for ask in db.scalars(wanted.with_for_update()):
        ask.state, ask.settled_at = "answered", moment
    db.flush()


def _tell_approved(
    db: Session, actor: int, account: Account, provider: Account, rows: list[Delegation]
) -> None:
    level = level_facts(rule_of(account), rows[0].level)
    by = db.get_one(Person, actor).full_name
    parts = [row.program_account_id for row in rows]
    tell_client(
        db, account, parts, "third_party_approved",
        provider=provider.party.name, title=level, by=by,
    )  # fmt: skip
    tell_provider(db, provider, "client_approved", client=account.party.name, title=level)
