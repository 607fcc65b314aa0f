"""The last manager of an account stays: neither leaves, nor is removed, suspended or moved down.

> "Last BAM cannot leave or be revoked" (facts B5)
"""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit.models import Entry
from app.authority.models import Membership
from app.authority.people import actor_in, in_hands, role_book
from app.authority.rules import roles_to_give
from app.authority.service.access import change_role, leave, remove, suspend
from app.base.errors import Conflict, GuichetError, Invalid, Refused
from app.programs.models import Program, ProgramRole, RoleGrant
from tests.authority.test_races import as_person
from tests.support.definitions import delegating
from tests.support.race import losers, race, winners

ROUNDS = 6


class Managed:
    """An account in which several people may hold the role that no account is without."""

    def __init__(self, world, acting):
        self.world, self.acting = world, acting
        self.definition = delegating()
        program = world.db.scalars(select(Program).filter_by(code=self.definition.code)).one()
        world.db.rollback()
        self.account = world.account(program=program)
        self.first = world.owner(self.account)
        self.role = self.definition.required_role.code

    def second(self, **columns):
        """Somebody else with the same role; their membership."""
        return self.world.member(self.account, self.role, **columns)

    def row(self, person):
        """The person's membership."""
        wanted = select(Membership).filter_by(account_id=self.account.id, person_id=person.id)
        found = self.world.db.scalars(wanted).one()
        self.world.db.rollback()
        return found

    def hands(self):
        """In whose hands the role is."""
        found = in_hands(self.world.db, self.account.id, self.role)
        self.world.db.rollback()
        return found


@pytest.fixture
def managed(world, acting):
    made = Managed(world, acting)
    acting(made.first)
    return made


@pytest.fixture
def given_from_below(world, acting):
    """An account whose required role, held once, is given by the next lower one, too."""
    program = world.other_program()
    first, second, third, *_ = world.roles(program)
    with world.as_owner() as owner:
        owner.get(ProgramRole, (program.id, first.code)).exclusive = False
        for giver in (first, second):
            key = {"giver_code": giver.code, "role_code": first.code}
            owner.add(RoleGrant(program_id=program.id, kind="give", **key))
    account = world.account(program=program)
    lower = world.person_of(world.member(account, second.code))
    acting(lower)
    wanted = select(Membership.id).filter_by(account_id=account.id, role_code=first.code)
    last = world.db.scalars(wanted).one()
    world.db.rollback()
    return lower, last, third.code


def why(raised):
    return raised.value.reason


def test_whoever_registered_the_business_may_make_other_managers(world, managed):
    book = role_book(world.db, managed.account.program_id)
    actor = actor_in(world.db, managed.first.id, managed.account.id)
    assert roles_to_give(book, actor) == list(managed.definition.required_role.gives)
    assert managed.role in managed.definition.required_role.gives


def test_the_last_manager_cannot_leave_and_the_trail_says_why(world, managed):
    with pytest.raises(Refused) as raised:
        leave(managed.first.id, managed.row(managed.first).id)
    assert why(raised) == "last_holder"
    assert managed.hands() == {managed.first.id}


def test_of_two_managers_either_leaves_and_the_other_then_stays(world, managed):
    other = managed.second()
    leave(managed.first.id, managed.row(managed.first).id)
    managed.acting(world.person_of(other))
    with pytest.raises(Refused) as raised:
        leave(other.person_id, other.id)
    assert why(raised) == "last_holder"
    assert managed.hands() == {other.person_id}


def test_one_manager_removes_another(world, managed):
    other = managed.second()
    remove(managed.first.id, other.id)
    assert managed.hands() == {managed.first.id}
    told = world.db.scalars(
        select(Entry.event).where(Entry.account_id == managed.account.id).order_by(Entry.seq)
    ).all()
    assert told[-1] == "membership.ended"


@pytest.mark.parametrize("deed", [remove, suspend, change_role])
def test_the_last_manager_is_not_removed_suspended_or_moved_by_a_role_that_gives_theirs(
    world, given_from_below, deed
):
    lower, last, other_role = given_from_below
    with pytest.raises(Refused) as raised:
        deed(lower.id, last, *([other_role] if deed is change_role else []))
    assert why(raised) == "last_holder"
    assert world.db.get(Membership, last).status == "active"


def test_a_role_is_not_changed_into_one_of_another_reach(world, managed):
    other = managed.second()
    lower = next(one for one in managed.definition.roles.values() if one.reach != "account")
    with pytest.raises(Invalid) as raised:
        change_role(managed.first.id, other.id, lower.code)
    assert raised.value.errors == {"role": "unknown"}


def test_a_manager_who_is_disabled_is_nobody_to_leave_the_account_to(world, managed):
    other = managed.second()
    world.set(world.person_of(other), state="disabled")
    with pytest.raises(Refused) as raised:
        leave(managed.first.id, managed.row(managed.first).id)
    assert why(raised) == "last_holder"


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_managers_who_leave_at_once_one_stays(world, managed, round_):
    other, mine = managed.second(), managed.row(managed.first)
    person = world.person_of(other)
    results = race(
        as_person(managed.first, lambda: leave(managed.first.id, mine.id)),
        as_person(person, lambda: leave(person.id, other.id)),
    )
    assert len(winners(results)) == 1
    (lost,) = losers(results)
    assert isinstance(lost, Refused)
    assert lost.reason == "last_holder"
    assert len(managed.hands()) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_of_two_managers_who_remove_each_other_at_once_one_stays(world, managed, round_):
    other, mine = managed.second(), managed.row(managed.first)
    person = world.person_of(other)
    results = race(
        as_person(managed.first, lambda: remove(managed.first.id, other.id)),
        as_person(person, lambda: remove(person.id, mine.id)),
    )
    assert len(winners(results)) == 1
    assert all(isinstance(one, GuichetError) for one in losers(results)), losers(results)
    assert not any(isinstance(one, Conflict) for one in losers(results))
    assert len(managed.hands()) == 1


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_beneath_the_rule_the_database_keeps_one_of_two_who_end_at_once(
    world, managed, engine, round_
):
    """What a deed without the rule would do, on two connections: the deferred trigger refuses."""
    rows = [managed.row(managed.first).id, managed.second().id]

    def ends(number):
        with engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE membership SET status = 'ended', ended_at = guichet_now(),"
                    " end_reason = 'left' WHERE id = :id"
                ),
                {"id": number},
            )

    results = race(*(lambda number=number: ends(number) for number in rows))
    (lost,) = losers(results)
    assert isinstance(lost, DBAPIError)
    assert "would have no" in str(lost)
    assert len(managed.hands()) == 1
