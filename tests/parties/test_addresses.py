"""Addresses: how they are read, printed and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parties.rules.addresses import (
    PROVINCES,
    STATES,
    address_faults,
    lines,
    parse_postal_code,
    region_name,
    same_address,
    unprintable,
)

HERE = {
    "street": "1180, boulevard La Salle, bureau 4",
    "city": "Baie-Comeau",
    "region": "QC",
    "postal_code": "G5C 3B1",
    "country": "CA",
}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("g5c3b1", "G5C 3B1"), ("G5C 3B1", "G5C 3B1"), ("G5C-3B1", "G5C 3B1"), ("k1a 0b1", "K1A 0B1")],
)
def test_a_canadian_postal_code_is_kept_as_a1a_1a1(typed, kept):
    assert parse_postal_code("CA", typed) == kept


@pytest.mark.parametrize("letter", "DFIOQU")
def test_six_letters_are_never_in_a_postal_code(letter):
    assert parse_postal_code("CA", f"{letter}1A 1A1") is None
    assert parse_postal_code("CA", f"A1{letter} 1A1") is None
    assert parse_postal_code("CA", f"A1A 1{letter}1") is None


@pytest.mark.parametrize("letter", "WZ")
def test_a_postal_code_does_not_begin_with_w_or_z(letter):
    assert parse_postal_code("CA", f"{letter}1A 1A1") is None
    assert parse_postal_code("CA", f"A1{letter} 1A1") is not None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("14202", "14202"), ("142021234", "14202-1234"), ("14202-1234", "14202-1234"), ("1420", None)],
)
def test_a_zip_code_has_five_or_nine_digits(typed, kept):
    assert parse_postal_code("US", typed) == kept


@pytest.mark.parametrize(
    "changes",
    [
        {"street": "1180 BOUL. LA SALLE, BUR. 4"},
        {"street": "4-1180, boulevard la salle"},
        {"street": "Suite 4, 1180 La Salle Blvd"},
        {"city": "BAIE COMEAU"},
        {"postal_code": "g5c3b1"},
    ],
)
def test_one_door_written_in_several_ways_is_one_address(changes):
    assert same_address(HERE, {**HERE, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"street": "1181, boulevard La Salle, bureau 4"},
        {"street": "1180, boulevard La Salle, bureau 5"},
        {"street": "1180, avenue La Salle, bureau 4"},
        {"city": "Sept-Îles"},
        {"region": "ON"},
        {"postal_code": "G5C 3B2"},
        {"country": "US", "postal_code": "14202"},
    ],
)
def test_another_door_is_another_address(changes):
    assert not same_address(HERE, {**HERE, **changes})


def test_the_last_four_digits_of_a_zip_code_do_not_matter():
    there = {**HERE, "country": "US", "region": "NY", "postal_code": "14202"}
    assert same_address(there, {**there, "postal_code": "14202-1234"})


def test_an_address_is_printed_as_the_post_asks_in_each_language():
    assert lines(HERE, "fr") == [
        "1180, boulevard La Salle, bureau 4",
        "Baie-Comeau (Québec)\u00a0\u00a0G5C\u00a03B1",
    ]
    assert lines(HERE, "en")[-1] == "Baie-Comeau QC\u00a0\u00a0G5C\u00a03B1"
    there = {
        "street": "1 Main St\nSuite 5",
        "city": "Buffalo",
        "region": "NY",
        "postal_code": "14202",
        "country": "US",
    }
    assert lines(there, "fr") == [
        "1 Main St",
        "Suite 5",
        "Buffalo NY\u00a0\u00a014202",
        "ÉTATS-UNIS",
    ]


def test_every_fault_of_an_address_is_found_at_its_part():
    assert address_faults(HERE) == {}
    assert set(address_faults({})) == {"street", "city", "region", "postal_code", "country"}
    assert address_faults({**HERE, "region": "NY"}) == {"region": "unknown"}
    assert address_faults({**HERE, "postal_code": "14202"}) == {"postal_code": "format"}
    assert address_faults({**HERE, "country": "FR"}) == {"country": "unknown"}
    assert address_faults({**HERE, "street": "x" * 161}) == {"street": "too_long"}


def test_every_region_has_its_name_in_both_languages():
    assert len(PROVINCES) == 13
    assert len(STATES) == 52  # with the District of Columbia and Puerto Rico
    assert region_name("CA", "QC", "fr") == "Québec"
    assert region_name("US", "CA", "fr") == "Californie"
    assert region_name("US", "XX", "fr") == "XX"


def test_signs_that_a_letter_cannot_print_are_found():
    assert unprintable("L’Étoile & Œuvre nº 1 « Nord »") == ""
    assert unprintable("Café 寿司 🍣") == "寿司🍣"


@given(st.text(max_size=40))
def test_comparing_addresses_never_fails_whatever_was_typed(text):
    assert same_address({**HERE, "street": text}, {**HERE, "street": text})
    assert same_address({**HERE, "city": text}, HERE) in {True, False}
