"""The memberships that count: a person's effective roles in accounts, and what they are granted.

The first of the predicate's ways; the shapes are built once, when this is imported.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import aliased

from app.authority.effective import Clause, Expression, effective, live, reaches
from app.authority.models import Membership
from app.parties.models import Account
from app.programs.models import ProgramRole, RoleAction

# Under names of their own: whatever the question is asked of may be the same table.
member = aliased(Membership, name="held")
member_cell = aliased(RoleAction, name="held_cell")
_member_account = aliased(Account, name="held_account")

_effective = (
    select(1)
    .select_from(member)
    .join(_member_account, _member_account.id == member.account_id)
    .where(effective(member, _member_account))
)
holding = _effective.join(
    member_cell,
    and_(
        member_cell.program_id == member.program_id,
        member_cell.role_code == member.role_code,
    ),
).correlate_except(member, _member_account, member_cell)


def memberships(
    person_id: int,
    action: str,
    account_id: Expression | int,
    part: Expression | None = None,
    *,
    anywhere: bool = False,
) -> tuple[Any, Select[Any]]:
    """The person's effective memberships whose role is granted the action; first their alias."""
    return member, holding.where(
        member.person_id == person_id,
        member.account_id == account_id,
        member_cell.action_code == action,
        reaches(member, part, anywhere=anywhere),
        live(person_id),
    )


def employments(
    person_id: int, action: str, party_id: Expression, program_id: Expression
) -> tuple[Any, Select[Any]]:
    """The effective memberships by which ``in_business_of`` holds; first their alias."""
    return (
        member,
        holding.where(
            member.person_id == person_id,
            _member_account.party_id == party_id,
            _member_account.program_id == program_id,
            member_cell.action_code == action,
            reaches(member, None),
            live(person_id),
        ),
    )


def in_business_of(
    person_id: int, action: str, party_id: Expression, program_id: Expression
) -> Clause:
    """The person may do the action in that party's own account, the whole of it, in the program.

    By a role there, and never by a delegation: who acts for a provider is not employed by it.
    """
    return exists(employments(person_id, action, party_id, program_id)[1])


def roles(person_id: int, account_id: int, *, anywhere: bool = False) -> Select[Any]:
    """The codes of the roles that are effective for the person on the whole account.

    Highest first; with ``anywhere``, those on a part of it too. The rules of giving and taking
    look at these.
    """
    return (
        _effective.with_only_columns(member.role_code)
        .join(
            ProgramRole,
            and_(
                ProgramRole.program_id == member.program_id,
                ProgramRole.code == member.role_code,
            ),
        )
        .where(
            member.person_id == person_id,
            member.account_id == account_id,
            reaches(member, None, anywhere=anywhere),
            live(person_id),
        )
        .order_by(ProgramRole.rank, ProgramRole.code)
    )
