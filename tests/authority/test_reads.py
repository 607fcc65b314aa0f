"""Each read is of the reader's rows: beside them stand the same rows of somebody else."""

from __future__ import annotations

import pytest

from app.authority import queries_turns as turns
from app.authority import queries_users as users
from app.authority.queries import staff_programs
from app.authority.service.access import suspend
from app.authority.service.members import add_user
from app.authority.service.transfer import offer_transfer
from app.base.errors import Refused
from app.correspondence.models import Notice
from tests.authority.conftest import data_of


@pytest.fixture
def stranger(world):
    """Somebody with an account of their own, where the same things wait for them."""
    return world.owner(world.account())


@pytest.fixture
def waiting(world, account, roles):
    """An offer, a transfer and somebody to activate: none of it the stranger's."""
    world.member(account, roles.full, status="offered")
    world.member(account, roles.full, status="waiting")
    world.transfer(account)


def test_what_waits_for_one_is_listed_for_nobody_else(db, account, stranger, waiting):
    assert turns.offers_to(db, stranger.id) == []
    assert turns.transfers_to(db, stranger.id) == []
    assert turns.to_activate(db, stranger.id) == []
    assert turns.to_activate(db, stranger.id, account.id) == []
    assert turns.open_transfer_of(db, stranger.id, account.id) is None


def test_the_users_of_an_account_are_counted_and_listed_for_nobody_from_outside(
    db, account, owner, stranger, people
):
    counted = users.summary(db, stranger.id, account.id)
    assert (counted.active, counted.waiting, counted.offered, counted.suspended) == (0, 0, 0, 0)
    assert users.summary(db, owner.id, account.id).active == len(people)
    assert db.scalars(users._users(stranger.id, account.id)).all() == []
    assert users.my_membership(db, stranger.id, account.id) is None
    assert users.my_membership(db, owner.id, account.id).person_id == owner.id


def test_a_waiting_user_knows_the_account_and_does_not_open_it(
    app, world, account, roles, sign_in, client
):
    row = world.member(account, roles.full, status="waiting")
    sign_in(world.person_of(row))
    page = client.get("/businesses")
    assert f"/a/{account.id}/" not in page.html


def test_an_accounts_page_shows_ones_own_notices_alone(
    app, world, account, people, roles, client, sign_in
):
    told = "Your access is suspended"
    world.db.add(
        Notice(
            person_id=people[roles.owner].id, account_id=account.id, program_id=account.program_id,
            template="role_suspended", facts={"business": "Northern", "role": roles.full},
        )
    )  # fmt: skip
    world.db.commit()
    sign_in(people[roles.owner])
    assert told in client.get(f"/a/{account.id}/").main
    sign_in(people[roles.proxy])
    assert told not in client.get(f"/a/{account.id}/").main


def test_the_staffs_programs_are_those_of_their_posts(db, world):
    officer = world.staff("program_officer")
    world.other_program()
    assert staff_programs(db, officer.id, "staff.letters.read") == [world.program().id]


def test_whoever_lacks_the_action_is_told_so_before_any_rule_of_roles(
    world, account, roles, acting, stranger
):
    row = world.member(account, roles.full)
    acting(stranger)
    with pytest.raises(Refused, match="not_granted"):
        suspend(stranger.id, row.id)


def test_an_outsider_spends_no_tries(world, account, roles, acting, stranger):
    """They are refused for ever, and never told that a limit is reached."""
    heir = world.person()
    acting(stranger)
    for _ in range(8):
        with pytest.raises(Refused):
            add_user(stranger.id, account.id, data_of(heir, email="x@y.example"), roles.full)
        with pytest.raises(Refused):
            offer_transfer(stranger.id, account.id, data_of(heir, email="x@y.example"), roles.proxy)
