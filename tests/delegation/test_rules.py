"""The pure rules: lists of numbers, terms of a delegation, its days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.days import CalendarDays
from app.delegation.rules.days import due, passed
from app.delegation.rules.numbers import Known, check, numbers_in
from app.delegation.rules.terms import Giver, Terms, covers, faults, levels_open_to, reached
from tests.support.definitions import delegating

STEPS = tuple(CalendarDays(n) for n in (60, 30, 7))
TODAY = date(2026, 11, 23)
GOOD, OTHER = "100000009", "100011733"


def rule():
    return delegating().delegation


def of(reach):
    return next(code for code, one in rule().levels.items() if one.reach == reach)


# ── lists ───────────────────────────────────────────────────────────────────────────────


def reasons(text, **known):
    return [line.reason for line in check(text, Known(**{"own": None} | known))]


def test_a_list_is_checked_line_by_line():
    text = f"Numéro\n{GOOD}\n\n{GOOD[:3]} {GOOD[3:6]} {GOOD[6:]}\n123\nabc; {OTHER}"
    assert reasons(text) == [None, "twice", "bn", "bn"]


def test_of_a_file_the_first_column_counts_and_its_heading_does_not():
    text = f'\ufeff"BN","Name"\n"{GOOD}","Vergers, inc."\n'
    assert [line.number for line in check(text, Known(None))] == [GOOD]
    assert numbers_in(text) == {GOOD}


def test_nobody_asks_their_own_business_nor_one_for_which_they_act_or_wait():
    assert reasons(GOOD, own=GOOD) == ["own"]
    assert reasons(GOOD, acting=[GOOD]) == ["acting"]
    assert reasons(GOOD, asked=[GOOD]) == ["asked"]


@given(st.lists(st.sampled_from([GOOD, OTHER, "x1", "12", ""]), max_size=12))
def test_every_number_is_asked_once_whatever_the_list_repeats(lines):
    asked = [line.number for line in check("\n".join(lines), Known(None)) if line.reason is None]
    assert sorted(asked) == sorted({GOOD, OTHER} & set(lines))


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_a_list(text):
    for line in check(text, Known(None)):
        assert (line.reason is None) <= (line.number is not None)
        assert len(line.typed) <= 40


# ── terms ───────────────────────────────────────────────────────────────────────────────

WHOLE = Giver(True, frozenset({1, 2}))
PART = Giver(False, frozenset({1}))


def wrong(terms, giver=WHOLE, taken=()):
    return faults(terms, giver, rule(), TODAY, taken)


def test_a_program_account_manager_gives_no_level_that_reaches_the_whole_account():
    open_levels = {rule().levels[code].reach for code in levels_open_to(PART, rule().levels)}
    assert open_levels == {"program_account"}
    assert wrong(Terms(of("account")), PART) == {"level": "unknown"}
    assert wrong(Terms(of("program_account"), frozenset({2})), PART) == {"parts": "unknown"}
    assert wrong(Terms(of("program_account"), frozenset({1})), PART) == {}


def test_a_level_of_one_program_account_needs_one():
    assert wrong(Terms(of("program_account"))) == {"parts": "empty"}
    named = Terms(of("program_account"), frozenset({1, 2}))
    assert wrong(named) == {}
    assert wrong(named, taken={2}) == {"parts": "taken"}


def test_business_level_is_every_program_account_present_and_future():
    assert reached(Terms(of("account"), frozenset({1})), rule()) == [None]
    assert reached(Terms(of("program_account"), frozenset({2, 1})), rule()) == [1, 2]


@pytest.mark.parametrize(
    ("starts", "ends", "found"),
    [
        (None, None, {}),
        (0, 0, {}),
        (-1, None, {"starts": "past"}),
        (None, -1, {"ends": "past"}),
        (3, 2, {"ends": "before_start"}),
        (3, 3, {}),
    ],
)
def test_dates_are_optional_and_never_behind(starts, ends, found):
    def day(n):
        return None if n is None else TODAY + timedelta(days=n)

    assert wrong(Terms(of("account"), starts=day(starts), ends=day(ends))) == found


def test_an_acting_role_is_covered_by_a_level_that_grants_all_it_is_for():
    for level in rule().levels.values():
        for acting in rule().acting.values():
            assert covers(level, acting) == (not set(acting.may) - set(level.may))
    assert any(not covers(lv, a) for lv in rule().levels.values() for a in rule().acting.values())


# ── days ────────────────────────────────────────────────────────────────────────────────


def reminders(ends, begun=TODAY, skip=()):
    """The days on which a reminder is sent, in days before the end, when it is looked each day."""
    reminded, sent = passed(STEPS, ends, begun), []
    day = begun
    while day <= ends:
        step = due(STEPS, ends, day, reminded) if day not in skip else None
        if step is not None:
            reminded = step
            sent.append((ends - day).days)
        day += timedelta(days=1)
    return sent


def test_reminders_are_sent_60_30_and_7_calendar_days_before_an_end():
    assert reminders(TODAY + timedelta(days=365)) == [60, 30, 7]
    assert reminders(TODAY + timedelta(days=45)) == [30, 7]
    assert reminders(TODAY + timedelta(days=30)) == [30, 7]
    assert reminders(TODAY + timedelta(days=3)) == []


def test_a_day_on_which_nothing_ran_is_made_up_for_once():
    ends = TODAY + timedelta(days=90)
    quiet = {ends - timedelta(days=n) for n in range(25, 31)}
    assert reminders(ends, skip=quiet) == [60, 24, 7]


@given(st.integers(0, 400), st.sets(st.integers(0, 400)))
def test_each_reminder_is_sent_once_and_never_after_the_end(length, quiet):
    ends = TODAY + timedelta(days=length)
    sent = reminders(ends, skip={ends - timedelta(days=n) for n in quiet})
    assert len(sent) <= 3
    assert sent == sorted(sent, reverse=True)
    assert all(left >= 0 for left in sent)


def test_no_reminder_is_due_once_the_end_is_over():
    assert due(STEPS, TODAY, TODAY + timedelta(days=1), None) is None
    assert passed(STEPS, None, TODAY) is None
