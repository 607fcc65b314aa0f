"""The predicate, sentence by sentence, on the fewest rows that tell right from wrong.

`test_reference.py` holds it to a second telling on generated worlds; here is told which sentence
no longer holds.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import DateTime, delete, literal, select

from app.authority import predicate
from app.authority.queries import allowed, allowed_by_account, authorise, may
from app.parties.models import ProgramAccount
from app.programs.models import LevelAction, RoleAction

EVERYBODYS, OWNERS = "users.view", "ownership.transfer"
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)


@pytest.fixture
def member(world, account, roles):
    """`member(status="waiting")`: somebody with full access, or who will have it or had it."""

    def make(role=roles.full, **columns):
        return world.person_of(world.member(account, role, **columns))

    return make


@pytest.fixture
def of_a_part(world, roles):
    """A role that reaches one program account, and may there what everybody may."""
    return world.role("of_a_part", [EVERYBODYS], reach="program_account")


@pytest.fixture
def delegate(world, account):
    """`delegate(state="ended")`: somebody whom a broker put on the account's delegation."""

    def make(person=None, to=account, **columns):
        person = person or world.person()
        columns = {"may": [EVERYBODYS], "people": [person]} | columns
        world.delegation(to, columns.pop("by", None) or world.business(), **columns)
        return person

    return make


@pytest.fixture
def parts(world, account):
    """Two of the account's own program accounts."""
    found = [ProgramAccount(account_id=account.id, number=f"RM000{n}") for n in (1, 2)]
    world.db.add_all(found)
    world.db.commit()
    return [world.fresh(part) for part in found]


# ── dates ───────────────────────────────────────────────────────────────────────────────


def test_what_begins_now_holds_and_what_ends_now_does_not(db, clock):
    now = clock.stop()

    def holds(*dates):
        told = (literal(one, DateTime(timezone=True)) for one in dates)
        return db.scalar(select(predicate.within(*told)))

    for starts, ends, expected in (
        (None, None, True),
        (now, None, True),
        (now + INSTANT, None, False),
        (None, now + INSTANT, True),
        (None, now, False),
        (now - DAY, now + DAY, True),
        (now - DAY, now - INSTANT, False),
        (now + INSTANT, now + DAY, False),
    ):
        assert holds(starts, ends) is expected, (starts, ends, now)


def test_a_membership_a_delegation_and_a_post_hold_within_their_dates(
    db, world, account, member, delegate, clock
):
    now = clock.stop()
    ended, running = {"ends_at": now}, {"ends_at": now + DAY}
    assert not may(db, member(**ended).id, EVERYBODYS, account)
    assert may(db, member(**running).id, EVERYBODYS, account)
    assert not may(db, delegate(**ended).id, EVERYBODYS, account)
    assert may(db, delegate(**running).id, EVERYBODYS, account)
    program = world.program()
    for ends, holds in ((now, False), (now + DAY, True)):
        officer = world.staff("program_officer", starts=now - DAY, ends=ends)
        assert may(db, officer.id, "staff.letters.read", program) is holds


# ── memberships ─────────────────────────────────────────────────────────────────────────


def test_a_role_lets_its_holder_do_its_own_actions_on_its_own_account(
    db, world, account, owner, member
):
    elsewhere, user, stranger = world.account(), member(), world.person()
    assert may(db, owner.id, OWNERS, account)
    assert may(db, user.id, EVERYBODYS, account)
    assert not may(db, user.id, OWNERS, account)
    assert not may(db, user.id, EVERYBODYS, elsewhere)
    assert not may(db, world.owner(elsewhere).id, EVERYBODYS, account)
    assert not may(db, stranger.id, EVERYBODYS, account)


def test_a_role_may_do_what_it_may_in_its_own_program(db, world, account, roles, member):
    """In another program a role of the same name may do less here, and more there."""
    user, elsewhere = member(), world.other_program()
    with world.as_owner() as rows:
        rows.execute(
            delete(RoleAction).where(
                RoleAction.program_id == elsewhere.id,
                RoleAction.role_code == roles.full,
                RoleAction.action_code == EVERYBODYS,
            )
        )
        rows.add(RoleAction(program_id=elsewhere.id, role_code=roles.full, action_code=OWNERS))
    there = world.account(program=elsewhere)
    colleague = world.person_of(world.member(there, roles.full))
    assert [may(db, user.id, one, account) for one in (EVERYBODYS, OWNERS)] == [True, False]
    assert [may(db, colleague.id, one, there) for one in (EVERYBODYS, OWNERS)] == [False, True]


def test_a_membership_that_is_not_active_grants_nothing(db, account, member):
    for status in ("offered", "waiting", "suspended", "ended"):
        assert not may(db, member(status=status).id, EVERYBODYS, account), status


def test_nobody_does_anything_on_a_closed_account(db, world, account, member, delegate):
    """Whatever other accounts are open."""
    people = [member(), delegate()]
    world.account()
    world.close_account(account)
    for person in people:
        assert not may(db, person.id, EVERYBODYS, account)


def test_a_disabled_person_does_nothing_whatever_they_hold(db, world, account, member, delegate):
    """Though everybody around them is active, and held the same."""
    person, program = member(), world.program()
    delegate(person)
    world.staff("program_officer", person=person)
    asked = [(EVERYBODYS, account), ("staff.letters.read", program)]
    assert all(may(db, person.id, action, row) for action, row in asked)
    world.set(person, state="disabled")
    assert not any(may(db, person.id, action, row) for action, row in asked)
    assert allowed(db, person.id, [EVERYBODYS], account) == frozenset()
    assert db.scalars(predicate.roles(person.id, account.id)).all() == []
    assert db.execute(predicate.levels(person.id, [account.id])).all() == []


@pytest.mark.parametrize("way", ["member", "delegate"])
def test_a_right_to_one_part_reaches_that_part_and_a_right_to_the_whole_every_part(
    request, db, account, parts, of_a_part, way
):
    make = request.getfixturevalue(way)
    its_role = {"role": of_a_part} if way == "member" else {}
    whole, part = make(), make(program_account_id=parts[0].id, **its_role)
    assert [may(db, whole.id, EVERYBODYS, row) for row in (account, *parts)] == [True] * 3
    assert [may(db, part.id, EVERYBODYS, row) for row in (account, *parts)] == [False, True, False]
    assert allowed(db, whole.id, [EVERYBODYS], account) == {EVERYBODYS}
    assert allowed(db, part.id, [EVERYBODYS], account) == frozenset()


@pytest.mark.parametrize("way", ["member", "delegate"])
def test_who_holds_one_program_account_opens_the_business_and_climbs_no_further(
    request, db, world, account, parts, roles, way
):
    """The business's own page is the one thing that any part of it grants."""
    make = request.getfixturevalue(way)
    opens = ["account.view", EVERYBODYS]
    role = world.role("opens_a_part", opens, reach="program_account")
    how = {"role": role} if way == "member" else {"may": opens}
    person = make(program_account_id=parts[0].id, **how)
    assert [may(db, person.id, one, account) for one in opens] == [True, False]
    assert allowed(db, person.id, opens, account) == {"account.view"}
    assert not may(db, person.id, "account.view", parts[1])
    assert not may(db, person.id, "account.view", world.account())


# ── delegations ─────────────────────────────────────────────────────────────────────────


def test_a_delegation_lets_those_act_whom_the_delegate_put_on_it(db, world, account, delegate):
    here, group_member, colleague = delegate(), world.person(), world.person()
    broker = world.business()
    office = world.office(broker, world.program())
    delegate(by=broker, people=[], groups=[world.group(group_member, of=office)])
    world.group(colleague, of=office)
    elsewhere = world.account()
    there = delegate(to=elsewhere)
    for person, rows in (
        (here, [True, False]),
        (group_member, [True, False]),
        (colleague, [False, False]),
        (there, [False, True]),
    ):
        assert [may(db, person.id, EVERYBODYS, row) for row in (account, elsewhere)] == rows


@pytest.fixture
def broker(world):
    """A provider with an account of its own."""
    return SimpleNamespace(
        business=(one := world.business()), office=world.office(one, world.program())
    )


def test_who_acts_is_employed_where_they_act_from(db, world, account, broker, delegate):
    """An effective membership there; another business, or another program, is not there."""
    here, elsewhere = world.person(), world.account(program=world.other_program())
    world.member(broker.office, person=here, status="suspended")
    for office in (world.account(), elsewhere):
        world.member(office, person=here)
    delegate(here, by=broker.business)
    assert not may(db, here.id, EVERYBODYS, account)
    assert allowed(db, here.id, [EVERYBODYS], account) == frozenset()


def test_whoever_leaves_the_provider_acts_for_nobody_at_once(db, world, account, broker, delegate):
    leaver, stays = world.people(2)
    delegate(by=broker.business, people=[leaver, stays])
    world.end(leaver, broker.office)
    assert [may(db, one.id, EVERYBODYS, account) for one in (leaver, stays)] == [False, True]


def test_who_works_on_one_program_account_of_the_provider_acts_for_it(
    db, world, account, broker, delegate, of_a_part
):
    person, part = world.person(), world.part(broker.office)
    world.member(broker.office, of_a_part, person, program_account_id=part.id)
    delegate(person, by=broker.business)
    assert may(db, person.id, EVERYBODYS, account)


def test_nobody_acts_for_a_provider_whose_own_account_is_closed(
    db, world, account, broker, delegate, for_all
):
    manager = world.person_of(world.member(broker.office, for_all))
    people = [delegate(by=broker.business), manager]
    assert all(may(db, one.id, EVERYBODYS, account) for one in people)
    world.close_account(broker.office)
    assert not any(may(db, one.id, EVERYBODYS, account) for one in people)


@pytest.fixture
def for_all(world, roles):
    """A role whose holders act for every client."""
    return world.role("for_all", ["clients.all"])


def test_who_acts_for_every_client_may_do_what_the_level_may(
    db, world, account, broker, delegate, for_all
):
    delegate(by=broker.business, people=[])
    manager = world.person_of(world.member(broker.office, for_all))
    colleague = world.person_of(world.member(broker.office))
    elsewhere = world.person_of(world.member(world.account(), for_all))
    people = (manager, colleague, elsewhere)
    assert [may(db, one.id, EVERYBODYS, account) for one in people] == [True, False, False]
    assert not may(db, manager.id, OWNERS, account)
    world.end(manager, broker.office)
    assert not may(db, manager.id, EVERYBODYS, account)


def test_a_role_on_one_program_account_acts_for_no_client_by_itself(
    db, world, account, broker, delegate, roles
):
    role = world.role("for_all_of_a_part", ["clients.all"], reach="program_account")
    part = world.part(broker.office)
    person = world.person_of(world.member(broker.office, role, program_account_id=part.id))
    delegate(by=broker.business, people=[])
    assert not may(db, person.id, EVERYBODYS, account)


def test_what_is_granted_is_what_both_the_level_and_the_acting_role_grant(
    db, world, account, broker, delegate
):
    """The acting role narrows; it never widens what the client gave."""
    world.level("looks", [EVERYBODYS, "users.add"])
    person = delegate(level="all", may=[EVERYBODYS, OWNERS], acting="looks")
    asked = (EVERYBODYS, OWNERS, "users.add")
    assert [may(db, person.id, one, account) for one in asked] == [True, False, False]
    assert allowed(db, person.id, asked, account) == {EVERYBODYS}


def test_an_acting_role_grants_what_it_may_in_the_clients_program(db, world, account, delegate):
    elsewhere = world.other_program()
    world.level("looks", [EVERYBODYS])
    world.level("looks", [OWNERS], program=elsewhere)
    person = delegate(level="all", may=[EVERYBODYS, OWNERS], acting="looks")
    assert allowed(db, person.id, [EVERYBODYS, OWNERS], account) == {EVERYBODYS}


def test_a_group_that_was_deleted_grants_nothing(db, world, account, broker, delegate):
    group_member, by_name = world.people(2)
    group = world.group(group_member, by_name, of=broker.office)
    delegate(by=broker.business, people=[by_name], groups=[group])
    assert may(db, group_member.id, EVERYBODYS, account)
    world.delete_group(group)
    people = (group_member, by_name)
    assert [may(db, one.id, EVERYBODYS, account) for one in people] == [False, True]


def test_a_delegate_that_is_a_person_acts_by_themself_at_the_level(db, world, account):
    agent, other = world.people(2)
    world.delegation(account, agent, may=[EVERYBODYS])
    assert [may(db, one.id, EVERYBODYS, account) for one in (agent, other)] == [True, False]
    assert not may(db, agent.id, OWNERS, account)
    assert allowed(db, agent.id, [EVERYBODYS, OWNERS], account) == {EVERYBODYS}


def test_a_level_may_do_what_it_may_in_its_own_program(db, world, account, delegate):
    low, high = delegate(level="low"), delegate(level="high", may=[EVERYBODYS, OWNERS])
    elsewhere = world.other_program()
    with world.as_owner() as rows:
        rows.add(LevelAction(program_id=elsewhere.id, level="low", action_code="users.add"))
    asked = (EVERYBODYS, OWNERS, "users.add")
    assert [may(db, low.id, action, account) for action in asked] == [True, False, False]
    assert [may(db, high.id, action, account) for action in asked] == [True, True, False]


def test_a_delegation_that_is_not_active_grants_nothing(db, account, delegate):
    assert not may(db, delegate(state="ended").id, EVERYBODYS, account)


def test_what_a_provider_does_with_its_clients_is_asked_in_its_own_account(
    db, world, account, broker, roles
):
    """The same role at the client gives no hold on who acts there, nor the other way round."""
    role = world.role("assigns", ["clients.assign", "delegations.answer"])
    act = world.delegation(account, broker.business)
    ours = world.person_of(world.member(broker.office, role))
    theirs = world.person_of(world.member(account, role))
    asked = ("clients.assign", "delegations.answer")
    assert [may(db, ours.id, one, act) for one in asked] == [True, False]
    assert [may(db, theirs.id, one, act) for one in asked] == [False, True]
    world.end(ours, broker.office)
    assert not may(db, ours.id, "clients.assign", act)


def test_the_trail_tells_the_role_in_which_a_provider_acted(db, world, account, broker, roles):
    role = world.role("assigns", ["clients.assign"])
    act = world.delegation(account, broker.business)
    person = world.person_of(world.member(broker.office, role))
    authorise(db, person.id, "clients.assign", act)
    assert db.info["acting_role"] == role
    part = world.part(account)
    of_one = world.role("one", [EVERYBODYS], reach="program_account")
    holder = world.person_of(world.member(account, of_one, program_account_id=part.id))
    authorise(db, holder.id, EVERYBODYS, part)
    assert db.info["acting_role"] == of_one


# ── staff ───────────────────────────────────────────────────────────────────────────────


def test_a_post_lets_its_holder_do_what_its_kind_may_in_its_own_program(db, world):
    here, elsewhere = world.program(), world.other_program()
    officer, auditor = world.staff("program_officer"), world.staff("auditor")
    colleague = world.staff("program_officer", elsewhere)
    for person, action, rows in (
        (officer, "staff.letters.make", [True, False]),
        (auditor, "staff.letters.make", [False, False]),
        (auditor, "staff.letters.read", [True, False]),
        (colleague, "staff.letters.make", [False, True]),
        (world.person(), "staff.letters.read", [False, False]),
    ):
        assert [may(db, person.id, action, row) for row in (here, elsewhere)] == rows


# ── several questions at once ───────────────────────────────────────────────────────────


def test_a_pages_questions_are_answered_for_the_asked_actions_and_accounts_alone(
    db, world, account, roles, member, delegate
):
    """By a role here and a delegation there: either is enough."""
    user, elsewhere, third = member(), world.account(), world.account()
    delegate(user, to=elsewhere)
    delegate(user, to=third)
    world.member(third, roles.full, user)
    asked = [EVERYBODYS, OWNERS]
    assert allowed_by_account(db, user.id, asked, [account.id, elsewhere.id]) == {
        account.id: {EVERYBODYS},
        elsewhere.id: {EVERYBODYS},
    }
    for row in (account, elsewhere):
        assert allowed(db, user.id, [OWNERS], row) == frozenset()
        assert allowed(db, world.person().id, asked, row) == frozenset()


# ── what the trail and the rules of roles read ──────────────────────────────────────────


def test_the_levels_that_somebody_acts_by_are_those_of_this_account_the_oldest_first(
    db, world, account, delegate
):
    person = delegate(level="second")
    delegate(person, level="first")
    delegate(person, level="elsewhere", to=world.account())
    delegate(level="another's")
    found = db.execute(predicate.levels(person.id, [account.id])).all()
    assert found == [(account.id, "second"), (account.id, "first")]


def test_a_role_is_effective_once_for_its_holder_on_the_whole_of_its_account(
    db, world, account, roles, member, parts, of_a_part
):
    user, elsewhere = member(), world.account()
    of_a_part = member(of_a_part, program_account_id=parts[0].id)

    def effective(person, row):
        return db.scalars(predicate.roles(person.id, row.id)).all()

    def hold():
        assert effective(user, account) == [roles.full]
        assert effective(world.owner(account), account) == [roles.owner]
        assert effective(user, elsewhere) == []
        assert effective(of_a_part, account) == []

    hold()
    world.other_program()  # it has roles of the same names
    hold()
