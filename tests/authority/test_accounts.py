"""How an account begins: with its owner, in one transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.authority.models import Membership
from app.authority.queries import may
from app.authority.service.accounts import found_account, owner_role
from app.base.db import deed
from app.base.errors import Conflict, NotFound
from app.parties.models import Account


@pytest.fixture
def found(world):
    """`found(owner)`: a new business's account, through the service, in a deed."""
    standing = world.account().standing_code

    def make(owner, business=None, **more):
        business = business or world.business()

        @deed
        def activate(db):
            account = found_account(
                db,
                party_id=business.id,
                program_id=world.program().id,
                owner_id=owner.id,
                standing_code=standing,
                **more,
            )
            return account.id

        return world.db.get_one(Account, activate())

    return make


def test_an_account_begins_with_its_owner(world, db, found):
    owner = world.person()
    account = found(owner)
    row = world.db.scalars(select(Membership).where(Membership.account_id == account.id)).one()
    assert (row.person_id, row.status, row.exclusive, row.required) == (
        owner.id,
        "active",
        True,
        True,
    )
    assert row.starts_at is not None
    assert may(db, owner.id, "ownership.transfer", account)
    world.db.rollback()


def test_a_business_has_one_account_in_a_program(world, found):
    business = world.business()
    account = found(world.person(), business)
    with pytest.raises(Conflict, match="account_exists"):
        found(world.person(), business)
    world.close_account(account)
    with pytest.raises(Conflict, match="account_exists"):
        found(world.person(), business)


def test_a_role_that_several_may_hold_makes_no_account(world, found, roles):
    with pytest.raises(Exception, match="would have no"):
        found(world.person(), role_code=roles.full)


def test_a_program_without_a_required_role_begins_no_account(world, db, owner_engine):
    with owner_engine.begin() as connection:
        connection.execute(text("UPDATE program_role SET retired = true WHERE required"))
    with pytest.raises(NotFound):
        owner_role(db, world.program().id)
