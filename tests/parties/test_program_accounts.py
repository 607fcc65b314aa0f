"""Program accounts of a business, as the registry's file names them."""

import pytest

from app.parties.rules.program_accounts import labelled, numbers_of, read_program_accounts


def test_several_are_parted_by_semicolons_each_a_number_and_then_its_label():
    found = read_program_accounts("RM0001 Importer; rm0002  ;RM0010  Exporter, Pacific ;")
    assert found == ("RM0001 Importer", "RM0002", "RM0010 Exporter, Pacific")
    assert numbers_of(found) == ("RM0001", "RM0002", "RM0010")
    assert labelled(found) == {
        "RM0001": "Importer",
        "RM0002": None,
        "RM0010": "Exporter, Pacific",
    }


def test_an_empty_field_names_none():
    assert read_program_accounts("  ") == ()


@pytest.mark.parametrize(
    "typed",
    ["RM001", "R10001", "RM00011", "Importer RM0001", "RM0001Importer", "RM0001,RM0002", "é"],
)
def test_what_is_no_number_and_label_is_refused(typed):
    assert read_program_accounts(typed) is None
    assert read_program_accounts(f"RM0009; {typed}") is None


def test_a_number_stands_once():
    assert read_program_accounts("RM0001 Importer; RM0001 Exporter") is None


def test_a_label_has_sixty_characters_at_most():
    assert read_program_accounts("RM0001 " + "x" * 60) == ("RM0001 " + "x" * 60,)
    assert read_program_accounts("RM0001 " + "x" * 61) is None
