"""The provider chooses who of it acts for which client: employees by name, or a client group."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.models_delegation import Assignment, ClientGroup, Delegation
from app.authority.queries import authorise
from app.authority.telling import tell
from app.base.db import deed, settle
from app.base.errors import Conflict, Invalid, NotFound
from app.delegation.people import is_employed
from app.delegation.rules.terms import covers
from app.delegation.service.common import lock_delegation, rule_of, said
from app.parties.models import Account
from app.programs.actions import Action


class Assignee(NamedTuple):
    """An employee, or a group of them: one of the two."""

    person_id: int | None = None
    group_id: int | None = None


@deed
def assign(db: Session, actor: int, delegation_id: int, who: Assignee, acting: str) -> int:
    """Put an employee or a group on a client, as what they act there; the assignment's number.

    Whoever is on it already acts as this from now on. “grants own employees on that program”
    (facts B1). Raises NotFound, Refused, Conflict ``moved_on``; Invalid ``who`` ``unknown``,
    ``acting`` ``unknown`` for what the client's level does not cover.
    """
    account, provider, row = lock_delegation(db, delegation_id)
    authorise(db, actor, Action.CLIENTS_ASSIGN, row)
    if row.state != "active":
        raise Conflict("moved_on")
    _require_ours(db, provider, who)
    rule = rule_of(provider)
    if acting not in rule.acting or not covers(rule.levels[row.level], rule.acting[acting]):
        raise Invalid({"acting": "unknown"})
    kept = _assignment(db, row, who)
    if kept is not None and kept.level == acting:
        return kept.id
    if kept is None:
        kept = Assignment(delegation_id=row.id, person_id=who.person_id, group_id=who.group_id)
        db.add(kept)
    kept.level, kept.assigned_by = acting, actor
    db.flush()
    if who.person_id is not None:
        title = said(rule.acting[acting].label)
        client = account.party.name
        tell(
            db, who.person_id, "client_assigned", provider,
            path="/businesses", client=client, title=title,
        )  # fmt: skip
    settle(db)
    record(db, Event.CLIENT_ASSIGNED, actor=actor, target=row, changes=_told(db, kept))
    return kept.id


def _require_ours(db: Session, provider: Account, who: Assignee) -> None:
    """An employee of the provider, or a group of it that was not deleted."""
    if who.person_id is not None and is_employed(db, who.person_id, provider.id):
        return
    group = db.get(ClientGroup, who.group_id) if who.group_id is not None else None
    if group is None or group.account_id != provider.id or group.deleted_at is not None:
        raise Invalid({"who": "unknown"})


def _assignment(db: Session, row: Delegation, who: Assignee) -> Assignment | None:
    wanted = select(Assignment).where(
        Assignment.delegation_id == row.id,
        Assignment.person_id == who.person_id
        if who.person_id is not None
        else Assignment.group_id == who.group_id,
    )
    return db.scalars(wanted).unique().one_or_none()


@deed
def unassign(db: Session, actor: int, delegation_id: int, assignment_id: int) -> None:
    """Take an employee or a group off a client, at once.

    Raises NotFound, Refused, Conflict ``moved_on``.
    """
    _account, _provider, row = lock_delegation(db, delegation_id)
    authorise(db, actor, Action.CLIENTS_ASSIGN, row)
    kept = db.get(Assignment, assignment_id)
    if kept is None or kept.delegation_id != row.id:
        raise NotFound(f"Assignment {assignment_id}")
    told = _told(db, kept)
    db.delete(kept)
    settle(db)
    record(db, Event.CLIENT_UNASSIGNED, actor=actor, target=row, changes=told)


def _told(db: Session, kept: Assignment) -> dict[str, object]:
    group = db.get(ClientGroup, kept.group_id) if kept.group_id is not None else None
    named = {"name": group.party.name} if group is not None else {"person_id": kept.person_id}
    return {**named, "acting": kept.level}
