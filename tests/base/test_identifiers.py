"""The numbers people copy from paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base import identifiers as ids

CODES = st.builds(ids.new_activation_code)
URNS = st.builds(ids.new_urn)
CLIENT_NUMBERS = st.builds(ids.new_client_number)
SEPARATORS = st.sampled_from(["", " ", "-", "\u00a0", " - ", "."])


def spread(number: str, separator: str) -> str:
    return separator.join(number[i : i + 4] for i in range(0, len(number), 4))


@given(CODES, SEPARATORS)
def test_a_code_is_recognised_with_any_spaces_dashes_and_case(code, separator):
    assert ids.parse_activation_code(spread(code, separator).lower()) == code


@given(CODES, st.integers(min_value=0, max_value=11), st.sampled_from(ids.UNAMBIGUOUS))
def test_one_mistyped_letter_of_a_code_is_always_noticed(code, position, letter):
    mistyped = code[:position] + letter + code[position + 1 :]
    assert (ids.parse_activation_code(mistyped) == code) is (mistyped == code)


@given(CODES, st.integers(min_value=0, max_value=10))
def test_two_neighbours_swapped_in_a_code_are_always_noticed(code, position):
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert (ids.parse_activation_code(swapped) is None) is (swapped != code)


def test_a_code_has_no_letter_that_paper_confuses():
    letters = set("".join(ids.new_activation_code() for _ in range(500)))
    assert letters == set(ids.UNAMBIGUOUS)
    assert not letters & set("ILOU01")


def test_a_code_is_twelve_letters_in_three_groups():
    code = ids.new_activation_code()
    assert [len(group) for group in ids.groups_of_four(code).split(" ")] == [4, 4, 4]


@given(URNS, SEPARATORS)
def test_a_user_reference_number_is_recognised_however_it_is_typed(urn, separator):
    bare = urn.replace("-", "")
    assert ids.parse_urn(separator.join([bare[0], bare[1:8], bare[8]]).lower()) == urn


@pytest.mark.parametrize("typed", ["", "N", "N-1234567", "X-1234567-K", "N-123456-K", "N-12345678"])
def test_what_is_no_user_reference_number_is_refused(typed):
    assert ids.parse_urn(typed) is None


def test_a_wrong_digit_in_a_user_reference_number_is_noticed():
    urn = ids.new_urn()
    wrong = urn[:2] + str((int(urn[2]) + 1) % 10) + urn[3:]
    assert ids.parse_urn(wrong) is None


@given(CLIENT_NUMBERS, SEPARATORS)
def test_a_client_number_is_recognised_however_it_is_typed(number, separator):
    assert ids.parse_client_number(spread(number, separator)) == number
    assert number[0] != "0"


def test_a_wrong_digit_in_a_client_number_is_noticed():
    number = ids.new_client_number()
    assert ids.parse_client_number(number[:-1] + str((int(number[-1]) + 1) % 10)) is None


@pytest.mark.parametrize("typed", ["123026635", "123456782", "123 026 635", "123-456-782"])
def test_a_business_number_with_a_right_check_digit_is_taken(typed):
    assert ids.parse_bn(typed) == ids.clean(typed)


# Facts E: the numbers of the source documents are wrong on purpose.
@pytest.mark.parametrize("typed", ["329407689", "112358145", "123456789", "12345678", "1234567820"])
def test_a_business_number_with_a_wrong_check_digit_is_refused(typed):
    assert ids.parse_bn(typed) is None


@pytest.mark.parametrize("typed", ["RN123456785CA", "rn 123 456 785 ca", "RN 1234-56785 CA"])
def test_a_registered_mail_number_is_recognised_however_it_is_typed(typed):
    assert ids.parse_registered_mail(typed) == "RN123456785CA"


@given(st.integers(min_value=0, max_value=8), st.integers(min_value=1, max_value=9))
def test_a_wrong_digit_in_a_registered_mail_number_is_noticed(position, step):
    digits = "123456785"
    wrong = (int(digits[position]) + step) % 10
    typed = f"RN{digits[:position]}{wrong}{digits[position + 1 :]}CA"
    accepted = ids.parse_registered_mail(typed)
    # Modulus 11 with 10 written as 0 and 11 as 5: a changed check digit is always noticed.
    assert accepted is None or position < 8
    if position == 8:
        assert accepted is None


@pytest.mark.parametrize(
    ("body", "check"), [("47312482", "9"), ("00000000", "5"), ("12345678", "5")]
)
def test_the_check_digit_of_registered_mail_follows_the_postal_union(body, check):
    assert ids.parse_registered_mail(f"RR{body}{check}CA") == f"RR{body}{check}CA"
    others = set("0123456789") - {check}
    assert not any(ids.parse_registered_mail(f"RR{body}{other}CA") for other in others)
