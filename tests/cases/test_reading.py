"""What people type becomes the answer that is kept, or one word on what is wrong with it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.numbers import decimals, parse_number, plain
from app.cases.rules.reading import Around, read
from app.programs.schema.questions import QuestionType
from tests.cases.conftest import TEXT, question

TODAY = date(2026, 11, 22)
LISTS = {"lines": {"importer": 1, "exporter": 1}, "bases": {"canada": 1}}
EN = Around(TODAY, "en", {"CA", "FR"}, LISTS)
FR = Around(TODAY, "fr", {"CA", "FR"}, LISTS)
KINDS = ("short_text", "number", "date", "one_of", "several_of", "country")
CHOICES = {"choices": {"a": {"label": TEXT}, "b": {"label": TEXT}}}


def answer(asked, typed, around=EN):
    raw = typed if isinstance(typed, dict) else {"": typed}
    raw = {part: [one] if isinstance(one, str) else one for part, one in raw.items()}
    found = read(asked, raw, around)
    assert not (found.value and found.faults)
    return found.faults or found.value


@pytest.mark.parametrize(
    ("typed", "language", "meant"),
    [
        ("1234.5", "en", "1234.5"), ("1,234.5", "en", "1234.5"), ("1,234", "en", "1234"),
        ("1,234,567", "en", "1234567"), ("1,5", "en", "1.5"), ("12,34", "en", "12.34"),
        ("1 234,5", "fr", "1234.5"), ("1\u00a0234,5", "fr", "1234.5"), ("1,234", "fr", "1.234"),
        ("1,234,567", "fr", "1234567"), ("-3", "en", "-3"), ("\u22123", "fr", "-3"),
        ("007", "en", "7"), ("+2", "en", "2"),
        ("1,234.5", "fr", "1234.5"), ("9" * 16, "en", "9" * 16),
    ],
)  # fmt: skip
def test_a_number_is_understood_as_its_writer_meant_it(typed, language, meant):
    assert parse_number(typed, language) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    ["", "a", "1.2.3", "1,2,3", "1e3", "NaN", "Infinity", "٣", "½", "1-2", "9" * 17, "--1", ".5"],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_no_number_is_not_taken_for_one(typed, language):
    assert parse_number(typed, language) is None


@given(st.decimals(-(10**9), 10**9, places=3))
def test_a_number_is_kept_in_one_form_that_reads_as_itself(number):
    kept = plain(number)
    assert Decimal(kept) == number
    assert plain(Decimal(kept)) == kept
    assert "E" not in kept
    assert kept != "-0"
    assert decimals(number) <= 3
    assert parse_number(kept, "en") == number


def test_zero_has_no_sign_and_a_hundred_no_decimals():
    assert plain(Decimal("-0")) == "0"
    assert plain(Decimal(100)) == "100"
    assert decimals(Decimal(100)) == 0
    assert decimals(Decimal("1.50")) == 1


def test_a_text_is_kept_without_what_a_line_cannot_show():
    asked = question("short_text", longest="5")
    assert answer(asked, " ab\u202ec\x00 ") == "abc"
    assert answer(asked, "abcde") == "abcde"
    assert answer(asked, "abcdef") == {"": "too_long"}
    assert answer(question("short_text"), "x" * 200) == "x" * 200
    assert answer(question("short_text"), "x" * 201) == {"": "too_long"}


def test_a_long_text_keeps_its_lines():
    assert answer(question("long_text"), "a\r\nb\n") == "a\nb"
    assert answer(question("long_text"), "x" * 4_000) == "x" * 4_000
    assert answer(question("long_text"), "x" * 4_001) == {"": "too_long"}


@pytest.mark.parametrize("kind", [*KINDS, "long_text", "yes_no"])
def test_nothing_is_no_fault_and_no_answer(kind):
    more = CHOICES if kind in {"one_of", "several_of"} else {}
    assert answer(question(kind, **more), "") is None
    assert answer(question(kind, **more), {}) is None


def test_a_number_keeps_to_its_bounds_and_decimals():
    asked = question("number", least="0", most="9.5", decimals="1")
    assert answer(asked, "9,5", FR) == "9.5"
    assert answer(asked, "9.50") == "9.5"
    assert answer(asked, "0") == "0"
    assert answer(asked, "-0.1") == {"": "too_small"}
    assert answer(asked, "9.6") == {"": "too_large"}
    assert answer(asked, "1.25") == {"": "decimals"}
    assert answer(asked, "many") == {"": "not_a_number"}
    assert answer(question("number"), "1.5") == {"": "not_whole"}


def test_money_has_a_currency_that_the_question_takes():
    asked = question("money", currencies=["CAD", "USD"], least="0")
    assert answer(asked, {"amount": "1 250,5 $", "currency": "CAD"}, FR) == {
        "amount": "1250.50", "currency": "CAD",
    }  # fmt: skip
    assert answer(asked, {"amount": "$3", "currency": "USD"}) == {
        "amount": "3.00", "currency": "USD",
    }  # fmt: skip
    assert answer(asked, {"amount": "3"}) == {"currency": "empty"}
    assert answer(asked, {"amount": "3", "currency": "EUR"}) == {"currency": "unknown"}
    assert answer(asked, {"amount": "x", "currency": "CAD"}) == {"amount": "not_a_number"}
    assert answer(asked, {"amount": "-1", "currency": "CAD"}) == {"amount": "too_small"}
    assert answer(asked, {"amount": "1.005", "currency": "CAD"}) == {"amount": "decimals"}
    assert answer(asked, {"amount": "", "currency": "CAD"}) is None


@pytest.mark.parametrize(
    ("when", "typed", "found"),
    [
        ("any", "2026-02-28", "2026-02-28"), ("any", "2026-02-30", {"": "not_a_date"}),
        ("any", "22/11/2026", {"": "not_a_date"}), ("past", "2026-11-22", "2026-11-22"),
        ("past", "2026-11-23", {"": "future"}), ("future", "2026-11-22", "2026-11-22"),
        ("future", "2026-11-21", {"": "past"}), ("any", "2030-01-01", "2030-01-01"),
    ],
)  # fmt: skip
def test_a_date_exists_and_lies_where_it_is_asked_for(when, typed, found):
    assert answer(question("date", when=when), typed) == found


def test_a_choice_is_one_of_those_offered():
    assert answer(question("yes_no"), "yes") == "yes"
    assert answer(question("yes_no"), "maybe") == {"": "unknown"}
    assert answer(question("one_of", **CHOICES), "b") == "b"
    assert answer(question("one_of", **CHOICES), "c") == {"": "unknown"}
    assert answer(question("one_of", choices_from="lines"), "exporter") == "exporter"
    assert answer(question("one_of", choices_from="bases"), "exporter") == {"": "unknown"}


def test_several_choices_are_kept_in_one_order_and_none_stands_alone():
    asked = question("several_of", none_of_these=TEXT, **CHOICES)
    assert answer(asked, {"": ["b", "a", "b", ""]}) == ["a", "b"]
    assert answer(asked, {"": ["none"]}) == ["none"]
    assert answer(asked, {"": ["none", "a"]}) == {"": "none_with_others"}
    assert answer(asked, {"": ["a", "c"]}) == {"": "unknown"}
    assert answer(question("several_of", **CHOICES), "none") == {"": "unknown"}


def test_a_country_is_one_that_exists():
    assert answer(question("country"), "fr") == "FR"
    assert answer(question("country"), "XX") == {"": "unknown"}


ADDRESS = {
    "street": "12, rue Main\r\nbureau 4", "city": "Québec", "region": "QC",
    "postal_code": "g1r4p5", "country": "CA",
}  # fmt: skip


def test_an_address_is_checked_part_by_part():
    asked = question("address")
    found = answer(asked, ADDRESS)
    assert found["postal_code"] == "G1R 4P5"
    assert "bureau 4" in found["street"]
    assert answer(asked, ADDRESS | {"postal_code": "12345"}) == {"postal_code": "format"}
    assert answer(asked, ADDRESS | {"city": ""}) == {"city": "empty"}
    assert answer(asked, {"country": "CA"}) is None


PERSON = {
    "given_name": "Ann", "family_name": "Roy", "title": "", "telephone": "(819) 555-0142",
    "email": "ann@example.ca",
}  # fmt: skip


def test_a_person_has_a_name_and_can_be_reached_at_what_is_given():
    asked = question("person")
    assert answer(asked, PERSON) == PERSON | {"telephone": "+18195550142"}
    assert answer(asked, PERSON | {"telephone": ""}) == PERSON | {"telephone": ""}
    assert answer(asked, PERSON | {"family_name": ""}) == {"family_name": "empty"}
    assert answer(asked, PERSON | {"telephone": "call me"}) == {"telephone": "telephone"}
    assert answer(asked, PERSON | {"email": "ann"}) == {"email": "email"}
    assert answer(asked, PERSON | {"title": "x" * 100})["title"] == "x" * 100
    assert answer(asked, PERSON | {"title": "x" * 101}) == {"title": "too_long"}
    assert answer(asked, dict.fromkeys(PERSON, "")) is None


def table(**options):
    columns = {
        "name": {"type": "short_text", "text": TEXT},
        "width": {"type": "number", "text": TEXT, "required": "no", "least": "1"},
    }
    return question("table", columns=columns, **options)


def test_a_table_keeps_the_rows_that_hold_anything_in_their_order():
    typed = {"2.name": "b", "10.name": "c", "1.name": "a", "1.width": "3", "5.name": " "}
    assert answer(table(), typed) == [{"name": "a", "width": "3"}, {"name": "b"}, {"name": "c"}]
    assert answer(table(), {"1.name": ""}) is None


def test_what_is_wrong_in_a_table_is_told_at_its_cell():
    assert answer(table(), {"1.width": "2"}) == {"1.name": "empty"}
    assert answer(table(), {"1.name": "a", "1.width": "0"}) == {"1.width": "too_small"}
    assert answer(table(), {"3.name": "a", "3.width": "x"}) == {"3.width": "not_a_number"}


def test_a_table_takes_so_many_rows_and_no_more():
    rows = {f"{n}.name": "a" for n in range(1, 4)}
    assert answer(table(most_rows="2"), rows) == {"": "too_many"}
    assert len(answer(table(most_rows="3"), rows)) == 3
    many = {f"{n}.name": "a" for n in range(51)}
    assert answer(table(), many) == {"": "too_many"}


@given(
    st.sampled_from(QuestionType.__args__),
    st.dictionaries(
        st.sampled_from(
            ["", "amount", "currency", "street", "country", "1.name", "9" * 5_000 + ".a", "x.name"]
        ),
        st.lists(st.text(max_size=20), max_size=3),
    ),
    st.sampled_from([EN, FR]),
)  # fmt: skip
def test_whatever_is_sent_is_an_answer_or_a_fault(kind, raw, around):
    more = {
        "one_of": CHOICES, "several_of": CHOICES, "money": {"currencies": ["CAD"]},
        "table": {"columns": {"name": {"type": "short_text", "text": TEXT}}},
    }.get(kind, {})  # fmt: skip
    found = read(question(kind, **more), raw, around)
    assert not (found.value and found.faults)
    assert found.value is None or found.value


@pytest.mark.parametrize("typed", ["2026W351", "20260831", "2026-8-31", "2026-02-30", "٢٠٢٦-٠١-٠١"])
def test_a_date_is_written_with_its_year_its_month_and_its_day(typed):
    assert answer(question("date"), typed) == {"": "not_a_date"}
    assert answer(question("date"), "2026-08-31") == "2026-08-31"


def test_a_date_in_three_parts_is_read_as_one():
    asked = question("date")
    assert answer(asked, {"year": "2026", "month": "8", "day": "1"}) == "2026-08-01"
    assert answer(asked, {"year": "2026", "month": "", "day": "1"}) == {"": "not_a_date"}
    assert answer(asked, {"year": "", "month": "", "day": ""}) is None


def test_an_address_without_its_province_is_told_so_once():
    typed = {"street": "1 Main", "city": "Ottawa", "region": "", "postal_code": "K1A 0L8"}
    assert answer(question("address"), typed) == {"region": "empty"}


def test_a_place_in_the_united_states_has_a_zip_code():
    typed = {"street": "1 Main", "city": "Buffalo", "region": "US-NY", "postal_code": "A1A 1A1"}
    assert answer(question("address"), typed) == {"postal_code": "zip_code"}
    kept = answer(question("address"), typed | {"postal_code": "14202"})
    assert (kept["country"], kept["region"]) == ("US", "NY")
