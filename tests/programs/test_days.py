from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.days import (
    BusinessDays,
    CalendarDays,
    Weekdays,
    add_days,
    days_elapsed,
    end_of_day,
    federal_holidays,
    is_business_day,
    last_moment,
    local_day,
    next_business_day,
)

TORONTO = ZoneInfo("America/Toronto")
DAYS = st.dates(date(2000, 1, 1), date(2098, 12, 31))
COUNTS = st.integers(0, 400)


def test_the_twelve_federal_holidays_of_2026_with_easter_monday_and_the_civic_holiday():
    assert federal_holidays(2026) >= {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 18),
        date(2026, 7, 1),
        date(2026, 8, 3),
        date(2026, 9, 7),
        date(2026, 9, 30),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 12, 25),
        date(2026, 12, 26),
    }


def test_a_holiday_on_a_weekend_closes_the_working_day_that_replaces_it():
    assert not is_business_day(date(2026, 12, 28))
    assert not is_business_day(date(2022, 1, 3))


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2023, 10, 17), date(2023, 10, 31)),
        (date(2024, 11, 17), date(2024, 11, 29)),
        (date(2025, 4, 17), date(2025, 5, 1)),
    ],
)
def test_ten_weekdays_after_the_17th_count_holidays_too(start, due):
    assert add_days(start, Weekdays(10)) == due


def test_a_year_without_known_holidays_is_refused_rather_than_counted_wrong():
    with pytest.raises(ValueError, match="2101"):
        is_business_day(date(2101, 3, 1))


def test_two_business_days_skip_the_weekend_and_the_holidays():
    assert add_days(date(2026, 12, 24), BusinessDays(2)) == date(2026, 12, 30)
    assert add_days(date(2026, 4, 2), BusinessDays(2)) == date(2026, 4, 8)
    assert add_days(date(2026, 4, 2), Weekdays(2)) == date(2026, 4, 6)


def test_forty_five_calendar_days_after_the_23rd_of_october_end_on_the_7th_of_december():
    assert add_days(date(2026, 10, 23), CalendarDays(45)) == date(2026, 12, 7)


def test_a_weekend_due_date_rolls_to_the_next_business_day():
    assert next_business_day(date(2026, 8, 1)) == date(2026, 8, 4)
    assert next_business_day(date(2026, 8, 4)) == date(2026, 8, 4)


def test_a_day_ends_at_23_59_59_in_the_zone_of_the_definition():
    end = last_moment(datetime(2026, 10, 23, 15, tzinfo=UTC), CalendarDays(45), TORONTO)
    assert end == datetime(2026, 12, 7, 23, 59, 59, tzinfo=TORONTO)
    assert end.astimezone(UTC) == datetime(2026, 12, 8, 4, 59, 59, tzinfo=UTC)


def test_a_period_begins_on_the_local_day_whatever_the_hour():
    late = datetime(2026, 10, 24, 3, 50, tzinfo=UTC)  # 23:50 of the 23rd in Toronto
    early = datetime(2026, 10, 23, 4, 10, tzinfo=UTC)  # 00:10 of the 23rd
    assert local_day(late, TORONTO) == local_day(early, TORONTO) == date(2026, 10, 23)
    assert last_moment(late, CalendarDays(45), TORONTO) == last_moment(
        early, CalendarDays(45), TORONTO
    )


def test_the_day_of_a_clock_change_still_ends_at_23_59_59():
    end = end_of_day(date(2026, 11, 1), TORONTO)
    assert end.astimezone(UTC) == datetime(2026, 11, 2, 4, 59, 59, tzinfo=UTC)


def test_a_moment_without_zone_falls_on_no_day():
    with pytest.raises(ValueError, match="time zone"):
        local_day(datetime(2026, 10, 23, 15), TORONTO)  # noqa: DTZ001 (the point of the test)


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(ValueError, match="negative"):
        CalendarDays(-1)


def test_the_three_counts_are_never_equal_nor_compared():
    assert CalendarDays(2) != BusinessDays(2)
    with pytest.raises(TypeError):
        _ = BusinessDays(2) < Weekdays(3)  # type: ignore[operator]


@given(DAYS, COUNTS)
def test_a_business_day_period_ends_on_a_business_day_and_not_before_its_weekdays(start, count):
    business, week = add_days(start, BusinessDays(count)), add_days(start, Weekdays(count))
    calendar = add_days(start, CalendarDays(count))
    assert calendar <= week <= business
    if count:
        assert is_business_day(business)


@given(DAYS, st.integers(1, 400), st.sampled_from([CalendarDays, BusinessDays, Weekdays]))
def test_elapsed_days_reach_the_count_on_the_last_day_and_not_the_day_before(start, count, kind):
    last = add_days(start, kind(count))
    assert days_elapsed(start, last, kind) == count
    assert days_elapsed(start, last - timedelta(days=1), kind) == count - 1


@given(DAYS)
def test_nothing_has_elapsed_on_the_day_itself_or_before(day):
    for kind in (CalendarDays, BusinessDays, Weekdays):
        assert days_elapsed(day, day, kind) == 0
        assert days_elapsed(day, day - timedelta(days=3), kind) == 0
