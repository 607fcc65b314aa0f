"""Who acts by a delegation: the rows that it takes, and the clauses that join them.

A delegation counts while its delegate's people count: an off-boarded employee holds nothing any
more, whatever rows they are still named on. The shapes are built once, when this is imported.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Subquery, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.authority.effective import Clause, effective, within
from app.authority.models import Membership
from app.authority.models_delegation import Assignment, ClientGroup, Delegation, GroupMember
from app.parties.models import Account
from app.programs.actions import Action
from app.programs.models import LevelAction, RoleAction

# The rows that a question looks at, under names of their own: whatever the question is asked of
# may be the same table.
grant = aliased(Delegation, name="act")
grant_cell = aliased(LevelAction, name="act_cell")
_grant_account = aliased(Account, name="act_account")
_put = aliased(Assignment, name="put")
_put_cell = aliased(LevelAction, name="put_cell")
_in_group = aliased(GroupMember, name="in_group")
_group = aliased(ClientGroup, name="client_team")
_work = aliased(Membership, name="work")
_work_account = aliased(Account, name="work_account")
_work_cell = aliased(RoleAction, name="work_cell")

# Active delegations of an account that is open, within their dates; then with what they grant.
acting = (
    select(1)
    .select_from(grant)
    .join(_grant_account, _grant_account.id == grant.account_id)
    .where(
        grant.state == "active",
        _grant_account.state == "authorised",
        within(grant.starts_at, grant.ends_at),
    )
)
granting = acting.join(
    grant_cell,
    and_(grant_cell.program_id == grant.program_id, grant_cell.level == grant.level),
).correlate_except(grant, _grant_account, grant_cell)

# Where somebody is employed: an effective membership of the delegate's account in the same
# program, of the whole of it or of any part.
_employed = (
    select(1)
    .select_from(_work)
    .join(_work_account, _work_account.id == _work.account_id)
    .where(
        effective(_work, _work_account),
        _work_account.party_id == grant.delegate_id,
        _work_account.program_id == grant.program_id,
    )
    .correlate_except(_work, _work_account)
)
# The same on the whole, in a role whose holders act for every client.
_for_all = (
    _employed.join(
        _work_cell,
        and_(
            _work_cell.program_id == _work.program_id,
            _work_cell.role_code == _work.role_code,
        ),
    )
    .where(_work.program_account_id.is_(None), _work_cell.action_code == Action.CLIENTS_ALL)
    .correlate_except(_work, _work_account, _work_cell)
)
_put_on = select(1).select_from(_put).where(_put.delegation_id == grant.id).correlate_except(_put)
# What is granted is what both the delegation's level and the acting role grant.
_put_to_do = (
    _put_on.join(_put_cell, _put_cell.level == _put.level)
    .where(
        _put_cell.program_id == grant.program_id,
        _put_cell.action_code == grant_cell.action_code,
    )
    .correlate_except(_put, _put_cell)
)


def groups_of(person_id: int) -> Select[int]:
    """The client groups the person belongs to: a deleted one is nobody's."""
    return (
        select(_in_group.group_id)
        .join(_group, _group.id == _in_group.group_id)
        .where(_in_group.person_id == person_id, _group.deleted_at.is_(None))
    )


def takes_part(person_id: int, *, to_do: bool = True) -> Clause:
    """The person acts by ``grant``; with ``to_do``, and may do what ``grant_cell`` says.

    As the delegate themself, in a role that acts for every client, or put on it by name or by a
    group; the last two while they are employed there.
    """
    of_person = or_(_put.person_id == person_id, _put.group_id.in_(groups_of(person_id)))
    put = (_put_to_do if to_do else _put_on).where(of_person)
    return or_(
        grant.delegate_id == person_id,
        exists(_for_all.where(_work.person_id == person_id)),
        and_(exists(put), exists(_employed.where(_work.person_id == person_id))),
    )


def candidates(person_id: int, most: int) -> Subquery:
    """Delegations that the person might act by, read cheaply: more than those that count.

    Account, program and level. Each way stops after ``most``: nobody's list is read whole to
    learn that it is long.
    """
    active = select(grant.account_id, grant.program_id, grant.level).where(grant.state == "active")
    put = active.join(_put, _put.delegation_id == grant.id)
    offices = (
        select(_work_account.party_id, _work_account.program_id)
        .join(_work, _work.account_id == _work_account.id)
        .join(
            _work_cell,
            and_(
                _work_cell.program_id == _work.program_id,
                _work_cell.role_code == _work.role_code,
                _work_cell.action_code == Action.CLIENTS_ALL,
            ),
        )
        .where(_work.person_id == person_id, _work.status == "active")
        .subquery()
    )
    every = active.join(
        offices,
        and_(grant.delegate_id == offices.c.party_id, grant.program_id == offices.c.program_id),
    )
    ways: tuple[Any, ...] = (
        active.where(grant.delegate_id == person_id),
        put.where(_put.person_id == person_id),
        put.where(_put.group_id.in_(groups_of(person_id))),
        every,
    )
    first, *others = (select(way.limit(most).subquery()) for way in ways)
    return first.union_all(*others).subquery()
