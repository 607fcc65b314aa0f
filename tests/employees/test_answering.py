"""Facts B4: managers approve with a role, program accounts and an end, or refuse with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.authority.queries import may
from app.base.context import Origin, origin, set_origin
from app.base.days import END_OF_DAY, local_day
from app.base.errors import Conflict, Invalid, Refused, StepUpNeeded
from app.employees.service.answering import refuse
from app.employees.service.asking import withdraw
from app.programs.actions import Action
from tests.support.race import losers, race, winners

READ = Action.TRANSACTIONS_VIEW


@pytest.fixture
def row(working, newcomer):
    return working.requested(newcomer)


@pytest.fixture
def today(world, working):
    return local_day(world.now(), working.definition.zone)


def test_a_request_is_approved_with_a_role_on_program_accounts_until_a_day(
    working, newcomer, manager, row, acting, today
):
    acting(manager)
    made = working.approves(
        manager, row, working.low, *working.parts[:2], ends_on=today + timedelta(days=9)
    )
    assert len(made) == 2
    assert working.held(newcomer) == {(working.low, "RM0001"), (working.low, "RM0002")}
    for one in working.rows_of(newcomer):
        end = one.ends_at.astimezone(working.definition.zone)
        assert (end.date(), end.time()) == (today + timedelta(days=9), END_OF_DAY)
        assert (one.request_id, one.added_by, one.status) == (row.id, manager.id, "active")
    assert working.request_of(newcomer).state == "approved"
    assert working.told(newcomer) == ["access_approved"]


def test_the_trail_tells_each_access_and_the_answer_last(working, newcomer, manager, row, acting):
    acting(manager)
    working.approves(manager, row, working.low, *working.parts)
    told = working.trail()[-4:]
    assert [event for event, *_ in told] == ["membership.given"] * 3 + ["access_request.approved"]
    assert [changes["program_account"][1] for _, _, changes in told[:3]] == [
        "RM0001", "RM0002", "RM0003",
    ]  # fmt: skip
    assert {actor for _, actor, _ in told} == {manager.id}


def test_what_was_given_counts_at_once_and_on_nothing_else(
    working, newcomer, manager, row, acting, db
):
    acting(manager)
    working.approves(manager, row, working.low, working.parts[0])
    assert may(db, newcomer.id, READ, working.parts[0])
    assert not may(db, newcomer.id, READ, working.parts[1])
    assert not may(db, newcomer.id, READ, working.account)


def test_access_ends_with_the_last_second_of_its_day_without_a_job(
    working, newcomer, manager, row, acting, today, clock, db
):
    acting(manager)
    working.approves(manager, row, working.low, working.parts[0], ends_on=today)
    end = working.rows_of(newcomer)[0].ends_at
    clock.set(end - timedelta(seconds=1))
    assert may(db, newcomer.id, READ, working.parts[0])
    db.rollback()
    clock.set(end)
    assert not may(db, newcomer.id, READ, working.parts[0])


def test_a_second_manager_is_made_by_the_first(working, newcomer, manager, row, acting):
    acting(manager)
    working.approves(manager, row, working.whole)
    assert working.held(newcomer) == {(working.whole, None)}


def test_the_highest_role_asks_for_a_fresh_code(working, newcomer, manager, row, acting):
    acting(manager, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        working.approves(manager, row, working.whole)
    working.approves(manager, row, working.low, working.parts[0])


@pytest.mark.parametrize(
    ("role", "parts", "days", "errors"),
    [
        ("low", 0, None, {"parts": "none"}),
        ("whole", 1, None, {"parts": "whole"}),
        ("whole", 0, 5, {"ends_on": "required"}),
        ("low", 1, -1, {"ends_on": "past"}),
    ],
)
def test_what_does_not_fit_together_is_said_at_its_field(
    working, manager, row, acting, today, role, parts, days, errors
):
    acting(manager)
    end = None if days is None else today + timedelta(days=days)
    with pytest.raises(Invalid) as problem:
        working.approves(manager, row, getattr(working, role), *working.parts[:parts], ends_on=end)
    assert problem.value.errors == errors


def test_a_program_account_of_another_business_is_not_given(world, working, manager, row, acting):
    theirs = working.part("RM0001", world.account(program=working.program))
    acting(manager)
    with pytest.raises(Invalid) as problem:
        working.approves(manager, row, working.low, theirs)
    assert problem.value.errors == {"parts": "unknown"}


def test_a_role_that_the_program_has_not_is_not_given(working, manager, row, acting):
    acting(manager)
    with pytest.raises(Invalid) as problem:
        working.approves(manager, row, "admiral", working.parts[0])
    assert problem.value.errors == {"role": "unknown"}


# ── who answers ─────────────────────────────────────────────────────────────────────────


def test_nobody_approves_their_own_request(working, manager, acting):
    person = working.on(working.parts[0], working.chief)
    row = working.requested(person, working.parts[0])
    acting(person)
    with pytest.raises(Refused) as problem:
        working.approves(person, row, working.low, working.parts[0])
    assert problem.value.reason == "own"
    with pytest.raises(Refused):
        refuse(person.id, row.id, "No")


@pytest.mark.parametrize("who", ["outsider", "employee", "elsewhere"])
def test_only_who_manages_answers(world, working, manager, acting, who):
    row = working.requested(world.person(), working.parts[0])
    person = {
        "outsider": world.person,
        "employee": lambda: working.on(working.parts[0], working.low),
        "elsewhere": lambda: working.on(working.parts[1], working.chief),
    }[who]()
    acting(person)
    with pytest.raises(Refused):
        working.approves(person, row, working.low, working.parts[0])
    with pytest.raises(Refused):
        refuse(person.id, row.id, "No")


def test_who_manages_a_program_account_answers_for_it_and_gives_what_they_give(
    working, newcomer, acting
):
    here, there = working.parts[:2]
    chief = working.on(here, working.chief)
    row = working.requested(newcomer, here)
    acting(chief)
    for role, parts in (
        (working.chief, [here]), (working.whole, []), (working.low, [there]),
        (working.low, [here, there]),
    ):  # fmt: skip
        with pytest.raises(Refused):
            working.approves(chief, row, role, *parts)
    working.approves(chief, row, working.low, here)
    assert working.held(newcomer) == {(working.low, here.number)}


def test_a_request_for_the_whole_account_is_not_answered_from_a_program_account(
    working, row, acting
):
    chief = working.on(working.parts[0], working.chief)
    acting(chief)
    with pytest.raises(Refused):
        working.approves(chief, row, working.low, working.parts[0])


def test_a_closed_account_takes_nobody_in(world, working, manager, row, acting):
    acting(manager)
    world.close_account(working.account)
    with pytest.raises(Refused):
        working.approves(manager, row, working.low, working.parts[0])


# ── refusing ────────────────────────────────────────────────────────────────────────────


def test_a_request_is_refused_with_a_reason_that_the_person_reads(
    working, newcomer, manager, row, acting
):
    acting(manager)
    refuse(manager.id, row.id, " We do not know you. ")
    found = working.request_of(newcomer)
    assert (found.state, found.reason) == ("refused", "We do not know you.")
    assert working.told(newcomer) == ["access_refused"]
    assert working.events()[-1] == "access_request.refused"
    assert working.held(newcomer) == set()


@pytest.mark.parametrize(("reason", "code"), [("  ", "empty"), ("x" * 501, "long")])
def test_a_reason_is_given_and_is_not_a_letter(working, manager, row, acting, reason, code):
    acting(manager)
    with pytest.raises(Invalid) as problem:
        refuse(manager.id, row.id, reason)
    assert problem.value.errors == {"reason": code}


def test_who_was_refused_may_ask_again(working, newcomer, manager, acting):
    acting(newcomer)
    row = working.asks(newcomer)
    acting(manager)
    refuse(manager.id, row.id, "No")
    acting(newcomer)
    assert working.asks(newcomer).id != row.id


# ── once ────────────────────────────────────────────────────────────────────────────────


def test_a_form_from_before_somebody_elses_answer_is_stale(working, manager, row, acting):
    acting(manager)
    with pytest.raises(Conflict) as problem:
        working.approves(manager, row, working.low, working.parts[0], version=row.row_version + 1)
    assert problem.value.reason == "stale"
    refuse(manager.id, row.id, "No", row.row_version)
    with pytest.raises(Conflict) as problem:
        working.approves(manager, row, working.low, working.parts[0], version=row.row_version)
    assert problem.value.reason == "moved_on"


def test_a_request_that_was_withdrawn_is_not_answered(working, newcomer, manager, row, acting):
    acting(newcomer)
    withdraw(newcomer.id, working.code, working.bn)
    acting(manager)
    with pytest.raises(Conflict):
        working.approves(manager, row, working.low, working.parts[0])


def test_who_has_access_there_is_changed_on_their_page_and_not_by_a_request(
    world, working, manager, acting
):
    person = working.on(working.parts[0], working.low)
    row = working.requested(person, working.parts[1])
    acting(manager)
    for role, parts in ((working.low, working.parts[:2]), (working.whole, [])):
        with pytest.raises(Invalid) as problem:
            working.approves(manager, row, role, *parts)
        assert set(problem.value.errors.values()) == {"held"}
    working.approves(manager, row, working.low, working.parts[1])
    assert working.held(person) == {(working.low, "RM0001"), (working.low, "RM0002")}


def test_an_access_that_is_over_stands_in_nobodys_way(world, working, manager, acting, clock):
    person = working.on(working.parts[0], working.low, ends_at=world.now() + timedelta(hours=1))
    row = working.requested(person)
    clock.move(hours=2)
    acting(manager)
    working.approves(manager, row, working.low, working.parts[0])
    assert [one.end_reason for one in working.rows_of(person)] == ["expired", None]


def _as(person, work):
    verified = origin().code_verified_at

    def run():
        set_origin(Origin(person_id=person.id, code_verified_at=verified))
        return work()

    return run


@pytest.mark.parametrize("round_", range(4))
def test_of_two_managers_who_answer_at_once_one_does(
    working, newcomer, manager, row, acting, round_
):
    other = working.another_manager()
    acting(manager)
    results = race(
        _as(manager, lambda: working.approves(
            manager, row, working.low, working.parts[0], version=row.row_version)),
        _as(other, lambda: refuse(other.id, row.id, "No", row.row_version)),
    )  # fmt: skip
    assert len(winners(results)) == 1
    assert all(isinstance(lost, Conflict) for lost in losers(results))
    assert len(working.told(newcomer)) == 1
    approved = working.request_of(newcomer).state == "approved"
    assert len(working.held(newcomer)) == int(approved)


@pytest.mark.parametrize("round_", range(3))
def test_the_same_approval_sent_twice_at_once_is_one(
    working, newcomer, manager, row, acting, round_
):
    acting(manager)
    go = _as(manager, lambda: working.approves(manager, row, working.low, *working.parts))
    results = race(go, go)
    assert len(winners(results)) == 1
    assert len(working.rows_of(newcomer)) == 3
