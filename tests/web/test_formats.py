"""Dates, times and amounts: the traps that Babel leaves open (LANGUAGE §6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from app.web import formats as f

NBSP = "\u00a0"


@pytest.fixture(autouse=True)
def _inside(shell_app: Flask) -> Iterator[None]:
    with shell_app.app_context():
        yield


def both(make: object) -> tuple[str, str]:
    """What a format writes in English and in French, U+00A0 drawn as ~."""
    found = []
    for locale in ("en_CA", "fr_CA"):
        with force_locale(locale):
            found.append(str(make()).replace(NBSP, "~"))  # type: ignore[operator]
    return found[0], found[1]


def test_a_date_in_a_sentence_has_its_month_in_words():
    day = date(2026, 8, 31)
    assert both(lambda: f.format_day(day)) == ("August 31, 2026", "31~août~2026")


def test_the_first_of_the_month_is_an_ordinal_in_french_only():
    day = date(2026, 8, 1)
    assert both(lambda: f.format_day(day)) == ("August 1, 2026", "1er~août~2026")
    assert both(lambda: f.day_markup(day)) == ("August 1, 2026", "1<sup>er</sup>~août~2026")
    assert isinstance(f.day_markup(day), Markup)


def test_only_the_first_is_an_ordinal():
    assert both(lambda: f.format_day(date(2026, 8, 11)))[1] == "11~août~2026"
    assert both(lambda: f.format_day(date(2026, 8, 21)))[1] == "21~août~2026"


def test_a_date_in_a_table_is_the_same_in_both_languages():
    assert both(lambda: f.format_date_iso(date(2026, 8, 1))) == ("2026-08-01", "2026-08-01")


@pytest.mark.parametrize(
    ("hour", "minute", "english", "french"),
    [
        (14, 30, "2:30~pm~ET", "14~h~30~(HE)"),
        (9, 0, "9:00~am~ET", "9~h~(HE)"),
        (9, 5, "9:05~am~ET", "9~h~05~(HE)"),
        (8, 14, "8:14~am~ET", "8~h~14~(HE)"),
        (12, 0, "noon~ET", "midi~(HE)"),
        (0, 0, "midnight~ET", "minuit~(HE)"),
        (12, 30, "12:30~pm~ET", "12~h~30~(HE)"),
        (0, 5, "12:05~am~ET", "0~h~05~(HE)"),
        (23, 59, "11:59~pm~ET", "23~h~59~(HE)"),
    ],
)
def test_a_time_is_written_the_way_each_language_writes_it(hour, minute, english, french):
    moment = datetime(2026, 8, 31, hour, minute, tzinfo=f.ZONE)
    assert both(lambda: f.format_time(moment)) == (english, french)


def test_a_time_is_shown_in_eastern_time_whatever_zone_it_came_in():
    winter = datetime(2026, 1, 15, 19, 30, tzinfo=UTC)
    summer = datetime(2026, 7, 15, 19, 30, tzinfo=UTC)
    assert both(lambda: f.format_time(winter)) == ("2:30~pm~ET", "14~h~30~(HE)")
    assert both(lambda: f.format_time(summer)) == ("3:30~pm~ET", "15~h~30~(HE)")


def test_the_day_of_an_instant_is_its_day_in_eastern_time():
    just_after_midnight_in_greenwich = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
    assert f.format_date_iso(just_after_midnight_in_greenwich) == "2026-08-31"


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        f.format_time(datetime(2026, 8, 31, 14, 30))  # noqa: DTZ001 (what is refused)


def test_a_moment_is_a_day_and_a_time():
    moment = datetime(2026, 8, 1, 14, 30, tzinfo=f.ZONE)
    assert both(lambda: f.format_moment(moment)) == (
        "August 1, 2026, 2:30~pm~ET",
        "1er~août~2026, 14~h~30~(HE)",
    )
    assert both(lambda: f.format_datetime(moment)) == (
        "2026-08-01, 2:30~pm~ET",
        "2026-08-01, 14~h~30~(HE)",
    )
    assert both(lambda: f.moment_markup(moment))[1] == "1<sup>er</sup>~août~2026, 14~h~30~(HE)"


def test_numbers_are_grouped_by_a_comma_or_by_an_unbroken_space():
    assert both(lambda: f.format_number(1234567)) == ("1,234,567", "1~234~567")
    assert both(lambda: f.format_number(Decimal("1234.5"))) == ("1,234.5", "1~234,5")


def test_the_dollar_stands_before_the_number_in_english_and_after_it_in_french():
    assert both(lambda: f.format_money(Decimal("1234.56"))) == ("$1,234.56", "1~234,56~$")
    assert both(lambda: f.format_money(75)) == ("$75.00", "75,00~$")
    assert both(lambda: f.format_money(75, "USD")) == ("$75.00~US", "75,00~$~US")


def test_a_percentage_has_a_space_in_french_only():
    assert both(lambda: f.format_percent(72)) == ("72%", "72~%")


def test_a_size_is_in_octets_in_french():
    assert both(lambda: f.format_size(200_000)) == ("0.2~MB", "0,2~Mo")
    assert both(lambda: f.format_size(10_000_000)) == ("10~MB", "10~Mo")
    assert both(lambda: f.format_size(79_500_000_000)) == ("79.5~GB", "79,5~Go")
    assert both(lambda: f.format_size(2_400)) == ("2~KB", "2~Ko")


def test_no_format_ever_writes_a_narrow_space_or_a_plain_one_inside_a_value():
    moment = datetime(2026, 8, 31, 14, 30, tzinfo=f.ZONE)
    with force_locale("fr_CA"):
        values = [
            f.format_day(moment),
            f.format_time(moment),
            f.format_money(Decimal("1234567.89")),
            f.format_number(1234567),
            f.format_percent(25),
            f.format_size(2_400_000),
        ]
    for value in values:
        assert "\u202f" not in value
        assert " " not in value


def test_a_filter_over_a_constant_follows_the_language_too(shell_app: Flask):
    """Jinja works constants out when it reads a template, unless a filter asks for its context."""
    template = shell_app.jinja_env.from_string("{{ 0|percent }} {{ 1234|number }}")
    assert both(template.render) == ("0% 1,234", "0~% 1~234")
