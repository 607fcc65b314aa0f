"""One business in words: what is kept of them, and what is told of each column."""

import pytest

from app.parties.rules.entries import EntryData, Vocabulary, check_entry

WORDS = Vocabulary(
    lines={"importer": "importer", "importateur": "importer", "air carrier": "air_carrier"},
    carrier_code=lambda typed: typed.upper() if len(typed) == 4 else None,
)
TYPED = {
    "bn": "123026635",
    "legal_name": "Café Nord inc.",
    "street": "1, rue A",
    "city": "Gaspé",
    "region": "QC",
    "postal_code": "G4X 1A1",
    "country": "CA",
    "language": "fr",
    "lines": "importer",
}


def kept(**changes: str) -> EntryData:
    entry = check_entry({**TYPED, **changes}, WORDS)
    assert isinstance(entry, EntryData), entry
    return entry


def refused(**changes: str) -> dict[str, str]:
    errors = check_entry({**TYPED, **changes}, WORDS)
    assert isinstance(errors, dict)
    return errors


def test_a_name_of_two_hundred_characters_is_kept_and_of_two_hundred_and_one_is_refused():
    assert kept(legal_name="n" * 200).legal_name == "n" * 200
    assert refused(legal_name="n" * 201) == {"legal_name": "too_long"}


def test_a_business_is_where_its_address_is():
    entry = kept(country="United States", region="Vermont", postal_code="05401")
    assert entry.base == "US"
    assert entry.address == {
        "street": "1, rue A",
        "city": "Gaspé",
        "region": "VT",
        "postal_code": "05401",
        "country": "US",
    }


@pytest.mark.parametrize(
    "column", ["legal_name", "street", "city", "region", "postal_code", "country", "language"]
)
def test_a_column_that_must_be_filled_is_told_as_empty_and_as_nothing_else(column):
    assert refused(**{column: " "}) == {column: "empty"}


def test_a_column_that_is_not_there_is_an_empty_one():
    assert check_entry({}, WORDS) == {
        **dict.fromkeys(TYPED.keys() - {"bn", "lines"}, "empty"),
        "bn": "no_identifier",
    }
    assert check_entry({k: v for k, v in TYPED.items() if k != "lines"}, WORDS) == kept(lines="")


@pytest.mark.parametrize(
    ("numbers", "bn", "carrier_code"),
    [
        ({}, "123026635", None),
        ({"bn": "", "carrier_code": "12ab"}, None, "12AB"),
        ({"carrier_code": "12ab"}, "123026635", "12AB"),
    ],
)
def test_either_number_names_a_business_and_both_may(numbers, bn, carrier_code):
    entry = kept(**numbers)
    assert (entry.bn, entry.carrier_code) == (bn, carrier_code)


def test_a_wrong_number_is_told_even_beside_a_right_one():
    assert refused(carrier_code="12") == {"carrier_code": "carrier_code"}
    assert refused(bn="123", carrier_code="12AB") == {"bn": "bn"}


def test_spaces_around_and_between_words_are_those_of_one_typist_and_not_kept():
    assert kept(legal_name="  Café \t Nord\n").legal_name == "Café Nord"


@pytest.mark.parametrize(
    ("typed", "country", "region"),
    [
        (("canada", "qc"), "CA", "QC"),
        (("CANADA", "québec"), "CA", "QC"),
        (("Ca", "Quebec"), "CA", "QC"),
        (("États-Unis", "ny"), "US", "NY"),
        (("É.-U.", "Caroline du Nord"), "US", "NC"),
        (("U.S.A.", "north  carolina"), "US", "NC"),
    ],
)
def test_country_and_region_are_known_by_code_and_name_in_both_languages(typed, country, region):
    code = "G4X 1A1" if country == "CA" else "10001"
    entry = check_entry(
        {**TYPED, "country": typed[0], "region": typed[1], "postal_code": code}, WORDS
    )
    assert isinstance(entry, EntryData), entry
    assert (entry.country, entry.region) == (country, region)


@pytest.mark.parametrize(
    ("typed", "language"),
    [("EN", "en"), ("Anglais", "en"), ("english", "en"), ("FRANÇAIS", "fr"), ("French", "fr")],
)
def test_the_language_is_known_by_its_code_and_by_its_name_in_both(typed, language):
    assert kept(language=typed).language == language


def test_the_postal_code_is_kept_as_the_post_writes_it():
    assert kept(postal_code="g4x1a1").postal_code == "G4X 1A1"


@pytest.mark.parametrize("sign", ["|", "/", ";", ","])
def test_lines_of_business_stand_side_by_side_in_the_files_order_each_once(sign):
    typed = sign.join(["Air carrier", " Importateur", "", "importer"])
    assert kept(lines=typed).lines == ("air_carrier", "importer")


def test_one_unknown_line_of_business_spoils_the_others():
    assert refused(lines="importer, pirate") == {"lines": "lines"}


def test_what_cannot_be_printed_on_a_letter_is_refused_where_it_is_printed():
    errors = refused(legal_name="寿", street="司", city="🍣")
    assert errors == dict.fromkeys(("legal_name", "street", "city"), "unprintable")


def test_everything_that_is_wrong_is_told_at_once():
    assert refused(bn="1", language="de", lines="pirate", region="NY", postal_code="D4X 1A1") == {
        "bn": "bn",
        "language": "language",
        "lines": "lines",
        "region": "region",
        "postal_code": "postal_code",
    }


def test_a_wrong_code_is_called_by_the_name_that_it_has_in_the_country():
    assert refused(postal_code="10001") == {"postal_code": "postal_code"}
    assert refused(country="US", region="NY") == {"postal_code": "zip_code"}
