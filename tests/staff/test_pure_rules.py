"""The staff's pure rules at their boundaries: columns, views, who puts whom on the staff."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.authority.staff_rules import assignable, leaves_none
from app.base.days import BusinessDays, end_of_day
from app.base.errors import Conflict, Invalid
from app.desk import rules
from app.web.staff.rules import late_up_to, shown_as

POSSIBLE = ["name", "state", "due", "by"]


# ── saved views ─────────────────────────────────────────────────────────────────────────


def test_a_name_is_kept_without_needless_spaces():
    assert rules.name_of("  Due   soon ") == "Due soon"


@pytest.mark.parametrize("typed", ["", "   ", "…", "!?"])
def test_a_name_that_nobody_could_say_is_none(typed):
    with pytest.raises(Invalid) as refused:
        rules.name_of(typed)
    assert refused.value.errors == {"name": "empty"}


def test_a_name_has_at_most_forty_signs():
    assert rules.name_of("a" * 40) == "a" * 40
    with pytest.raises(Invalid) as refused:
        rules.name_of("a" * 41)
    assert (refused.value.errors, refused.value.values) == ({"name": "long"}, {"max": 40})


def test_twelve_views_of_a_list_are_the_most():
    rules.one_more(11)
    for kept in (12, 13):
        with pytest.raises(Conflict, match=r"^too_many_views$"):
            rules.one_more(kept)


def test_columns_stand_in_the_screens_order_after_the_one_that_names_the_row():
    assert rules.columns_of(["by", "state"], POSSIBLE) == ["name", "state", "by"]
    assert rules.columns_of(["name"], POSSIBLE) == ["name"]
    assert rules.columns_of([], POSSIBLE) == ["name"]


def test_a_column_that_the_screen_does_not_have_is_not_chosen():
    with pytest.raises(Invalid) as refused:
        rules.columns_of(["name", "password"], POSSIBLE)
    assert refused.value.errors == {"columns": "unknown"}


def test_eight_columns_are_the_most():
    many = [f"column {n}" for n in range(9)]
    assert rules.columns_of(many[:8], many) == many[:8]
    with pytest.raises(Invalid) as refused:
        rules.columns_of(many, many)
    assert (refused.value.errors, refused.value.values) == ({"columns": "many"}, {"num": 8})


@pytest.mark.parametrize(
    ("kept", "seen"),
    [
        (None, ["name", "due"]),
        ([], ["name", "due"]),
        (["gone"], ["name", "due"]),
        (["by"], ["name", "by"]),
        (["name", "by"], ["name", "by"]),
        (["by", "gone", "state"], ["name", "by", "state"]),
    ],
)
def test_columns_are_shown_as_they_were_kept_while_the_screen_has_them(kept, seen):
    assert rules.shown(kept, POSSIBLE, ["name", "due"]) == seen


# ── who is on the staff ─────────────────────────────────────────────────────────────────


def test_an_administrator_gives_every_kind_and_nobody_else_gives_any():
    every = ("program_officer", "technical_support", "supervisor", "auditor", "administrator")
    assert set(assignable(["administrator", "auditor"])) == set(every)
    assert assignable(["auditor", "supervisor", "program_officer"]) == ()
    assert assignable([]) == ()
    assert assignable(["unknown"]) == ()


def test_a_program_keeps_somebody_who_administers_it():
    assert leaves_none("administrator", set())
    assert not leaves_none("administrator", {7})
    assert not leaves_none("auditor", set())


# ── what waits ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ({"letters.make", "letters.read"}, "turn"),
        ({"letters.make"}, "turn"),
        ({"letters.read"}, "read"),
        ({"letters.read", "staff.export"}, "read"),
        ({"letters.read", "persons.read"}, "read"),
        ({"letters.read", "persons.unlock"}, None),
        ({"staff.export"}, None),
        (set(), None),
    ],
)
def test_work_is_ones_own_to_do_or_to_read_or_not_shown(held, shown):
    assert shown_as(held, doing="letters.make", reading="letters.read") == shown


def test_a_letter_is_late_once_the_last_instant_of_its_days_has_passed():
    """Due on Monday, two business days: on time until the end of Wednesday."""
    zone = ZoneInfo("America/Toronto")
    monday, wednesday = date(2027, 3, 8), date(2027, 3, 10)
    last = end_of_day(wednesday, zone)
    sunday = end_of_day(monday - timedelta(days=1), zone)
    assert late_up_to(last, BusinessDays(2), zone) == sunday
    second = timedelta(seconds=1)
    assert late_up_to(last + second, BusinessDays(2), zone) == end_of_day(monday, zone)
