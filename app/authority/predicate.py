"""The one predicate: may this person do this action on this account, or this program's rows.

Every answer — ``authorise``, ``visible``, ``explain`` — is built from the three ways here, so they
cannot disagree. Time is the database's clock; nothing is cached but the shape of the question:
the parts of a query that never change are built once, since building them anew for each of a
page's questions cost more than asking them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    and_,
    any_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.authority.models import Membership, StaffAssignment
from app.authority.models_delegation import Assignment, Delegation, GroupMember
from app.parties.models import Account, Person
from app.programs.models import LevelAction, ProgramRole, RoleAction, StaffRoleAction

Expression = SQLColumnExpression[Any]
Clause = ColumnElement[bool]


def within(starts: Expression, ends: Expression) -> Clause:
    """Now is between two instants, either of which may be missing; the end is outside."""
    now = func.guichet_now()
    return and_(or_(starts.is_(None), starts <= now), or_(ends.is_(None), ends > now))


# The rows that a question looks at, under names of their own: whatever the question is asked of
# may be the same table.
_somebody = aliased(Person, name="live")
_member = aliased(Membership, name="held")
_member_account = aliased(Account, name="held_account")
_member_cell = aliased(RoleAction, name="held_cell")
_grant = aliased(Delegation, name="act")
_grant_account = aliased(Account, name="act_account")
_grant_cell = aliased(LevelAction, name="act_cell")
_put = aliased(Assignment, name="put")
_in_group = aliased(GroupMember, name="in_group")
_post = aliased(StaffAssignment, name="post")
_post_cell = aliased(StaffRoleAction, name="post_cell")

_live = select(1).where(_somebody.state == "active").correlate_except(_somebody)

# Effective: active, within its dates, in an account that is open, of a live person. A waiting or
# suspended membership is held but not effective.
_effective = (
    select(1)
    .select_from(_member)
    .join(_member_account, _member_account.id == _member.account_id)
    .where(
        _member.status == "active",
        _member_account.state == "authorised",
        within(_member.starts_at, _member.ends_at),
    )
)
_memberships = _effective.join(
    _member_cell,
    and_(
        _member_cell.program_id == _member.program_id,
        _member_cell.role_code == _member.role_code,
    ),
).correlate_except(_member, _member_account, _member_cell)

# Active delegations to a party that put a person, or a group, on them.
_acting = (
    select(1)
    .select_from(_grant)
    .join(_put, _put.delegation_id == _grant.id)
    .join(_grant_account, _grant_account.id == _grant.account_id)
    .where(
        _grant.state == "active",
        _grant_account.state == "authorised",
        within(_grant.starts_at, _grant.ends_at),
    )
)
_delegations = _acting.join(
    _grant_cell,
    and_(_grant_cell.program_id == _grant.program_id, _grant_cell.level == _grant.level),
).correlate_except(_grant, _grant_account, _grant_cell, _put)

# Staff assignments that hold now, with what their kind may do.
_posts = (
    select(1)
    .select_from(_post)
    .join(_post_cell, _post_cell.staff_role == _post.staff_role)
    .where(within(_post.starts_at, _post.ends_at))
    .correlate_except(_post, _post_cell)
)


def live(person_id: int) -> Clause:
    """The person exists and is neither unverified nor disabled."""
    return exists(_live.where(_somebody.id == person_id))


def _reaches(row: Any, part: Expression | None) -> Clause:
    """A row for the whole account reaches every part; one for a part reaches that part only."""
    whole: Clause = row.program_account_id.is_(None)
    return whole if part is None else or_(whole, row.program_account_id == part)


def _of_person(person_id: int) -> Clause:
    groups = select(_in_group.group_id).where(_in_group.person_id == person_id)
    return or_(_put.person_id == person_id, _put.group_id.in_(groups))


def memberships(
    person_id: int, action: str, account_id: Expression | int, part: Expression | None = None
) -> tuple[Any, Select[Any]]:
    """The person's effective memberships whose role is granted the action; first their alias."""
    return _member, _memberships.where(
        _member.person_id == person_id,
        _member.account_id == account_id,
        _member_cell.action_code == action,
        _reaches(_member, part),
        live(person_id),
    )


def delegations(
    person_id: int, action: str, account_id: Expression | int, part: Expression | None = None
) -> tuple[Any, Select[Any]]:
    """The account's active delegations at a level granted the action; first their alias.

    Those whose delegate put the person on them, or a group the person belongs to.
    """
    return _grant, _delegations.where(
        _grant.account_id == account_id,
        _grant_cell.action_code == action,
        _reaches(_grant, part),
        _of_person(person_id),
        live(person_id),
    )


def posts(person_id: int, action: str) -> tuple[Any, Select[Any]]:
    """The person's staff assignments that hold now, of a kind granted the action; their alias."""
    return _post, _posts.where(
        _post.person_id == person_id, _post_cell.action_code == action, live(person_id)
    )


def by_membership(
    person_id: int, action: str, account_id: Expression, part: Expression | None = None
) -> Clause:
    """The person has an effective membership granted the action."""
    return exists(memberships(person_id, action, account_id, part)[1])


def by_delegation(
    person_id: int, action: str, account_id: Expression, part: Expression | None = None
) -> Clause:
    """The person is put on an active delegation granted the action."""
    return exists(delegations(person_id, action, account_id, part)[1])


def by_staff(person_id: int, action: str, program_id: Expression) -> Clause:
    """A staff assignment of the person to the program, of a kind granted the action.

    The programs are asked once and not row by row, and as an array: of a semi-join the planner
    believes that it leaves a hundredth of the rows, and then it sorts a million for a page.
    """
    post, held = posts(person_id, action)
    programs = held.with_only_columns(post.program_id).scalar_subquery()
    return program_id == any_(func.array(programs))


def on_account(
    person_id: int, action: str, account_id: Expression, part: Expression | None = None
) -> Clause:
    """The client side whole: through a membership or through a delegation."""
    return or_(
        by_membership(person_id, action, account_id, part),
        by_delegation(person_id, action, account_id, part),
    )


def granted(
    person_id: int, actions: Collection[str], account_ids: Collection[int]
) -> CompoundSelect[int, str]:
    """Account and action, for each of ``actions`` that the person may do on each account whole.

    The same two ways as ``on_account``, all of a page's questions at once.
    """
    member = _memberships.with_only_columns(_member.account_id, _member_cell.action_code).where(
        _member.person_id == person_id,
        _member.account_id.in_(account_ids),
        _member_cell.action_code.in_(actions),
        _reaches(_member, None),
        live(person_id),
    )
    act = _delegations.with_only_columns(_grant.account_id, _grant_cell.action_code).where(
        _grant.account_id.in_(account_ids),
        _grant_cell.action_code.in_(actions),
        _reaches(_grant, None),
        _of_person(person_id),
        live(person_id),
    )
    return member.union(act)


def levels(person_id: int, account_id: int) -> Select[Any]:
    """The levels of the account's active delegations that the person acts by, oldest first."""
    return (
        _acting.with_only_columns(_grant.level)
        .where(_grant.account_id == account_id, _of_person(person_id), live(person_id))
        .order_by(_grant.id)
    )


def roles(person_id: int, account_id: int) -> Select[Any]:
    """The codes of the roles that are effective for the person on the whole account.

    Highest first. The rules of giving and taking look at these.
    """
    return (
        _effective.with_only_columns(_member.role_code)
        .join(
            ProgramRole,
            and_(
                ProgramRole.program_id == _member.program_id,
                ProgramRole.code == _member.role_code,
            ),
        )
        .where(
            _member.person_id == person_id,
            _member.account_id == account_id,
            _reaches(_member, None),
            live(person_id),
        )
        .order_by(ProgramRole.rank, ProgramRole.code)
    )
