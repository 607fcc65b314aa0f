"""What the database itself refuses of roles with a reach, of delegations and of client groups."""

from __future__ import annotations

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.authority.models_delegation import ClientGroup, Delegation, DelegationRequest

WRITTEN_ONCE = "23001"  # restrict_violation


@pytest.fixture
def of_a_part(world, roles):
    """A role that reaches one program account."""
    return world.role("of_a_part", ["users.view"], reach="program_account")


def refusal(world, row):
    """The rule that refuses the row."""
    world.db.add(row)
    with pytest.raises(IntegrityError) as refused:
        world.db.flush()
    world.db.rollback()
    return refused.value.orig.diag.constraint_name


def test_a_membership_reaches_what_its_role_reaches(world, account, roles, of_a_part):
    part, person = world.part(account), world.person()
    of_all, of_one = {"program_account_id": None}, {"program_account_id": part.id}
    for role, columns in ((roles.full, of_one), (of_a_part, of_all)):
        with pytest.raises(IntegrityError, match="reaches"):
            world.member(account, role, person, **columns)
        world.db.rollback()
    row = world.member(account, of_a_part, person, **of_one)
    with pytest.raises(IntegrityError, match="reaches account"):
        world.set(row, role_code=roles.full)
    world.db.rollback()


def test_no_business_is_its_own_third_party(world, account):
    here = {"account_id": account.id, "program_id": account.program_id}
    own = here | {"delegate_id": account.party_id}
    asked = DelegationRequest(**own, asked_by=world.person().id)
    assert refusal(world, Delegation(**own, level="broker")) == "delegate_is_another"
    assert refusal(world, asked) == "delegate_is_another"
    world.delegation(account, world.business())


def test_a_client_group_is_never_removed(world, account):
    """Not by the owner of the tables either: its name would be free again."""
    group = world.group(of=account)
    gone = delete(ClientGroup).where(ClientGroup.id == group.id)
    with pytest.raises(IntegrityError) as refused, world.as_owner() as owner:
        owner.execute(gone)
    assert refused.value.orig.sqlstate == WRITTEN_ONCE
