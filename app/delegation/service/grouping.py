"""Client groups of a provider: made, filled, deleted; their names are never used again."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.authority.locks import lock_account
from app.authority.models_delegation import Assignment, ClientGroup, GroupMember
from app.authority.queries import authorise
from app.base.db import deed, now, settle
from app.base.errors import Conflict, Invalid, NotFound
from app.base.text import fold_words
from app.delegation.people import is_employed
from app.delegation.service.common import require_open, rule_of
from app.parties.models import Account, Party
from app.programs.actions import Action

LONGEST_NAME: Final = 100


@deed
def make_group(db: Session, actor: int, account_id: int, name: str) -> int:
    """Make a client group; its number.

    “Group name unique even against deleted groups” (facts B7), accents and case apart. Raises
    NotFound, Refused; Invalid ``name`` ``empty``, ``too_long``, ``taken``.
    """
    account = lock_account(db, account_id)
    if not rule_of(account).groups:
        raise NotFound(f"{account.program.code} has no groups")
    authorise(db, actor, Action.CLIENTS_ASSIGN, account)
    require_open(account)
    plain = " ".join(name.split())
    if not fold_words(plain) or len(plain) > LONGEST_NAME:
        raise Invalid({"name": "too_long" if plain else "empty"}, most=LONGEST_NAME)
    _require_free(db, account, plain)
    party = Party(kind="group", name=plain)
    db.add(party)
    db.flush()
    group = ClientGroup(
        id=party.id, account_id=account.id, name_folded=fold_words(plain), made_by=actor
    )
    db.add(group)
    settle(db)
    record(db, Event.GROUP_MADE, actor=actor, target=group, changes={"name": plain})
    return group.id


def _require_free(db: Session, account: Account, name: str) -> None:
    taken = select(ClientGroup.id).where(
        ClientGroup.account_id == account.id, ClientGroup.name_folded == fold_words(name)
    )
    if db.scalars(taken).first() is not None:
        raise Invalid({"name": "taken"})


def _lock_group(db: Session, actor: int, group_id: int) -> tuple[Account, ClientGroup]:
    """The provider's account and its group, for who may assign. Raises Conflict if deleted."""
    seen = db.get(ClientGroup, group_id)
    if seen is None:
        raise NotFound(f"ClientGroup {group_id}")
    account = lock_account(db, seen.account_id)
    authorise(db, actor, Action.CLIENTS_ASSIGN, account)
    db.refresh(seen)  # every deed on a group has locked the account first
    if seen.deleted_at is not None:
        raise Conflict("moved_on")
    return account, seen


@deed
def join_group(db: Session, actor: int, group_id: int, person_id: int) -> None:
    """Put an employee in a group: they act for its clients at once.

    Raises NotFound, Refused, Conflict ``moved_on``; Invalid ``who`` ``unknown``.
    """
    account, group = _lock_group(db, actor, group_id)
    if not is_employed(db, person_id, account.id):
        raise Invalid({"who": "unknown"})
    if db.get(GroupMember, (group.id, person_id)) is not None:
        return
    db.add(GroupMember(group_id=group.id, person_id=person_id, added_by=actor))
    settle(db)
    changes = {"name": group.party.name, "person_id": person_id}
    record(db, Event.GROUP_JOINED, actor=actor, target=group, changes=changes)


@deed
def leave_group(db: Session, actor: int, group_id: int, person_id: int) -> None:
    """Take an employee out of a group, at once. Raises NotFound, Refused, Conflict ``moved_on``."""
    _account, group = _lock_group(db, actor, group_id)
    member = db.get(GroupMember, (group.id, person_id))
    if member is None:
        raise Conflict("moved_on")
    db.delete(member)
    settle(db)
    changes = {"name": group.party.name, "person_id": person_id}
    record(db, Event.GROUP_LEFT, actor=actor, target=group, changes=changes)


@deed
def delete_group(db: Session, actor: int, group_id: int) -> None:
    """Delete a group: who acted by it acts no more. Raises NotFound, Refused, Conflict."""
    _account, group = _lock_group(db, actor, group_id)
    db.execute(delete(Assignment).where(Assignment.group_id == group.id))
    db.execute(delete(GroupMember).where(GroupMember.group_id == group.id))
    group.deleted_at = now(db)
    settle(db)
    record(db, Event.GROUP_DELETED, actor=actor, target=group, changes={"name": group.party.name})
