"""Facts B4: asking by business number with a comment, and what whoever asks learns by it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.authority.models_delegation import AccessRequest
from app.authority.queries import visible
from app.base.db import session
from app.base.errors import Invalid, NotFound, Refused, TooMany
from app.employees import queries
from app.employees.service import asking, lapsing, telling
from app.employees.service.asking import Wanted, ask, withdraw
from app.programs.actions import Action
from app.programs.limits import limits
from tests.employees.working import COMMENT
from tests.support.race import losers, race, winners


@pytest.fixture
def asks(working, acting):
    def go(person, *args, **more):
        acting(person)
        return working.asks(person, *args, **more)

    return go


def _asked(working, person):
    found = [one.number for one in queries.asked_by(session, person.id, working.program)]
    session.rollback()
    return found


def test_a_person_asks_by_business_number_with_a_comment(working, newcomer, asks):
    row = asks(newcomer)
    assert (row.account_id, row.state, row.comment) == (working.account.id, "asked", COMMENT)
    assert row.program_account_id is None
    assert working.events()[-1] == "access_request.asked"


def test_a_program_account_may_be_named(working, newcomer, asks):
    assert asks(newcomer, part="rm 0002").program_account_id == working.parts[1].id


def test_a_program_account_that_the_business_has_not_is_no_reason_to_refuse(
    working, newcomer, asks
):
    row = asks(newcomer, part="RM0009")
    assert row is not None
    assert row.program_account_id is None


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"number": "123456788"}, "number", "bn"),
        ({"number": "12"}, "number", "bn"),
        ({"part": "RM1"}, "program_account", "format"),
        ({"comment": "  "}, "comment", "empty"),
        ({"comment": "x" * 1001}, "comment", "long"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field_and_costs_no_try(
    working, newcomer, asks, typed, field, code
):
    with pytest.raises(Invalid) as problem:
        asks(newcomer, **typed)
    assert problem.value.errors == {field: code}
    assert working.counted(newcomer) == []


def test_the_longest_comment_is_the_definitions(working, newcomer, asks):
    asks(newcomer, comment="x" * working.definition.access_requests.longest_comment)


def test_a_program_in_which_nobody_asks_is_not_there(world, working, newcomer):
    with pytest.raises(NotFound):
        ask(newcomer.id, Wanted(world.program().code, working.bn, "", COMMENT))
    with pytest.raises(NotFound):
        ask(newcomer.id, Wanted("nowhere", working.bn, "", COMMENT))


# ── no oracle ───────────────────────────────────────────────────────────────────────────


def test_nothing_is_kept_of_a_number_that_nobody_has_beyond_the_count(working, newcomer, asks):
    before = len(working.trail())
    assert asks(newcomer, working.unknown()) is None
    assert working.requests() == []
    assert len(working.trail()) == before
    assert working.counted(newcomer) == ["ask_for_access", "asked_for_access"]


def test_the_same_is_counted_of_a_number_that_a_business_has(working, newcomer, asks):
    asks(newcomer)
    assert working.counted(newcomer) == ["ask_for_access", "asked_for_access"]


def test_a_business_without_an_account_and_a_closed_one_are_like_none(
    world, working, newcomer, asks
):
    other = world.account(program=working.program)
    world.close_account(other)
    assert asks(newcomer, other.business.bn) is None
    assert asks(newcomer, world.business().bn) is None


def test_what_a_person_is_shown_of_their_requests_does_not_tell_whether_there_is_a_business(
    world, working, newcomer, asks, clock
):
    unknown = working.unknown()
    asks(newcomer)
    asks(newcomer, unknown)
    assert _asked(working, newcomer) == [unknown, working.bn]
    clock.move(days=limits().ask_for_access.life.count)
    assert _asked(working, newcomer) == [unknown, working.bn]
    clock.move(days=1)
    assert _asked(working, newcomer) == []


def test_both_are_refused_twice_and_taken_back_alike(working, newcomer, asks):
    for number in (working.bn, working.unknown()):
        asks(newcomer, number)
        with pytest.raises(Invalid) as problem:
            asks(newcomer, number)
        assert problem.value.errors == {"": "already_asked"}
        withdraw(newcomer.id, working.code, number)
        assert _asked(working, newcomer) == []
    assert working.request_of(newcomer).state == "withdrawn"


def test_five_requests_a_day_whatever_the_numbers(working, newcomer, asks, clock):
    limit = limits().ask_for_access
    asks(newcomer)
    for _ in range(limit.requests - 1):
        asks(newcomer, working.unknown())
    with pytest.raises(TooMany):
        asks(newcomer, working.unknown())
    clock.move(hours=23, minutes=59)
    with pytest.raises(TooMany):
        asks(newcomer, working.unknown())
    clock.move(minutes=2)
    asks(newcomer, working.unknown())


def test_a_limit_is_of_one_person(world, working, newcomer, asks):
    for _ in range(limits().ask_for_access.requests):
        asks(newcomer, working.unknown())
    assert asks(world.person()) is not None


# ── what one knows of oneself ───────────────────────────────────────────────────────────


def test_a_member_is_told_so(working, manager, asks):
    with pytest.raises(Invalid) as problem:
        asks(manager)
    assert problem.value.errors == {"": "already_member"}


def test_who_works_on_one_program_account_asks_for_the_next(working, asks):
    person = working.on(working.parts[0], working.low)
    for part in ("", "RM0001"):
        with pytest.raises(Invalid):
            asks(person, part=part)
    assert asks(person, part="RM0002").state == "asked"


def test_whose_access_is_over_asks_again(world, working, asks, clock):
    person = working.on(working.parts[0], working.low, ends_at=world.now())
    assert asks(person).state == "asked"


def test_an_unassociated_person_sees_nothing_of_the_account(working, newcomer, asks, db):
    row = asks(newcomer)
    for action in [*Action, *working.definition.brought()]:
        for model in (type(working.account), type(working.parts[0]), AccessRequest):
            assert db.scalars(visible(newcomer.id, action, model)).all() == []
    assert [one.id for one in db.scalars(visible(newcomer.id, "request.read", AccessRequest))] == [
        row.id
    ]


# ── who is told, withdrawing, lapsing ───────────────────────────────────────────────────


def test_those_who_may_answer_are_told_once(working, newcomer, manager, asks):
    chief, other = (working.on(part, working.chief) for part in working.parts[:2])
    row = asks(newcomer, part="RM0001")
    telling.tell_asked(row.id)
    telling.tell_asked(row.id)
    assert working.told(manager) == ["access_asked"]
    assert working.told(chief) == ["access_asked"]
    assert working.told(other) == []


def test_nobody_is_told_of_what_was_taken_back(working, newcomer, manager, asks):
    row = asks(newcomer)
    withdraw(newcomer.id, working.code, working.bn)
    telling.tell_asked(row.id)
    assert working.told(manager) == []


def test_only_the_person_takes_their_request_back(world, working, newcomer, asks):
    asks(newcomer)
    withdraw(world.person().id, working.code, working.bn)
    assert working.request_of(newcomer).state == "asked"


def test_a_request_that_nobody_answered_is_over_after_its_last_day(
    working, newcomer, asks, clock, db
):
    asks(newcomer)
    clock.move(days=limits().ask_for_access.life.count)
    assert [lapsing.close_late_request(one) for one in lapsing.late_requests(db)] in ([], [False])
    clock.move(days=1)
    for one in lapsing.late_requests(db):
        assert lapsing.close_late_request(one)
    assert working.request_of(newcomer).state == "withdrawn"
    assert working.told(newcomer) == []
    assert working.events()[-1] == "access_request.lapsed"


def test_who_was_not_answered_in_time_may_ask_again_before_anything_was_tidied(
    working, newcomer, asks, clock
):
    first = asks(newcomer)
    clock.move(days=limits().ask_for_access.life.count + 1)
    second = asks(newcomer)
    assert second.id != first.id
    assert [row.state for row in working.requests()] == ["withdrawn", "asked"]


@pytest.mark.parametrize("round_", range(3))
@pytest.mark.parametrize("known", [True, False])
def test_asking_twice_at_once_is_one_request(working, newcomer, acting, known, round_):
    acting(newcomer)
    number = working.bn if known else working.unknown()
    wanted = Wanted(working.code, number, "", COMMENT)
    results = race(lambda: ask(newcomer.id, wanted), lambda: ask(newcomer.id, wanted))
    assert len(winners(results)) == 1
    assert [problem.errors for problem in losers(results)] == [{"": "already_asked"}]
    assert len(working.requests()) == int(known)


def test_of_open_requests_to_a_business_there_is_one(working, newcomer, asks):
    working.requested(newcomer)
    with pytest.raises(Invalid) as problem:
        asks(newcomer)
    assert problem.value.errors == {"": "already_asked"}


def test_the_deed_itself_takes_back_ones_own_only(world, working, newcomer, asks):
    row = asks(newcomer)
    with pytest.raises(Refused):
        asking._withdraw(world.person().id, row.id)


def test_a_disabled_person_asks_nothing(world, working, asks):
    person = world.person(state="disabled")
    with pytest.raises(NotFound):
        asks(person)
    assert world.db.scalars(select(AccessRequest)).all() == []
