"""Two connections at the same instant: never two owners, never none."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.authority.models import Membership
from app.authority.service.access import change_role, leave, remove, suspend
from app.authority.service.accounts import found_account
from app.authority.service.members import accept_offer, activate, add_user
from app.authority.service.transfer import (
    accept_transfer,
    decline_transfer,
    offer_transfer,
    withdraw_transfer,
)
from app.base.context import Origin, origin, set_origin
from app.base.db import deed
from app.base.errors import Conflict, GuichetError, Invalid
from app.parties.models import Account
from tests.authority.conftest import data_of
from tests.support.race import losers, race, winners

ROUNDS = 6


def as_person(person, work):
    """The same work with this person as the one who acts, in whichever thread runs it."""
    verified = origin().code_verified_at

    def run():
        set_origin(Origin(person_id=person.id, code_verified_at=verified))
        return work()

    return run


@pytest.fixture
def owners(world):
    def count(account):
        found = world.db.scalars(
            select(Membership.person_id).where(
                Membership.account_id == account.id,
                Membership.required,
                Membership.status == "active",
            )
        ).all()
        world.db.rollback()
        return list(found)

    return count


def _expected(results):
    """A race is lost in words that a page can show, never by a raw error of the database."""
    assert all(isinstance(lost, GuichetError) for lost in losers(results)), losers(results)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_and_withdrawing_at_once(world, account, owner, roles, acting, owners, round_):
    heir = world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    results = race(
        as_person(heir, lambda: accept_transfer(heir.id, number, attested=True)),
        as_person(owner, lambda: withdraw_transfer(owner.id, number)),
    )
    _expected(results)
    assert len(winners(results)) == 1
    accepted = not isinstance(results[0], Exception)
    assert owners(account) == [heir.id if accepted else owner.id]


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_twice_at_once(world, account, owner, roles, acting, owners, round_):
    heir = world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), None)
    accept = as_person(heir, lambda: accept_transfer(heir.id, number, attested=True))
    results = race(accept, accept)
    _expected(results)
    assert len(winners(results)) == 1
    assert owners(account) == [heir.id]


def test_accepting_and_declining_at_once(world, account, owner, roles, acting, owners):
    heir = world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    results = race(
        as_person(heir, lambda: accept_transfer(heir.id, number, attested=True)),
        as_person(heir, lambda: decline_transfer(heir.id, number)),
    )
    _expected(results)
    assert len(winners(results)) == 1
    assert len(owners(account)) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_accepting_while_the_receiver_is_removed_suspended_or_leaves(
    world, account, owner, roles, acting, owners, round_
):
    row = world.member(account, roles.full)
    heir = world.person_of(row)
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    beside = [
        as_person(owner, lambda: remove(owner.id, row.id)),
        as_person(owner, lambda: suspend(owner.id, row.id)),
        as_person(heir, lambda: leave(heir.id, row.id)),
    ][round_ % 3]
    results = race(as_person(heir, lambda: accept_transfer(heir.id, number, attested=True)), beside)
    _expected(results)
    assert not isinstance(results[0], Exception)
    assert owners(account) == [heir.id]


def test_accepting_while_the_owner_changes_the_receivers_role(
    world, account, owner, roles, acting, owners
):
    row = world.member(account, roles.full)
    heir = world.person_of(row)
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), None)
    results = race(
        as_person(heir, lambda: accept_transfer(heir.id, number, attested=True)),
        as_person(owner, lambda: change_role(owner.id, row.id, roles.proxy)),
    )
    _expected(results)
    assert owners(account) == [heir.id]


def test_offering_to_two_people_at_once(world, account, owner, roles, acting):
    first, second = world.people(2)
    acting(owner)
    results = race(
        as_person(owner, lambda: offer_transfer(owner.id, account.id, data_of(first), roles.proxy)),
        as_person(
            owner, lambda: offer_transfer(owner.id, account.id, data_of(second), roles.proxy)
        ),
    )
    assert len(winners(results)) == 1
    assert isinstance(losers(results)[0], Conflict)


def test_two_people_add_the_same_person_at_once(world, account, people, roles, acting):
    newcomer = world.person()
    first, second = people[roles.proxy], people[roles.full]
    acting(first)
    results = race(
        as_person(first, lambda: add_user(first.id, account.id, data_of(newcomer), roles.full)),
        as_person(second, lambda: add_user(second.id, account.id, data_of(newcomer), roles.full)),
    )
    assert len(winners(results)) == 1
    assert isinstance(losers(results)[0], Invalid)


def test_accepting_an_offer_while_it_is_withdrawn(world, account, owner, roles, acting):
    newcomer = world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    results = race(
        as_person(newcomer, lambda: accept_offer(newcomer.id, number)),
        as_person(owner, lambda: remove(owner.id, number)),
    )
    _expected(results)
    # The withdrawal wins either way: an accepted offer is a membership that is then removed.
    row = world.fresh(world.db.get(Membership, number))
    assert row.status == "ended"


def test_activating_twice_at_once(world, account, owner, roles, acting):
    row = world.member(account, roles.full, status="waiting")
    acting(owner)
    go = as_person(owner, lambda: activate(owner.id, row.id))
    results = race(go, go)
    _expected(results)
    assert len(winners(results)) == 1


def test_five_guesses_at_once_are_five_guesses(world, account, owner, roles, acting):
    target = world.person()
    acting(owner)

    def guess(n):
        wrong = data_of(target, email=f"guess{n}@mail.example")
        return as_person(owner, lambda: add_user(owner.id, account.id, wrong, roles.full))

    results = race(*(guess(n) for n in range(8)))
    told = [str(problem) for problem in losers(results)]
    assert told.count(": no_match") == 5
    assert told.count("add_a_user") == 3


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_activations_at_once_one_holds_the_account(world, roles, acting, round_):
    business, program = world.business(), world.program()
    first, second = world.people(2)
    standing = world.account().standing_code

    @deed
    def found(db, person):
        account = found_account(
            db,
            party_id=business.id,
            program_id=program.id,
            owner_id=person.id,
            standing_code=standing,
        )
        return account.id

    results = race(lambda: found(first), lambda: found(second))
    assert len(winners(results)) == 1
    assert [problem.reason for problem in losers(results)] == ["account_exists"]
    held = select(func.count()).select_from(Account).where(Account.party_id == business.id)
    assert world.db.scalar(held) == 1
    world.db.rollback()
