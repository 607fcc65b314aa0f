"""Forms: our own words, one list of problems, dates in three boxes, codes, stale forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from wtforms import FieldList, FormField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Length, NumberRange, Optional

from app.web.context import choices_of
from app.web.forms import (
    STALE,
    CodeField,
    DateField,
    GuichetForm,
    Problem,
    field_kind,
    is_optional,
    required,
    six_digits,
    version_field,
)


@pytest.fixture(params=["en", "fr"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def posted(shell_app: Flask) -> Iterator[object]:
    """``posted(lang, data)``: inside a POST of these values."""
    contexts = []

    def enter(lang: str = "en", **data: str) -> None:
        context = shell_app.test_request_context(
            f"/{lang}/help", method="POST", data=data, environ_overrides={"guichet.language": lang}
        )
        context.push()
        contexts.append(context)

    yield enter
    for context in reversed(contexts):
        context.pop()


class Plain(GuichetForm):
    class Meta(GuichetForm.Meta):
        csrf = False  # what is tested here is what comes after


class Everything(Plain):
    name = StringField("Name", [required("Enter the name.")])
    email = StringField("Email", [Optional(), Email()])
    short = StringField("Short", [Optional(), Length(max=3)])
    count = IntegerField("Count", [Optional(), NumberRange(1, 9)])
    choice = SelectField("Choice", [Optional()], choices=[SelectChoice("a", "A")])
    day = DateField("Day", [Optional()])


@pytest.mark.parametrize(
    ("field", "value", "english", "french"),
    [
        (
            "email",
            "nobody",
            "Enter an address with an @, like name@example.ca.",
            "Entrez une adresse avec un @, comme nom@exemple.ca.",
        ),
        ("short", "abcd", "Enter at most 3 characters.", "Entrez au plus 3\u00a0caractères."),
        ("count", "12", "Enter a number from 1 to 9.", "Entrez un nombre de 1 à 9."),
        ("count", "x", "Enter a whole number in digits.", "Entrez un nombre entier en chiffres."),
        (
            "choice",
            "z",
            "Select one of the answers offered.",
            "Sélectionnez une des réponses offertes.",
        ),
    ],
)
def test_our_words_win_over_those_of_wtforms(posted, lang, field, value, english, french):
    posted(lang, name="Roy", **{field: value})
    form = Everything()
    assert not form.validate_on_submit()
    assert form[field].errors == [english if lang == "en" else french]


def test_spaces_do_not_fill_a_field(posted):
    posted(name="   ")
    form = Everything()
    assert not form.validate_on_submit()
    assert form.problems() == [Problem("name", "Enter the name.")]


def test_all_problems_are_listed_in_the_order_of_the_fields_the_form_s_own_first(posted):
    posted(name="", short="abcd")
    form = Everything()
    form.validate_on_submit()
    form.add_error("day", "Enter a day.")
    form.add_error(None, "Nobody has this name.")
    assert [p.anchor for p in form.problems()] == [None, "name", "short", "day-year"]


def test_problems_inside_lists_and_groups_are_listed_too(posted):
    class Line(Plain):
        code = StringField("Code", [required("Enter the code.")])

    class Lines(Plain):
        lines = FieldList(FormField(Line), min_entries=2)

    posted(**{"lines-0-code": "A", "lines-1-code": ""})
    form = Lines()
    assert not form.validate_on_submit()
    assert form.problems() == [Problem("lines-1-code", "Enter the code.")]


# ── dates ───────────────────────────────────────────────────────────────────────────────────


class Dated(Plain):
    day = DateField("Day", [required("Enter the day.")])


@pytest.mark.parametrize(
    ("year", "month", "day"), [("2026", "8", "1"), (" 2026 ", "08", "01"), ("2026", "08", "1")]
)
def test_a_date_is_read_from_three_boxes(posted, year, month, day):
    posted(**{"day-year": year, "day-month": month, "day-day": day})
    form = Dated()
    assert form.validate_on_submit()
    assert form.day.data == date(2026, 8, 1)


@pytest.mark.parametrize(
    "parts",
    [
        ("2026", "02", "30"),
        ("2026", "13", "01"),
        ("26", "08", "31"),
        ("2026", "", "31"),
        ("", "", "31"),
        ("2026", "août", "31"),
        ("٢٠٢٦", "08", "31"),
        ("0000", "01", "01"),
    ],
)
def test_a_date_that_does_not_exist_is_told_and_shown_again(posted, parts):
    posted(**dict(zip(("day-year", "day-month", "day-day"), parts, strict=True)))
    form = Dated()
    assert not form.validate_on_submit()
    assert form.problems() == [Problem("day-year", "Enter a date that exists, like 2026-08-31.")]
    assert form.day.parts == parts


def test_no_date_at_all_is_told_with_the_label_s_words(posted):
    posted(**{"day-year": "", "day-month": "", "day-day": ""})
    form = Dated()
    assert not form.validate_on_submit()
    assert form.problems() == [Problem("day-year", "Enter the day.")]


def test_an_optional_date_may_stay_empty_but_not_half_filled(posted):
    posted(name="Roy", **{"day-year": "", "day-month": "", "day-day": ""})
    assert Everything().validate_on_submit()
    posted(name="Roy", **{"day-year": "2026", "day-month": "", "day-day": ""})
    assert not Everything().validate_on_submit()


def test_a_date_of_a_record_fills_the_three_boxes(shell_app: Flask):
    with shell_app.test_request_context("/en/"):
        assert Dated(data={"day": date(2026, 8, 1)}).day.parts == ("2026", "08", "01")


# ── codes, versions, kinds ──────────────────────────────────────────────────────────────────


class Coded(Plain):
    code = CodeField("Code", [six_digits])


@pytest.mark.parametrize("typed", ["418302", "418 302", " 4 1 8 3 0 2 ", "418\u00a0302", "418-302"])
def test_a_code_is_read_with_or_without_its_spaces(posted, typed):
    posted(code=typed)
    form = Coded()
    assert form.validate_on_submit()
    assert form.code.data == "418302"


@pytest.mark.parametrize("typed", ["", "41830", "4183021", "41830a", "٤١٨٣٠٢", "418.302"])
def test_what_is_not_six_digits_is_told(posted, typed):
    posted(code=typed)
    form = Coded()
    assert not form.validate_on_submit()
    assert form.problems() == [Problem("code", "Enter the 6 digits of your code.")]


class Versioned(Plain):
    version = version_field()


def test_a_form_drawn_before_another_save_is_stale(posted):
    posted(version="3")
    form = Versioned()
    assert not form.stale(3)
    assert form.stale(4)
    form.add_error(None, STALE)
    assert form.problems()[0].message.startswith("Someone else changed this page.")


def test_a_form_whose_version_was_left_out_is_stale(posted):
    posted(other="1")
    assert Versioned().stale(1)


def test_a_change_of_language_is_no_submission(posted):
    posted(name="Roy", _switch_language="fr")
    form = Everything()
    assert form.is_switching()
    assert not form.is_submitted()
    assert not form.validate_on_submit()
    assert not form.validate()
    assert form.problems() == []
    assert form.name.data == "Roy"


def test_a_value_that_is_chosen_is_marked(shell_app: Flask):
    with shell_app.test_request_context("/en/"):
        form = Everything(data={"choice": "a"})
        assert choices_of(form.choice) == [("a", "A", True)]


def test_required_fields_are_not_marked_optional(shell_app: Flask):
    class Some(Plain):
        given = StringField("Given", [required("x")])
        other = StringField("Other", [Optional()])
        secret = PasswordField("Secret")

    with shell_app.test_request_context("/en/"):
        form = Some()
        assert [is_optional(f) for f in form] == [False, True, True]
        assert field_kind(form.secret) == "password"
