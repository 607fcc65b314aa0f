"""Why a person may, or may not, do something with a row: what grants it, or what is missing.

The same facts as the predicate, read one by one, so that each can be shown. A property test holds
the two together: `explain` has a granted link exactly when ``may`` is true.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import inspect, literal, select
from sqlalchemy.orm import Session, scoped_session

from app.authority import rules
from app.authority.explain_delegation import Asked, delegated
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
from app.authority.models import Membership, StaffAssignment
from app.authority.models_delegation import Delegation
from app.authority.people import actor_in, as_member, role_book
from app.authority.scopes import Scope, scope_of
from app.base.db import now
from app.parties.models import Account, Person
from app.programs.actions import Action
from app.programs.models import RoleAction, StaffRoleAction
from app.programs.rules.roles import ON_USERS

__all__ = ["GRANTED", "Bounds", "Link", "bounds", "explain", "explain_deed"]

Db = Session | scoped_session[Session]

_ON_A_USER: Final[Mapping[str, Callable[[rules.RoleBook, rules.Actor, rules.Member], bool]]] = {
    Action.USERS_MODIFY: rules.may_edit_contact,
    Action.USERS_ACTIVATE: rules.may_manage,
}
"""What the deeds on a user ask beyond the action: the least that each of them needs."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the target stands: its account, the part of it, its program, its owner, who acts."""

    account_id: int | None
    part: int | None
    program_id: int | None
    owner_id: int | None
    delegate_id: int | None


def explain(db: Db, person_id: int, action: str, target: Any) -> list[Link]:
    """Every row that ties the person to the target, with what it lacks for ``action``."""
    person = db.get_one(Person, person_id)
    scope = scope_of(type(target))
    place = _place(db, scope, target)
    if action.startswith("staff."):
        return _posts(db, person, action, place, scope=scope, target=target)
    links: list[Link] = []
    account = _account(db, scope, place, action)
    if account is not None:
        about = _is_about(db, scope, action, target)
        anywhere = action in scope.anywhere
        part = None if scope.of_provider(action) else place.part
        asked = Asked(db, person, action, account, part, about=about, anywhere=anywhere)
        links += _memberships(asked)
        if not scope.of_provider(action):
            links += delegated(asked, lambda act: _is_seen(db, scope, act, target))
    if place.owner_id == person_id:
        granted = action in scope.own_actions
        lacks = (not_granted(granted), state_of(person))
        links.append(Link("own", person_id, "", first(*lacks)))
    return links


def _account(db: Db, scope: Scope, place: _Place, action: str) -> Account | None:
    """Whose roles decide: the account's own, or those of the business that acts for it."""
    if not scope.of_provider(action):
        return None if place.account_id is None else db.get_one(Account, place.account_id)
    wanted = select(Account).where(
        Account.party_id == place.delegate_id, Account.program_id == place.program_id
    )
    return db.scalars(wanted).one_or_none()


def _is_seen(db: Db, scope: Scope, act: Delegation, target: Any) -> bool:
    """Whether the delegation's switches let this very row through."""
    if scope.seen is None:
        return True
    state = inspect(target)
    column = inspect(state.mapper.class_).primary_key[0]
    wanted = (
        select(literal(1))
        .select_from(state.mapper.class_)
        .join(Delegation, Delegation.id == act.id)
        .where(column == state.identity[0], scope.seen(Delegation))
    )
    return db.execute(wanted).first() is not None


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
    if all(role.code in given for role in book.by_rank() if not role.only_moves):
        return None
    offered = rules.roles_to_offer(book, actor)
    return Bounds(given, tuple(code for code in offered if code not in given))


def _place(db: Db, scope: Scope, target: Any) -> _Place:
    """Read the target's own columns of its scope: whichever expressions they are."""
    state = inspect(target)
    columns = (scope.account, scope.part, scope.program, scope.owner, scope.delegate)
    asked = select(*(literal(None) if column is None else column for column in columns))
    key = inspect(type(target)).primary_key[0]
    found: Any = db.execute(asked.select_from(type(target)).where(key == state.identity[0])).one()
    return _Place(*found)


def _memberships(asked: Asked) -> list[Link]:
    held = select(Membership).where(
        Membership.person_id == asked.person.id, Membership.account_id == asked.account.id
    )
    return [_membership(asked, row) for row in asked.db.scalars(held.order_by(Membership.id))]


def _membership(asked: Asked, row: Membership) -> Link:
    cell = asked.db.get(RoleAction, (row.program_id, row.role_code, asked.action))
    why = first(
        not_granted(asked.about and cell is not None),
        status_of(row.status),
        dates_of(row, asked.moment),
        asked.reach(row),
        open_(asked.account),
        state_of(asked.person),
    )
    return Link("membership", row.id, row.role_code, why, row.starts_at, row.ends_at)


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
        why = first(
            not_granted(granted),
            dates_of(post, moment),
            "" if here else "elsewhere",
            state_of(person),
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
