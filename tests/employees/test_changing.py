"""Changing and ending what employees hold; off-boarding; ends that are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.authority.models_delegation import Assignment, ClientGroup, GroupMember
from app.authority.queries import may
from app.base.context import Origin, origin, set_origin
from app.base.days import local_day
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.employees import jobs
from app.employees.holdings import holdings
from app.employees.people import seen_of
from app.employees.service.changing import change, end_access
from app.employees.service.leaving import end_everything
from app.parties.models import Party
from app.programs.actions import Action
from app.programs.limits import limits
from tests.support.race import losers, race, winners

READ = Action.TRANSACTIONS_VIEW


@pytest.fixture
def person(working):
    """Who works on the first two of three program accounts."""
    found = working.on(working.parts[0], working.low)
    working.on(working.parts[1], working.low, found)
    return found


@pytest.fixture
def changes(working, acting):
    def go(actor, person, role=None, *parts, ends_on=None, seen=None):
        acting(actor)
        given = working.given(role, *parts, ends_on=ends_on)
        change(actor.id, working.account.id, person.id, given, seen)

    return go


@pytest.fixture
def ends(working, acting):
    def go(actor, person, *rows, reason="The contract is over.", seen=None):
        acting(actor)
        chosen = [row.id for row in rows]
        end_access(actor.id, working.account.id, person.id, chosen, reason, seen)

    return go


def _live(working, person):
    return [row for row in working.rows_of(person) if row.status != "ended"]


# ── changing ────────────────────────────────────────────────────────────────────────────


def test_another_role_on_the_ticked_program_accounts_and_the_others_stay(
    working, person, manager, changes, db
):
    changes(manager, person, working.chief, working.parts[0])
    assert working.held(person) == {(working.chief, "RM0001"), (working.low, "RM0002")}
    assert [row.end_reason for row in working.rows_of(person)].count("role_changed") == 1
    assert working.told(person) == ["access_changed"]
    assert may(db, person.id, Action.REQUESTS_ANSWER, working.parts[0])
    assert not may(db, person.id, Action.REQUESTS_ANSWER, working.parts[1])


def test_one_more_program_account(working, person, manager, changes):
    changes(manager, person, working.low, *working.parts)
    assert len(_live(working, person)) == 3
    assert working.events()[-1] == "membership.given"


def test_another_last_day_is_of_the_same_access(world, working, person, manager, changes):
    before = {row.id for row in _live(working, person)}
    day = local_day(world.now(), working.definition.zone) + timedelta(days=30)
    changes(manager, person, working.low, *working.parts[:2], ends_on=day)
    after = _live(working, person)
    assert {row.id for row in after} == before
    assert {row.ends_at.astimezone(working.definition.zone).date() for row in after} == {day}
    changes(manager, person, working.low, *working.parts[:2])
    assert {row.ends_at for row in _live(working, person)} == {None}


def test_the_whole_account_takes_the_place_of_its_parts_and_the_other_way_round(
    working, person, manager, changes
):
    changes(manager, person, working.whole)
    assert working.held(person) == {(working.whole, None)}
    changes(manager, person, working.low, working.parts[2])
    assert working.held(person) == {(working.low, "RM0003")}


def test_nothing_changed_is_said(working, person, manager, changes):
    with pytest.raises(Invalid) as problem:
        changes(manager, person, working.low, *working.parts[:2])
    assert problem.value.errors == {"": "same"}
    assert working.told(person) == []


def test_nobody_changes_or_ends_their_own_access(working, manager, changes, ends):
    working.another_manager()
    for deed in (
        lambda: changes(manager, manager, working.low, working.parts[0]),
        lambda: ends(manager, manager, *_live(working, manager)),
        lambda: end_everything(manager.id, working.account.id, manager.id, "Over."),
    ):
        with pytest.raises(Refused) as problem:
            deed()
        assert problem.value.reason == "own_person"


def test_a_program_account_manager_manages_people_of_theirs_only(working, person, changes, ends):
    here, there = working.parts[:2]
    chief = working.on(here, working.chief)
    editor = working.below[0]
    on_here, on_there = sorted(_live(working, person), key=lambda row: row.program_account_id)
    changes(chief, person, editor, here)
    assert working.held(person) == {(editor, "RM0001"), (working.low, "RM0002")}
    for parts in ([there], [here, there]):
        with pytest.raises(Refused):
            changes(chief, person, working.low, *parts)
    with pytest.raises(Refused):
        ends(chief, person, on_there)
    ends(chief, person, *[row for row in _live(working, person) if row.role_code == editor])
    assert working.held(person) == {(working.low, "RM0002")}
    assert on_here.program_account_id == here.id


def test_a_program_account_manager_never_manages_somebody_of_the_whole_nor_their_like(
    working, changes, ends
):
    here = working.parts[0]
    chief, like = working.on(here, working.chief), working.on(here, working.chief)
    boss = working.another_manager()
    for other in (like, boss):
        with pytest.raises(Refused):
            changes(chief, other, working.low, here)
        with pytest.raises(Refused):
            ends(chief, other, *_live(working, other))
    with pytest.raises(Refused):
        end_everything(chief.id, working.account.id, like.id, "Over.")


def test_the_highest_role_asks_for_a_fresh_code_when_it_is_changed_to(
    working, person, manager, acting
):
    acting(manager, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        change(manager.id, working.account.id, person.id, working.given(working.whole))


def test_a_form_from_before_another_change_is_stale(working, person, manager, changes, ends):
    seen = seen_of(_live(working, person))
    changes(manager, person, working.low, working.parts[2], seen=seen)
    for deed in (
        lambda: changes(manager, person, working.chief, working.parts[0], seen=seen),
        lambda: ends(manager, person, *_live(working, person), seen=seen),
    ):
        with pytest.raises(Conflict) as problem:
            deed()
        assert problem.value.reason == "stale"


def test_a_closed_account_gives_nothing_more(world, working, person, manager, changes):
    world.close_account(working.account)
    with pytest.raises(Conflict) as problem:
        changes(manager, person, working.low, working.parts[2])
    assert problem.value.reason == "closed"


# ── ending ──────────────────────────────────────────────────────────────────────────────


def test_an_access_ends_with_a_reason_and_counts_no_more(working, person, manager, ends, db):
    first = _live(working, person)[0]
    ends(manager, person, first)
    assert working.held(person) == {(working.low, "RM0002")}
    assert not may(db, person.id, READ, working.parts[0])
    assert working.told(person) == ["access_ended"]
    assert working.events()[-1] == "membership.access_ended"


def test_what_ends_is_chosen_and_is_the_persons_own(working, person, manager, ends):
    other = working.on(working.parts[0], working.low)
    for rows in ([], _live(working, other)):
        with pytest.raises(Invalid) as problem:
            ends(manager, person, *rows)
        assert problem.value.errors == {"chosen": "none"}
    with pytest.raises(Invalid) as problem:
        ends(manager, person, *_live(working, person), reason=" ")
    assert problem.value.errors == {"reason": "empty"}


def _as(person, work):
    verified = origin().code_verified_at

    def run():
        set_origin(Origin(person_id=person.id, code_verified_at=verified))
        return work()

    return run


@pytest.mark.parametrize("round_", range(4))
def test_two_managers_who_end_each_other_at_once_leave_one(working, manager, acting, round_):
    other = working.another_manager()
    mine, theirs = _live(working, manager)[0], _live(working, other)[0]
    acting(manager)
    key = working.account.id
    results = race(
        _as(manager, lambda: end_access(manager.id, key, other.id, [theirs.id], "Over.")),
        _as(other, lambda: end_access(other.id, key, manager.id, [mine.id], "Over.")),
    )
    assert len(winners(results)) == 1
    assert all(isinstance(lost, Refused) for lost in losers(results))
    assert len(working.held(manager) | working.held(other)) == 1


@pytest.mark.parametrize("round_", range(4))
def test_two_managers_who_move_each_other_down_at_once_leave_one(working, manager, acting, round_):
    other = working.another_manager()
    down = working.given(working.low, working.parts[0])
    acting(manager)
    key = working.account.id
    results = race(
        _as(manager, lambda: change(manager.id, key, other.id, down)),
        _as(other, lambda: change(other.id, key, manager.id, down)),
    )
    assert len(winners(results)) == 1
    held = [working.held(one) for one in (manager, other)]
    assert sorted(held, key=str) == sorted(
        [{(working.whole, None)}, {(working.low, "RM0001")}], key=str
    )


# ── off-boarding ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def broker(world, working, person, manager):
    """The person acts for a client by name, and is in a group."""
    client = world.account(program=working.program)
    level = next(iter(working.definition.delegation.levels))
    world.delegation(client, working.account.business, level=level, people=[person])
    party = Party(kind="group", name="The Tuesday team")
    world.db.add(party)
    world.db.flush()
    world.db.add(
        ClientGroup(
            id=party.id, account_id=working.account.id, name_folded="the tuesday team",
            made_by=manager.id,
        )
    )  # fmt: skip
    world.db.flush()
    world.db.add(GroupMember(group_id=party.id, person_id=person.id))
    world.db.commit()
    return world.owner(client)


def _held(working, reader, person, db):
    found = holdings(db, reader.id, working.account, person.id, _live(working, person))
    counts = (len(found.access), len(found.clients), len(found.groups))
    shown = found.shown
    db.rollback()
    return counts, shown


def test_everything_is_listed_and_then_ends_in_one_deed(
    world, working, person, manager, broker, acting, db
):
    counts, shown = _held(working, manager, person, db)
    assert counts == (2, 1, 1)
    acting(manager)
    before = len(working.trail())
    end_everything(manager.id, working.account.id, person.id, "Left.", shown)
    assert working.held(person) == set()
    assert {row.end_reason for row in working.rows_of(person)} == {"off_boarded"}
    for model in (Assignment, GroupMember):
        mine = select(model).where(model.person_id == person.id)
        assert world.db.scalars(mine).all() == []
    world.db.rollback()
    assert working.told(person) == ["all_ended"]
    assert working.told(broker) == ["employee_gone"]
    assert working.events()[before:] == [
        "membership.access_ended", "membership.access_ended", "client.unassigned",
        "client_group.left",
    ]  # fmt: skip


def test_what_came_after_the_list_was_shown_is_shown_first(
    world, working, person, manager, broker, acting, db
):
    _counts, shown = _held(working, manager, person, db)
    working.on(working.parts[2], working.low, person)
    acting(manager)
    with pytest.raises(Conflict) as problem:
        end_everything(manager.id, working.account.id, person.id, "Left.", shown)
    assert problem.value.reason == "stale"


def test_the_groups_and_clients_of_another_provider_stay(
    world, working, person, manager, broker, acting
):
    other = world.account(program=working.program)
    client = world.account(program=working.program)
    level = next(iter(working.definition.delegation.levels))
    kept = world.delegation(client, other.business, level=level, people=[person])
    acting(manager)
    end_everything(manager.id, working.account.id, person.id, "Left.")
    left = world.db.scalars(select(Assignment).where(Assignment.person_id == person.id)).all()
    assert [one.delegation_id for one in left] == [kept.id]


def test_only_who_manages_the_whole_account_ends_everything(working, acting):
    here = working.parts[0]
    chief, person = working.on(here, working.chief), working.on(here, working.low)
    acting(chief)
    with pytest.raises(Refused):
        end_everything(chief.id, working.account.id, person.id, "Left.")
    assert working.held(person) == {(working.low, here.number)}


def test_clients_and_groups_are_listed_for_who_chooses_them_only(working, person, broker, db):
    chief = working.on(working.parts[0], working.chief)
    counts, _shown = _held(working, chief, person, db)
    assert counts == (2, 0, 0)


def test_the_trail_tells_the_role_in_which_an_access_was_changed_and_ended(
    world, working, person, manager, changes, ends
):
    changes(manager, person, working.low, working.parts[2])
    ends(manager, person, *_live(working, person))
    wanted = select(Entry.role).where(Entry.event.startswith("membership."))
    assert set(world.db.scalars(wanted)) == {working.whole}


def test_whoever_holds_nothing_is_not_off_boarded(world, working, manager, acting):
    acting(manager)
    with pytest.raises(NotFound):
        end_everything(manager.id, working.account.id, world.person().id, "Left.")


# ── ends that are near ──────────────────────────────────────────────────────────────────


def test_an_end_is_told_once_a_week_before_to_the_person_and_the_managers(
    world, working, manager, changes, clock, db
):
    chief = working.on(working.parts[0], working.chief)
    person = working.on(working.parts[0], working.low)
    before = limits().access_ends.told_before.count
    day = local_day(world.now(), working.definition.zone) + timedelta(days=before + 2)
    changes(manager, person, working.low, working.parts[0], ends_on=day)
    jobs.tell_ends()
    assert "access_ends" not in working.told(person)
    clock.move(days=2)
    jobs.tell_ends()
    jobs.tell_ends()
    clock.move(days=3)
    jobs.tell_ends()
    assert working.told(person) == ["access_changed", "access_ends"]
    assert working.told(manager) == ["member_ends"]
    assert working.told(chief) == ["member_ends"]


def test_another_end_is_told_anew(world, working, manager, changes, clock):
    person = working.on(working.parts[0], working.low)
    today = local_day(world.now(), working.definition.zone)
    changes(manager, person, working.low, working.parts[0], ends_on=today + timedelta(days=3))
    jobs.tell_ends()
    changes(manager, person, working.low, working.parts[0], ends_on=today + timedelta(days=5))
    jobs.tell_ends()
    assert working.told(person).count("access_ends") == 2


def test_nothing_is_told_of_an_access_that_has_ended(world, working, manager, ends, clock):
    person = working.on(working.parts[0], working.low, ends_at=world.now() + timedelta(days=2))
    ends(manager, person, *_live(working, person))
    jobs.tell_ends()
    assert "access_ends" not in working.told(person)
