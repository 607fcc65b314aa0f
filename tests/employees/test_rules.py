"""The pure rules of asking and giving, on generated cases."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.authority.rules import Actor, Grant, Role, RoleBook, may_give
from app.base.days import CalendarDays
from app.employees.rules import (
    Access,
    faults,
    is_told_now,
    is_waiting,
    last_day,
    last_second,
    places,
    roles_on,
)

ZONE = ZoneInfo("America/Toronto")
CODES = ("first", "second", "third")
days = st.dates(date(2026, 1, 1), date(2030, 12, 31))
moments = st.builds(lambda day, at: datetime.combine(day, at, ZONE), days, st.times())
parts = st.lists(st.integers(1, 5), max_size=5).map(tuple)
accesses = st.builds(Access, st.sampled_from(CODES), parts, st.none() | days)


@st.composite
def books(draw):
    roles = {code: Role(code, rank, required=rank == 1) for rank, code in enumerate(CODES, start=1)}
    pairs = [(giver, role) for giver in CODES for role in CODES]
    grants = draw(st.sets(st.sampled_from(pairs)))
    return RoleBook(roles, frozenset(Grant(giver, role, "give") for giver, role in grants))


@given(accesses, st.booleans(), st.booleans(), days)
def test_an_access_that_passes_fits_its_role(access, whole, required, today):
    found = faults(access, Role(access.role, 1, required=required), whole=whole, today=today)
    wanted = {}
    if bool(access.parts) == whole:
        wanted["parts"] = "whole" if whole else "none"
    if access.ends_on is not None and (required or access.ends_on < today):
        wanted["ends_on"] = "required" if required else "past"
    assert found == wanted


@given(accesses, st.booleans())
def test_each_place_is_given_once(access, whole):
    found = places(access, whole=whole)
    assert len(found) == len(set(found))
    assert set(found) == ({None} if whole else set(access.parts))


@given(days)
def test_the_last_second_is_of_the_last_day(day):
    end = last_second(day, ZONE)
    assert last_day(end, ZONE) == day
    assert last_day(end + timedelta(seconds=1), ZONE) == day + timedelta(days=1)


def test_no_last_day_is_no_end():
    assert last_second(None, ZONE) is None
    assert last_day(None, ZONE) is None


@given(books(), st.dictionaries(st.integers(1, 3), st.sets(st.sampled_from(CODES))),
       st.sets(st.sampled_from(CODES)), st.booleans(), st.sets(st.sampled_from(CODES)))  # fmt: skip
def test_a_form_offers_what_may_be_given_somewhere_and_the_whole_from_the_whole_only(
    book, on_parts, on_whole, has_whole, whole
):
    actors = {place: Actor(1, frozenset(held)) for place, held in on_parts.items()}
    if has_whole:
        actors[None] = Actor(1, frozenset(on_whole))
    offered = roles_on(book, actors, whole)
    for code in CODES:
        where = [who for place, who in actors.items() if code not in whole or place is None]
        assert (code in offered) == any(may_give(book, who, code) for who in where)
    assert offered == [code for code in CODES if code in offered]


@given(moments, st.integers(0, 60), st.integers(0, 120))
def test_a_request_waits_to_the_end_of_its_last_day(asked, life, passed):
    moment = datetime.combine(asked.date() + timedelta(days=passed), time(23, 59, 59), ZONE)
    waits = is_waiting(asked, None, moment, CalendarDays(life), ZONE)
    assert waits == (passed <= life)


@given(moments, moments)
def test_an_answer_counts_for_what_was_asked_before_it(asked, answer):
    waits = is_waiting(asked, answer, asked, CalendarDays(30), ZONE)
    assert waits == (answer < asked)


@given(days, st.integers(0, 30), st.integers(-5, 60))
def test_an_end_is_told_from_so_many_days_before_it_and_never_after(day, before, left):
    end = last_second(day, ZONE)
    moment = datetime.combine(day - timedelta(days=left), time(9), ZONE)
    assert is_told_now(end, moment, CalendarDays(before), ZONE) == (0 <= left <= before)
    assert not is_told_now(end, end, CalendarDays(before), ZONE)
