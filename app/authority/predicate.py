"""The one predicate: may this person do this action on this account, or this program's rows.

Every answer — ``authorise``, ``visible``, ``explain`` — is built from the three ways here, so they
cannot disagree. Time is the database's clock; nothing is cached but the shape of the question:
the parts of a query that never change are built once, since building them anew for each of a
page's questions cost more than asking them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
    any_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.authority.delegated import acting, grant, grant_cell, granting, takes_part
from app.authority.effective import Clause, Expression, live, reaches, within
from app.authority.held import (
    employments,
    holding,
    in_business_of,
    member,
    member_cell,
    memberships,
    roles,
)
from app.authority.models import StaffAssignment
from app.programs.models import StaffRoleAction

__all__ = [
    "Clause",
    "Expression",
    "Seen",
    "by_delegation",
    "by_membership",
    "by_part",
    "by_staff",
    "delegations",
    "employments",
    "granted",
    "in_business_of",
    "levels",
    "live",
    "memberships",
    "on_account",
    "posts",
    "roles",
    "through",
    "within",
]

Seen = Callable[[Any], Clause]
"""Of an account's rows, those that a delegation lets through: by its delegate and switches."""

_post = aliased(StaffAssignment, name="post")
_post_cell = aliased(StaffRoleAction, name="post_cell")

# Staff assignments that hold now, with what their kind may do.
_posts = (
    select(1)
    .select_from(_post)
    .join(_post_cell, _post_cell.staff_role == _post.staff_role)
    .where(within(_post.starts_at, _post.ends_at))
    .correlate_except(_post, _post_cell)
)


def delegations(
    person_id: int,
    action: str,
    account_id: Expression | int,
    part: Expression | None = None,
    *,
    anywhere: bool = False,
) -> tuple[Any, Select[Any]]:
    """The account's active delegations through which the person may do the action; their alias.

    Both the delegation's level and the person's acting role must be granted it.
    """
    return grant, granting.where(
        grant.account_id == account_id,
        grant_cell.action_code == action,
        reaches(grant, part, anywhere=anywhere),
        takes_part(person_id),
        live(person_id),
    )


def posts(person_id: int, action: str) -> tuple[Any, Select[Any]]:
    """The person's staff assignments that hold now, of a kind granted the action; their alias."""
    return _post, _posts.where(
        _post.person_id == person_id, _post_cell.action_code == action, live(person_id)
    )


def by_membership(
    person_id: int,
    action: str,
    account_id: Expression | int,
    part: Expression | None = None,
    *,
    anywhere: bool = False,
) -> Clause:
    """The person has an effective membership granted the action."""
    return exists(memberships(person_id, action, account_id, part, anywhere=anywhere)[1])


def by_delegation(
    person_id: int,
    action: str,
    account_id: Expression | int,
    part: Expression | None = None,
    *,
    anywhere: bool = False,
    seen: Seen | None = None,
) -> Clause:
    """The person acts by a delegation granted the action, which lets the row through."""
    act, found = delegations(person_id, action, account_id, part, anywhere=anywhere)
    return exists(found if seen is None else found.where(seen(act)))


def by_part(person_id: int, action: str, account_id: int, part: Expression) -> Clause:
    """The person has an effective membership of that part, granted the action; asked once."""
    held, found = memberships(person_id, action, account_id, anywhere=True)
    parts = found.where(held.program_account_id.is_not(None))
    return part == any_(
        func.array(parts.with_only_columns(held.program_account_id).scalar_subquery())
    )


def through(
    person_id: int,
    action: str,
    account_id: int,
    part: Expression | None = None,
    *,
    anywhere: bool = False,
    own_part: Expression | None = None,
    seen: Seen | None = None,
) -> Clause:
    """``by_delegation`` for the rows of one account: its delegations are read once, not by row.

    ``own_part``: the part each row is of, where the rows are of several.
    """
    of_any = anywhere or own_part is not None
    act, found = delegations(person_id, action, account_id, part, anywhere=of_any)
    columns = (act.program_account_id, act.delegate_id, act.sees_own, act.sees_client)
    held = found.with_only_columns(*columns, act.sees_others).cte()
    held = held.prefix_with("MATERIALIZED", dialect="postgresql")
    wanted = select(1).select_from(held)
    if own_part is not None:
        wanted = wanted.where(reaches(held.c, own_part))
    if seen is not None:
        wanted = wanted.where(seen(held.c))
    return exists(wanted.correlate_except(held))


def by_staff(person_id: int, action: str, program_id: Expression) -> Clause:
    """A staff assignment of the person to the program, of a kind granted the action.

    The programs are asked once and not row by row, and as an array: of a semi-join the planner
    believes that it leaves a hundredth of the rows, and then it sorts a million for a page.
    """
    post, held = posts(person_id, action)
    programs = held.with_only_columns(post.program_id).scalar_subquery()
    return program_id == any_(func.array(programs))


def on_account(
    person_id: int,
    action: str,
    account_id: Expression | int,
    part: Expression | None = None,
    *,
    anywhere: bool = False,
    seen: Seen | None = None,
) -> Clause:
    """The client side whole: through a membership or through a delegation."""
    return or_(
        by_membership(person_id, action, account_id, part, anywhere=anywhere),
        by_delegation(person_id, action, account_id, part, anywhere=anywhere, seen=seen),
    )


def granted(
    person_id: int,
    actions: Collection[str],
    account_ids: Collection[int],
    anywhere: Collection[str] = (),
) -> CompoundSelect[int, str]:
    """Account and action, for each of ``actions`` that the person may do on each account whole.

    The same two ways as ``on_account``, all of a page's questions at once; the actions that are
    ``anywhere``, on any part of it.
    """

    def reached(row: Any, cell: Any) -> Clause:
        whole = reaches(row, None)
        climbing = [action for action in actions if action in anywhere]
        return or_(whole, cell.action_code.in_(climbing)) if climbing else whole

    held = holding.with_only_columns(member.account_id, member_cell.action_code).where(
        member.person_id == person_id,
        member.account_id.in_(account_ids),
        member_cell.action_code.in_(actions),
        reached(member, member_cell),
        live(person_id),
    )
    act = granting.with_only_columns(grant.account_id, grant_cell.action_code).where(
        grant.account_id.in_(account_ids),
        grant_cell.action_code.in_(actions),
        reached(grant, grant_cell),
        takes_part(person_id),
        live(person_id),
    )
    return held.union(act)


def levels(person_id: int, account_ids: Collection[int]) -> Select[int, str]:
    """Account and level of the active delegations that the person acts by, oldest first.

    Of the whole account or of any part of it.
    """
    return (
        acting.with_only_columns(grant.account_id, grant.level)
        .where(
            grant.account_id.in_(account_ids),
            takes_part(person_id, to_do=False),
            live(person_id),
        )
        .order_by(grant.id)
    )
