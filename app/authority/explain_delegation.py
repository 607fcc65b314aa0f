"""The chain from a person to an account that another business lets act: link by link, with dates.

The same facts as ``app.authority.delegated``, read one by one so that each can be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, scoped_session

from app.authority.links import (
    GRANTED,
    Link,
    dates_of,
    first,
    not_granted,
    open_,
    state_of,
    status_of,
)
from app.authority.models import Membership
from app.authority.models_delegation import Assignment, ClientGroup, Delegation, GroupMember
from app.base.db import now
from app.parties.models import Account, Person
from app.programs.actions import Action
from app.programs.models import LevelAction, RoleAction

Db = Session | scoped_session[Session]


@dataclass(frozen=True)
class Asked:
    """Whether this person may do this action on an account, or on one part of it.

    ``about``: whether the action is about the row at all · ``anywhere``: whether any part of the
    account grants it.
    """

    db: Db
    person: Person
    action: str
    account: Account
    part: int | None
    about: bool
    anywhere: bool

    @cached_property
    def moment(self) -> datetime:
        """The database's clock."""
        return now(self.db)

    def reach(self, row: Membership | Delegation) -> str:
        """Missing when the row is of another part of the account."""
        reaches = self.anywhere or row.program_account_id in {None, self.part}
        return "" if reaches else "part"

    def level_grants(self, program_id: int, level: str) -> bool:
        """Whether a level, or an acting role, is granted the action."""
        return self.db.get(LevelAction, (program_id, level, self.action)) is not None


def delegated(asked: Asked, seen: Callable[[Delegation], bool]) -> list[Link]:
    """Each way by which the person comes to each of the account's delegations."""
    wanted = select(Delegation).where(Delegation.account_id == asked.account.id)
    return [
        _link(asked, act, ways, is_seen=seen)
        for act in asked.db.scalars(wanted.order_by(Delegation.id))
        for ways in _ways(asked, act)
    ]


def _link(
    asked: Asked, act: Delegation, ways: Sequence[Link], is_seen: Callable[[Delegation], bool]
) -> Link:
    why = first(
        not_granted(asked.about and asked.level_grants(act.program_id, act.level)),
        status_of(act.state),
        dates_of(act, asked.moment),
        asked.reach(act),
        "" if is_seen(act) else "not_seen",
    )
    here = Link("delegation", act.id, act.level, why, act.starts_at, act.ends_at)
    lacks = first(open_(asked.account), state_of(asked.person))
    chain = (*ways, here, Link("account", asked.account.id, "", lacks))
    broken = next((link.why for link in chain if link.why != GRANTED), GRANTED)
    return Link("delegation", act.id, act.level, broken, act.starts_at, act.ends_at, chain)


def _ways(asked: Asked, act: Delegation) -> Iterator[Sequence[Link]]:
    """As the delegate, for every client, and by each assignment of the person or their groups."""
    if act.delegate_id == asked.person.id:
        yield ()
    employed = _employed(asked, act)
    yield from ([link] for row, link in employed if _for_all(asked, row))
    works = _best([link for _, link in employed], act)
    for put in _assignments(asked, act):
        yield [works, *_put(asked, act, put)]


def _employed(asked: Asked, act: Delegation) -> list[tuple[Membership, Link]]:
    """The person's memberships of the delegate's account in the program, with what each lacks."""
    wanted = (
        select(Membership, Account)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.person_id == asked.person.id,
            Account.party_id == act.delegate_id,
            Account.program_id == act.program_id,
        )
    )
    found = []
    for row, office in asked.db.execute(wanted.order_by(Membership.id)):
        why = first(status_of(row.status), dates_of(row, asked.moment), open_(office))
        link = Link("membership", row.id, row.role_code, why, row.starts_at, row.ends_at)
        found.append((row, link))
    return found


def _for_all(asked: Asked, row: Membership) -> bool:
    """Whether the membership's role acts for every client of its account."""
    key = (row.program_id, row.role_code, Action.CLIENTS_ALL)
    return row.program_account_id is None and asked.db.get(RoleAction, key) is not None


def _best(employed: Sequence[Link], act: Delegation) -> Link:
    """The membership that counts, else the last one, else that there is none."""
    counts = [link for link in employed if link.why == GRANTED]
    none = Link("membership", act.delegate_id, "", "not_employed")
    return next(iter(counts or employed[-1:]), none)


def _assignments(asked: Asked, act: Delegation) -> Sequence[Assignment]:
    groups = select(GroupMember.group_id).where(GroupMember.person_id == asked.person.id)
    wanted = select(Assignment).where(
        Assignment.delegation_id == act.id,
        or_(Assignment.person_id == asked.person.id, Assignment.group_id.in_(groups)),
    )
    return asked.db.scalars(wanted.order_by(Assignment.id)).all()


def _put(asked: Asked, act: Delegation, put: Assignment) -> Iterator[Link]:
    """The group, if it is by one, and the assignment with its acting role."""
    if put.group_id is not None:
        group = asked.db.get(ClientGroup, put.group_id)
        lacks = "deleted" if group is None or group.deleted_at is not None else ""
        name = "" if group is None else group.party.name
        yield Link("group", put.group_id, name, first(lacks))
    grants = asked.level_grants(act.program_id, put.level)
    why = "" if grants else "acting_not_granted"
    yield Link("assignment", put.id, put.level, first(why), put.assigned_at)
