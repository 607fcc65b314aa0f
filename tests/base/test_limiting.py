"""Limits hold for everybody at once, and a refused event does not make them longer."""

from datetime import timedelta

import pytest

from app.base.errors import TooMany
from app.base.limiting import LimitEvent, Window, forgive, give_back, is_full, spend
from tests.support.race import losers, race, winners

HOURLY = [Window(5, timedelta(hours=1))]

pytestmark = pytest.mark.usefixtures("engine")


def fill(windows=HOURLY, subject="ann"):
    for _ in range(windows[0].most):
        spend("resend", subject, windows)


def test_the_event_after_the_last_allowed_one_is_refused():
    fill()
    with pytest.raises(TooMany) as refused:
        spend("resend", "ann", HOURLY)
    assert refused.value.limit == "resend"


def test_one_subject_reaching_its_limit_leaves_another_alone():
    fill()
    spend("resend", "zoe", HOURLY)
    spend("password", "ann", HOURLY)


def test_the_window_frees_a_place_when_its_first_event_is_old_enough(clock):
    begun = clock.stop()
    fill()
    clock.stop(begun + timedelta(minutes=59, seconds=59))
    with pytest.raises(TooMany) as refused:
        spend("resend", "ann", HOURLY)
    assert refused.value.retry_at == begun + timedelta(hours=1)
    clock.stop(refused.value.retry_at)
    spend("resend", "ann", HOURLY)


def test_the_shorter_of_two_windows_holds_first(clock):
    begun = clock.stop()
    windows = [Window(1, timedelta(seconds=30)), Window(5, timedelta(hours=1))]
    spend("resend", "ann", windows)
    clock.stop(begun + timedelta(seconds=29))
    with pytest.raises(TooMany):
        spend("resend", "ann", windows)
    clock.stop(begun + timedelta(seconds=30))
    spend("resend", "ann", windows)


def test_hammering_does_not_push_the_end_of_the_window_away(clock):
    begun = clock.stop()
    fill()
    ends = is_full("resend", "ann", HOURLY)
    clock.stop(begun + timedelta(minutes=30))
    with pytest.raises(TooMany):
        spend("resend", "ann", HOURLY)
    assert is_full("resend", "ann", HOURLY) == ends


def test_looking_counts_nothing(db):
    assert is_full("resend", "ann", HOURLY) is None
    assert db.query(LimitEvent).count() == 0


def test_a_success_forgives_the_failures_of_its_subject_alone():
    fill()
    fill(subject="zoe")
    forgive("resend", "ann")
    spend("resend", "ann", HOURLY)
    assert is_full("resend", "zoe", HOURLY) is not None


def test_an_event_given_back_was_the_newest_one():
    fill()
    give_back("resend", "ann")
    spend("resend", "ann", HOURLY)
    with pytest.raises(TooMany):
        spend("resend", "ann", HOURLY)


def test_twenty_at_once_never_pass_a_limit_of_five():
    results = race(*[lambda: spend("resend", "ann", HOURLY)] * 20)
    assert len(winners(results)) == 5
    assert all(isinstance(error, TooMany) for error in losers(results))
