"""Why a person may, or may not, do something with a row: what grants it, or what is missing.

The same facts as the predicate, read one by one, so that each can be shown. A property test holds
the two together: `explain` has a granted link exactly when ``may`` is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import inspect, literal, or_, select
from sqlalchemy.orm import Session, scoped_session

from app.authority import rules
from app.authority.models import Membership, StaffAssignment
from app.authority.models_delegation import Assignment, Delegation, GroupMember
from app.authority.people import actor_in, as_member, role_book
from app.authority.scopes import Scope, scope_of
from app.base.db import now
from app.parties.models import Account, Person
from app.programs.actions import Action
from app.programs.models import LevelAction, RoleAction, StaffRoleAction
from app.programs.rules.roles import ON_USERS

Db = Session | scoped_session[Session]
GRANTED = "granted"

_ON_A_USER: Final[Mapping[str, Callable[[rules.RoleBook, rules.Actor, rules.Member], bool]]] = {
    Action.USERS_MODIFY: rules.may_edit_contact,
    Action.USERS_ACTIVATE: rules.may_manage,
}
"""What the deeds on a user ask beyond the action: the least that each of them needs."""


@dataclass(frozen=True, slots=True)
class Link:
    """One row that could grant the right.

    ``kind`` is *membership*, *delegation*, *post* (a staff assignment) or *own* (the row belongs
    to the person); ``name`` its role, level or kind of staff. ``why`` is *granted*, or what is
    missing: *not_granted* (the role lacks the action), *role_not_given* (it has the action, and
    does not give the role of this user), the row's own status, *not_begun*, *expired*, *part*
    (only a part of the account), *elsewhere* (another program), *closed* (the account), or the
    person's state.
    """

    kind: str
    id: int
    name: str
    why: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the target stands: its account, the part of it, its program, its owner."""

    account_id: int | None
    part: int | None
    program_id: int | None
    owner_id: int | None


def explain(db: Db, person_id: int, action: str, target: Any) -> list[Link]:
    """Every row that ties the person to the target, with what it lacks for ``action``."""
    person = db.get_one(Person, person_id)
    scope = scope_of(type(target))
    place = _place(db, scope, target)
    if action.startswith("staff."):
        return _posts(db, person, action, place, scope=scope, target=target)
    links: list[Link] = []
    about = _is_about(db, scope, action, target)
    if place.account_id is not None:
        account = db.get_one(Account, place.account_id)
        moment = now(db)
        around = (_account(account), _person(person))
        for row in _memberships(db, person, account):
            cell = db.get(RoleAction, (row.program_id, row.role_code, action))
            granted = about and cell is not None
            lacks = (_status(row.status), _dates(row, moment), _reach(row, place), *around)
            why = _first(_granted(granted), *lacks)
            links.append(Link("membership", row.id, row.role_code, why, row.starts_at, row.ends_at))
        for act in _delegations(db, person, account):
            granted = about and db.get(LevelAction, (act.program_id, act.level, action)) is not None
            lacks = (_status(act.state), _dates(act, moment), _reach(act, place), *around)
            why = _first(_granted(granted), *lacks)
            links.append(Link("delegation", act.id, act.level, why, act.starts_at, act.ends_at))
    if place.owner_id == person_id:
        granted = action in scope.own_actions
        links.append(Link("own", person_id, "", _first(_granted(granted), _person(person))))
    return links


def _is_about(db: Db, scope: Scope, action: str, target: Any) -> bool:
    """Whether the action is about this very row, whoever may do it."""
    if scope.about is None:
        return True
    state = inspect(target)
    column = inspect(state.mapper.class_).primary_key[0]
    wanted = select(literal(1)).where(column == state.identity[0], scope.about(action))
    return db.execute(wanted).first() is not None


def explain_deed(db: Db, person_id: int, action: str, target: Any) -> list[Link]:
    """The same for a deed: on a user it asks the rules on roles too, after the predicate."""
    links = explain(db, person_id, action, target)
    asked = _ON_A_USER.get(action)
    if asked is None or not isinstance(target, Membership):
        return links
    book = role_book(db, target.program_id)
    if asked(book, actor_in(db, person_id, target.account_id), as_member(target)):
        return links
    return [replace(link, why="role_not_given") if link.why == GRANTED else link for link in links]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The roles to which somebody's deeds on users are bound, from the highest."""

    given: tuple[str, ...]
    """They decide about users with these."""
    proposed: tuple[str, ...]
    """They only name people for these, and take back or correct what nobody decided yet."""


def bounds(db: Db, person_id: int, action: str, account: Account) -> Bounds | None:
    """Within which roles the person may do ``action`` on users of the account.

    None where there is no bound: the action is not about users, or they give every role that
    anybody gives.
    """
    if action not in ON_USERS:
        return None
    book = role_book(db, account.program_id)
    actor = actor_in(db, person_id, account.id)
    given = tuple(rules.roles_to_give(book, actor))
    if all(role.code in given for role in book.by_rank() if not role.required):
        return None
    offered = rules.roles_to_offer(book, actor)
    return Bounds(given, tuple(code for code in offered if code not in given))


def _place(db: Db, scope: Scope, target: Any) -> _Place:
    """Read the target's own columns of its scope: whichever expressions they are."""
    state = inspect(target)
    columns = (scope.account, scope.part, scope.program, scope.owner)
    asked = select(*(literal(None) if column is None else column for column in columns))
    key = inspect(type(target)).primary_key[0]
    found: Any = db.execute(asked.select_from(type(target)).where(key == state.identity[0])).one()
    return _Place(*found)


def _memberships(db: Db, person: Person, account: Account) -> list[Membership]:
    held = select(Membership).where(
        Membership.person_id == person.id, Membership.account_id == account.id
    )
    return list(db.scalars(held.order_by(Membership.id)))


def _delegations(db: Db, person: Person, account: Account) -> list[Delegation]:
    groups = select(GroupMember.group_id).where(GroupMember.person_id == person.id)
    assigned = (
        select(Assignment.delegation_id)
        .where(or_(Assignment.person_id == person.id, Assignment.group_id.in_(groups)))
        .scalar_subquery()
    )
    wanted = select(Delegation).where(
        Delegation.account_id == account.id, Delegation.id.in_(assigned)
    )
    return list(db.scalars(wanted.order_by(Delegation.id)))


def _posts(
    db: Db, person: Person, action: str, place: _Place, *, scope: Scope, target: Any
) -> list[Link]:
    moment = now(db)
    held = select(StaffAssignment).where(StaffAssignment.person_id == person.id)
    reached = _reached(db, person, action, scope, target)
    links = []
    for post in db.scalars(held.order_by(StaffAssignment.id)):
        granted = db.get(StaffRoleAction, (post.staff_role, action)) is not None
        here = reached if scope.staff is not None else post.program_id == place.program_id
        why = _first(
            _granted(granted),
            _dates(post, moment),
            "" if here else "elsewhere",
            _person(person),
        )
        links.append(Link("post", post.id, post.staff_role, why, post.starts_at, post.ends_at))
    return links


def _reached(db: Db, person: Person, action: str, scope: Scope, target: Any) -> bool:
    """Whether the scope's own staff clause lets the person come to the row."""
    if scope.staff is None:
        return False
    key = inspect(type(target)).primary_key[0]
    asked = (
        select(literal(1))
        .select_from(type(target))
        .where(key == inspect(target).identity[0], scope.clause(person.id, action))
    )
    return db.execute(asked.limit(1)).first() is not None


def _first(*lacks: str) -> str:
    return next((lack for lack in lacks if lack), GRANTED)


def _granted(granted: bool) -> str:
    return "" if granted else "not_granted"


def _status(status: str) -> str:
    return "" if status == "active" else status


def _dates(row: Membership | Delegation | StaffAssignment, moment: datetime) -> str:
    if row.starts_at is not None and row.starts_at > moment:
        return "not_begun"
    return "expired" if row.ends_at is not None and row.ends_at <= moment else ""


def _reach(row: Membership | Delegation, place: _Place) -> str:
    return "" if row.program_account_id in {None, place.part} else "part"


def _account(account: Account) -> str:
    return "" if account.state == "authorised" else "closed"


def _person(person: Person) -> str:
    return "" if person.state == "active" else person.state
