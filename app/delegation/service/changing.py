"""What was given is changed or ended, by the client or by the provider, at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.models_delegation import Assignment, Delegation
from app.authority.queries import authorise
from app.authority.step_up import require_step_up
from app.base.days import local_day
from app.base.db import deed, now, settle
from app.base.errors import Conflict, Invalid
from app.delegation.rules.terms import Terms, faults, reached
from app.delegation.service.answering import make_rows, put_terms, taken_by
from app.delegation.service.common import (
    cleaned_reason,
    giver_in,
    level_facts,
    lock_delegation,
    program_of,
    require_another,
    require_same,
    rule_of,
    tell_client,
    tell_provider,
    told_of,
)
from app.parties.models import Account, Person
from app.programs.actions import Action

CHANGED = "changed"
"""The reason of a delegation that another one took the place of."""


@deed
def change_delegation(
    db: Session, actor: int, delegation_id: int, terms: Terms, version: int | None = None
) -> list[int]:
    """Give the third party other terms, from now on; the numbers of the delegations that stand.

    Program accounts that the terms name and that it had not are added, with the same people on
    them; the delegation's own, where they do not name it, is ended. Raises NotFound, Refused,
    StepUpNeeded, Conflict ``stale``, ``moved_on``; Invalid as ``faults`` says.
    """
    account, provider, row = lock_delegation(db, delegation_id)
    authorise(db, actor, Action.DELEGATIONS_ANSWER, row)
    require_another(db, actor, provider, row)
    require_same(row, version)
    _require_active(row)
    moment = now(db)
    today = local_day(moment, program_of(account).zone)
    taken = taken_by(db, account, provider) - {row.program_account_id}
    wrong = faults(_begun(terms, row, account, moment), giver_in(db, actor, account),
                   rule_of(account), today, taken)  # fmt: skip
    if wrong:
        raise Invalid(wrong)
    require_step_up(db)
    before = told_of(db, row)
    wanted = reached(terms, rule_of(account))
    stays = row.program_account_id in wanted
    if stays:
        _rewrite(row, terms, account, moment)
    else:
        _close_row(row, actor, CHANGED, moment)
    db.flush()
    new = _add_parts(db, actor, account, provider, row, terms, moment)
    _tell_changed(db, actor, account, provider, row)
    settle(db)
    _record_changed(db, actor, row, before, stays=stays)
    for made in new:
        record(db, Event.DELEGATION_MADE, actor=actor, target=made, changes=told_of(db, made))
    return [one.id for one in ([row] if stays else []) + new]


def _begun(terms: Terms, row: Delegation, account: Account, moment: datetime) -> Terms:
    """The terms without a beginning that is over: it stays what it was."""
    if row.starts_at is None or row.starts_at > moment or terms.starts is None:
        return terms
    same = local_day(row.starts_at, program_of(account).zone) == terms.starts
    return without_start(terms) if same else terms


def without_start(terms: Terms) -> Terms:
    """The same, from at once."""
    return replace(terms, starts=None)


def _rewrite(row: Delegation, terms: Terms, account: Account, moment: datetime) -> None:
    begun = row.starts_at if row.starts_at is not None and row.starts_at <= moment else None
    today = local_day(moment, program_of(account).zone)
    reminded, ends = row.reminded, row.ends_at
    put_terms(row, terms, account, today)
    if row.starts_at is None:
        row.starts_at = begun
    if row.ends_at == ends:
        row.reminded = reminded


def _add_parts(
    db: Session,
    actor: int,
    account: Account,
    provider: Account,
    row: Delegation,
    terms: Terms,
    moment: datetime,
) -> list[Delegation]:
    """Delegations for the parts that are new, with the people of this one on each."""
    rule = rule_of(account)
    more = frozenset(part for part in reached(terms, rule) if part is not None)
    if rule.levels[terms.level].reach == "account":
        if row.program_account_id is None:
            return []
        made = make_rows(db, actor, account, provider, terms, moment, request_id=row.request_id)
    else:
        rest = more - {row.program_account_id}
        if not rest:
            return []
        made = make_rows(
            db, actor, account, provider, replace(terms, parts=rest), moment,
            request_id=row.request_id,
        )  # fmt: skip
    _copy_people(db, row, made)
    return made


def _copy_people(db: Session, row: Delegation, made: list[Delegation]) -> None:
    put_on = db.scalars(select(Assignment).where(Assignment.delegation_id == row.id)).all()
    db.add_all(
        Assignment(
            delegation_id=new.id,
            person_id=one.person_id,
            group_id=one.group_id,
            level=one.level,
            assigned_by=one.assigned_by,
        )
        for new in made
        for one in put_on
    )
    db.flush()


@deed
def end_delegation(
    db: Session, actor: int, delegation_id: int, reason: str, version: int | None = None
) -> None:
    """The client takes back what it gave: the third party's next click finds nothing.

    “revocable any time, effect immediate” (facts B5). Raises NotFound, Refused, Conflict
    ``stale``, ``moved_on``; Invalid ``reason``.
    """
    account, provider, row = lock_delegation(db, delegation_id)
    authorise(db, actor, Action.DELEGATIONS_ANSWER, row)
    _end_it(db, actor, account, provider, row, reason, version)


@deed
def give_up(
    db: Session, actor: int, delegation_id: int, reason: str, version: int | None = None
) -> None:
    """The provider acts for this client no more. Raises what ``end_delegation`` raises."""
    account, provider, row = lock_delegation(db, delegation_id)
    authorise(db, actor, Action.CLIENTS_ASK, provider)
    _end_it(db, actor, account, provider, row, reason, version)


def _end_it(
    db: Session,
    actor: int,
    account: Account,
    provider: Account,
    row: Delegation,
    reason: str,
    version: int | None,
) -> None:
    require_same(row, version)
    _require_active(row)
    told = cleaned_reason(reason)
    _close_row(row, actor, told, now(db))
    db.flush()
    by = db.get_one(Person, actor).full_name
    parts = [row.program_account_id]
    names = {"provider": provider.party.name}
    tell_client(db, account, parts, "third_party_ended", by=by, reason=told, **names)
    tell_provider(db, provider, "client_ended", client=account.party.name, reason=told)
    settle(db)
    record_ended(db, actor, row, told)


def _require_active(row: Delegation) -> None:
    if row.state != "active":
        raise Conflict("moved_on")


def _close_row(row: Delegation, actor: int | None, reason: str, moment: datetime) -> None:
    row.state, row.ended_at, row.ended_by, row.end_reason = "ended", moment, actor, reason


def record_ended(db: Session, actor: int | None, row: Delegation, typed: str | None) -> None:
    """Write an end to the trail; what was typed as its reason may be erased there."""
    told = told_of(db, row)
    record(
        db,
        Event.DELEGATION_ENDED,
        actor=actor,
        target=row,
        changes={name: told[name] for name in ("party_id", "level", "program_account")},
        personal={"reason_given": typed} if typed else None,
    )


def _record_changed(
    db: Session, actor: int, row: Delegation, before: dict[str, object], *, stays: bool
) -> None:
    if not stays:
        record_ended(db, actor, row, None)
        return
    after = told_of(db, row)
    changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    changes["party_id"] = (None, row.delegate_id)
    record(db, Event.DELEGATION_CHANGED, actor=actor, target=row, changes=changes)


def _tell_changed(
    db: Session, actor: int, account: Account, provider: Account, row: Delegation
) -> None:
    level = level_facts(rule_of(account), row.level)
    by = db.get_one(Person, actor).full_name
    parts = [row.program_account_id]
    tell_client(
        db, account, parts, "third_party_changed",
        provider=provider.party.name, title=level, by=by,
    )  # fmt: skip
    tell_provider(db, provider, "client_changed", client=account.party.name, title=level)
