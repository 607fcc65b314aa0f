"""Whose turn a case is, and which service standards run for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.base.days import add_days, end_of_day, local_day
from app.cases.rules import moves
from app.cases.rules.history import Step
from app.cases.rules.moves import shape_of, waits_for_staff
from app.cases.rules.waiting import Running, Waiting, running, waiting
from app.programs import library
from tests.cases.submitting import Submitting

FIRST = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def program():
    return next(one for one in library.definitions() if one.cases)


@pytest.fixture(scope="module")
def kind(program):
    return next(iter(program.cases.values()))


@pytest.fixture(scope="module")
def submits(kind):
    found = moves.open_moves(kind, moves.initial(kind), "client")
    return next(move for move in found if move.submits)


def led(kind, *steps):
    """The moves, one a day from the first one on, as they were made."""
    return [
        Step(move.code, move.goes_to, FIRST + timedelta(days=day)) for day, move in enumerate(steps)
    ]


def way(kind, state, wanted):
    """The staff's moves from a state to one for which `wanted` holds."""
    reached = [(state, [])]
    for here, done in reached:
        for move in moves.open_moves(kind, here, "staff"):
            if wanted(move):
                return [*done, move]
            reached.append((move.goes_to, [*done, move]))
    raise LookupError("no such move")


def decides(move):
    return move.action == "staff.cases.decide" and not move.asks_reason


def sends_back(move):
    return move.asks_reason and move.action == "staff.cases.examine"


# ── the clock ───────────────────────────────────────────────────────────────────────────


def test_a_service_standard_runs_from_the_first_submission(program, kind, submits):
    (one,) = running(program, kind, submits.goes_to, led(kind, submits))
    clock = kind.states[submits.goes_to].clock
    within = program.service_standards[clock].within
    assert one == Running(clock, date(2026, 11, 2), add_days(date(2026, 11, 2), within))


def test_it_is_counted_on_the_program_s_own_calendar(program, kind, submits):
    night = Step(submits.code, submits.goes_to, datetime(2026, 11, 3, 3, 0, tzinfo=UTC))
    (one,) = running(program, kind, submits.goes_to, [night])
    assert one.since == date(2026, 11, 2)


def test_being_sent_back_and_submitted_again_does_not_set_it_anew(program, kind, submits):
    back = way(kind, submits.goes_to, sends_back)
    (first,) = running(program, kind, submits.goes_to, led(kind, submits))
    (sent,) = running(program, kind, back[-1].goes_to, led(kind, submits, *back))
    (again,) = running(program, kind, submits.goes_to, led(kind, submits, *back, submits))
    assert first == sent == again


def test_a_decision_stops_it(program, kind, submits):
    done = way(kind, submits.goes_to, decides)
    assert running(program, kind, done[-1].goes_to, led(kind, submits, *done)) == ()
    assert not kind.states[done[-1].goes_to].final


def test_nothing_runs_for_a_case_that_is_over(program, kind, submits):
    over = next(code for code, state in kind.states.items() if state.final)
    assert running(program, kind, over, led(kind, submits)) == ()


def test_nothing_runs_before_anything_was_submitted(program, kind):
    assert running(program, kind, moves.initial(kind), []) == ()


def test_a_step_of_a_version_that_knew_other_words_is_passed_over(program, kind, submits):
    odd = Step("none_such", "nowhere", FIRST - timedelta(days=9))
    assert running(program, kind, submits.goes_to, [odd, *led(kind, submits)]) == running(
        program, kind, submits.goes_to, led(kind, submits)
    )


# ── whose turn ──────────────────────────────────────────────────────────────────────────


def test_it_is_the_staff_s_turn_where_a_move_of_theirs_leads_on(kind, submits):
    assert waits_for_staff(kind, submits.goes_to)
    assert not waits_for_staff(kind, moves.initial(kind))
    back = way(kind, submits.goes_to, sends_back)
    assert not waits_for_staff(kind, back[-1].goes_to)


def test_what_is_kept_of_a_case_is_whose_turn_it_is_and_the_first_day_that_is_due(
    program, kind, submits
):
    (clock,) = running(program, kind, submits.goes_to, led(kind, submits))
    assert waiting(program, kind, submits.goes_to, led(kind, submits)) == Waiting(True, clock.due)
    assert waiting(program, kind, moves.initial(kind), []) == Waiting(False, None)


def test_a_state_is_drawn_by_whose_turn_it_is(kind, submits):
    first, filed = moves.initial(kind), submits.goes_to
    back = way(kind, filed, sends_back)
    given = way(kind, filed, lambda move: move.standing is not None)
    over = next(code for code, state in kind.states.items() if state.final)
    shapes = [shape_of(kind, code) for code in (first, filed, back[0].goes_to, over)]
    assert shapes == ["draft", "submitted", "review", "ended"]
    assert shape_of(kind, back[-1].goes_to) == "waiting"
    assert shape_of(kind, given[-1].goes_to) == "done"


# ── kept with the case ──────────────────────────────────────────────────────────────────


@pytest.fixture
def submitting(world, account, owner, acting):
    filed = Submitting(world, account).complete(owner)
    acting(owner)
    return filed


def test_a_case_that_was_submitted_waits_for_the_staff_until_the_end_of_the_due_day(
    submitting, owner, clock, acting
):
    later = datetime(2027, 3, 2, 3, 0, tzinfo=UTC)  # still the first of March there
    clock.stop(later)
    acting(owner)
    submitting.client_moves(owner)
    case, program = submitting.case, submitting.program
    standard = program.service_standards[submitting.kind.states[case.state].clock]
    due = add_days(local_day(later, program.zone), standard.within)
    assert (case.with_staff, case.moved_at) == (True, later)
    assert case.due_at == end_of_day(due, program.zone)


def test_it_waits_no_more_once_it_is_decided(submitting, owner, world, acting):
    submitting.client_moves(owner)
    officer = world.staff("program_officer")
    acting(officer)
    submitting.bring(officer, submitting.approves)
    case = submitting.case
    assert (case.with_staff, case.due_at, case.closed_at) == (False, None, None)
    assert case.moved_at == submitting.history()[-1].moved_at


def test_a_case_that_was_withdrawn_waits_for_nobody(submitting, owner):
    submitting.client_moves(owner)
    submitting.client_moves(owner, submitting.withdraws)
    case = submitting.case
    assert (case.with_staff, case.due_at) == (False, None)
    assert case.closed_at == case.moved_at
