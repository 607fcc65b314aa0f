"""Which identifier is asked of whom, and what may be typed for it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programs import library
from app.programs.rules.identifiers import (
    identifier_fault,
    identifier_for,
    left_out,
    stored_form,
)

PIP = library.definition("pip").enrolment.mailed_code.identifiers
NUMBER = PIP["business_number"].fields["number"]
CARRIER = PIP["carrier_code"].fields["code"]
ZIP = PIP["carrier_code"].fields["zip"]


@pytest.mark.parametrize(
    ("base", "lines", "expected"),
    [
        ("canada", ["importer"], "business_number"),
        ("canada", ["highway_carrier"], "business_number"),
        ("united_states", ["importer"], "business_number"),
        ("united_states", ["highway_carrier"], "carrier_code"),
        ("united_states", ["air_carrier", "importer"], "business_number"),
    ],
)
def test_canadian_businesses_and_us_importers_give_a_number_and_us_carriers_a_code(
    pip, base, lines, expected
):
    found = identifier_for(pip.definition, pip.code(base), [pip.code(line) for line in lines])
    assert found == pip.definition.enrolment.mailed_code.identifiers[pip.code(expected)]


def test_no_identifier_is_asked_where_nobody_may_apply(pip):
    assert identifier_for(pip.definition, pip.code("elsewhere"), []) is None


@pytest.mark.parametrize("typed", ["123026635", "123 026 635", "123-026-635", "123456782"])
def test_a_business_number_is_read_with_or_without_spaces(typed):
    assert stored_form(NUMBER, typed) == typed.replace(" ", "").replace("-", "")
    assert identifier_fault(NUMBER, typed) is None


@pytest.mark.parametrize("typed", ["329407689", "112358145", "123456789"])
def test_a_business_number_with_a_wrong_check_digit_has_a_typing_error(typed):
    assert stored_form(NUMBER, typed) is None
    assert identifier_fault(NUMBER, typed) == NUMBER.check_error


@pytest.mark.parametrize("typed", ["", "12345678", "1234567890", "12302663A", "123026635RM0001"])
def test_a_business_number_has_nine_digits(typed):
    assert identifier_fault(NUMBER, typed) == NUMBER.format_error
    assert NUMBER.format_error.en == "Enter the 9 digits of the business number."


@pytest.mark.parametrize(("typed", "kept"), [("8abc", "8ABC"), ("77 zz", "77ZZ"), ("1234", "1234")])
def test_a_carrier_code_is_kept_in_capitals(typed, kept):
    assert stored_form(CARRIER, typed) == kept


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDE", "AB*D", "ÀBCD"])
def test_a_carrier_code_has_four_letters_or_digits(typed):
    assert identifier_fault(CARRIER, typed) == CARRIER.format_error


@pytest.mark.parametrize("typed", ["14201", "14201-1234", "14201 1234"])
def test_the_first_five_digits_of_a_zip_code_are_kept(typed):
    assert stored_form(ZIP, typed) == "14201"


@pytest.mark.parametrize("typed", ["1420", "142011", "K1A 0B1", ""])
def test_a_zip_code_has_five_digits(typed):
    assert identifier_fault(ZIP, typed) == ZIP.format_error


@given(st.integers(10_000_000, 99_999_999), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_in_a_business_number_is_always_noticed(body, place, shift):
    number = next(f"{body}{d}" for d in range(10) if stored_form(NUMBER, f"{body}{d}"))
    digits = list(number)
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert stored_form(NUMBER, "".join(digits)) is None


@given(st.text(max_size=20), st.sampled_from([NUMBER, CARRIER, ZIP]))
def test_a_typed_identifier_is_either_kept_or_told_how_to_correct(typed, field):
    kept, fault = stored_form(field, typed), identifier_fault(field, typed)
    assert (kept is None) == (fault is not None)
    if kept is not None:
        assert set(kept) <= set(string.ascii_uppercase + string.digits)
        assert stored_form(field, kept) == kept


def test_the_letter_names_what_no_code_contains():
    alphabet = library.portal().limits.letter_code.alphabet
    assert left_out(alphabet) == "I, L, O, U, 0, 1"


def test_every_letter_to_the_last_and_every_digit_can_be_left_out():
    everything = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    assert left_out(everything) == ""
    assert left_out(everything.replace("A", "").replace("Z", "").replace("9", "")) == "A, Z, 9"
