"""A registry file: read in every way that spreadsheets write it, checked line by line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.parties.registry import vocabulary
from app.parties.rules.entries import COLUMNS
from app.parties.rules.files import LineError
from app.parties.rules.registry import Reading, read_file
from tests.support.definitions import transferring

PROGRAM = transferring()
WORDS = vocabulary(PROGRAM)
LINE = next(iter(PROGRAM.lines.values()))
ENGLISH = (
    "Business number,Carrier code,Legal name,Street,City,Province,Postal code,Country,Language,"
    "Lines of business,Program accounts"
)
FRENCH = (
    "NE;Code de transporteur;Dénomination sociale;Adresse;Ville;Province;Code postal;Pays;Langue;"
    "Secteurs d’activité;Comptes de programme"
)


def row(**changes: str) -> dict[str, str]:
    return {
        "bn": "123456782",
        "carrier_code": "",
        "legal_name": "Café Nord inc.",
        "street": "1, rue A",
        "city": "Gaspé",
        "region": "QC",
        "postal_code": "G4X 1A1",
        "country": "CA",
        "language": "fr",
        "lines": LINE.code,
        "program_accounts": "RM0001 Importer; RM0002",
        **changes,
    }


def file(*rows: dict[str, str], header: str = ENGLISH, separator: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    out.write(header + "\r\n")
    for one in rows:
        writer.writerow([one[column] for column in COLUMNS])
    return out.getvalue()


def read(text: str, encoding: str = "utf-8") -> Reading:
    return read_file(text.encode(encoding), WORDS)


def errors(reading: Reading) -> list[tuple[int, str, str]]:
    return [(error.line, error.column, error.code) for error in reading.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize(("header", "separator"), [(ENGLISH, ","), (FRENCH, ";")])
def test_a_file_is_read_in_either_language_encoding_and_separator(encoding, header, separator):
    reading = read(file(row(), header=header, separator=separator), encoding)
    assert reading.errors == []
    line, entry = reading.entries[0]
    assert line == 2
    assert (entry.legal_name, entry.city, entry.lines) == ("Café Nord inc.", "Gaspé", (LINE.code,))


def test_columns_may_stand_in_any_order_and_other_columns_are_passed_over():
    order = ["legal_name", "extra", *[c for c in COLUMNS if c != "legal_name"]]
    values = {**row(), "extra": "x"}
    text = ",".join(order) + "\n" + ",".join(f'"{values[c]}"' for c in order)
    reading = read(text)
    assert reading.errors == []
    assert reading.entries[0][1].legal_name == "Café Nord inc."


def test_words_are_known_in_both_languages_whatever_their_case_and_accents():
    text = file(
        row(region="quebec", country="canada", language="Français", lines=LINE.label.fr),
        row(bn="123026635", region="Québec", language="ENGLISH", lines=LINE.label.en.upper()),
    )
    reading = read(text)
    assert reading.errors == []
    assert {entry.region for _, entry in reading.entries} == {"QC"}
    assert {entry.lines for _, entry in reading.entries} == {(LINE.code,)}


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"bn": "123456789"}, "bn", "bn"),
        ({"bn": "12345"}, "bn", "bn"),
        ({"bn": ""}, "bn", "no_identifier"),
        ({"carrier_code": "12"}, "carrier_code", "carrier_code"),
        ({"legal_name": "  "}, "legal_name", "empty"),
        ({"legal_name": "x" * 201}, "legal_name", "too_long"),
        ({"legal_name": "寿司"}, "legal_name", "unprintable"),
        ({"street": ""}, "street", "empty"),
        ({"city": "y" * 61}, "city", "too_long"),
        ({"region": "NY"}, "region", "region"),
        ({"postal_code": "D4X 1A1"}, "postal_code", "postal_code"),
        ({"country": "France"}, "country", "country"),
        ({"language": "de"}, "language", "language"),
        ({"lines": "pirate"}, "lines", "lines"),
    ],
)
def test_each_fault_is_found_at_its_line_and_column(changes, column, code):
    reading = read(file(row(bn="123026635"), row(**changes)))
    assert errors(reading) == [(3, column, code)]
    assert len(reading.entries) == 1


def test_a_zip_code_has_its_own_sentence():
    there = row(country="US", region="NY", postal_code="G4X 1A1")
    assert errors(read(file(there))) == [(2, "postal_code", "zip_code")]


def test_every_error_of_a_line_is_told_at_once():
    found = errors(read(file(row(bn="1", city="", language="xx"))))
    assert [(column, code) for _, column, code in found] == [
        ("bn", "bn"),
        ("city", "empty"),
        ("language", "language"),
    ]


def test_one_number_on_two_lines_is_an_error_that_names_the_first():
    reading = read(file(row(), row(bn="123026635"), row(legal_name="Other")))
    assert reading.errors == [LineError(4, "bn", "twice", "2")]


def test_a_field_over_two_lines_does_not_shift_the_numbers_of_the_next():
    text = file(row(street="1, rue A\r\nbureau 5"), row(bn="1"))
    assert errors(read(text)) == [(4, "bn", "bn")]
    assert read(text).entries[0][1].street == "1, rue A bureau 5"


def test_a_file_without_a_needed_column_says_which():
    header = ENGLISH.replace("City", "Town hall").replace("Business number,Carrier code", "a,b")
    assert set(errors(read(file(row(), header=header)))) == {
        (1, "city", "no_column"),
        (1, "bn", "no_column"),
    }


@pytest.mark.parametrize("text", ["", "\n\n", ENGLISH, ENGLISH + "\r\n"])
def test_a_file_without_businesses_is_an_error(text):
    assert read(text).errors


def test_a_line_with_too_few_fields_is_an_error():
    assert errors(read(file(row()) + "123026635,x\n")) == [(3, "", "fields")]


def test_a_quotation_mark_that_is_not_closed_is_an_error():
    assert ("", "quotes") in [(c, e) for _, c, e in errors(read(file(row()) + '"abc,d\n'))]


@pytest.mark.parametrize("content", [b"\x00\x01\x02", "bn,x\n".encode("utf-16"), b"PK\x03\x04\x00"])
def test_what_is_no_text_is_refused(content):
    assert read_file(content, WORDS).errors == [LineError(1, "", "encoding")]


def test_a_business_number_in_other_clothes_is_kept_as_nine_digits():
    reading = read(file(row(bn="123 456-782")))
    assert reading.entries[0][1].bn == "123456782"


@given(st.binary(max_size=300))
def test_no_file_whatever_breaks_the_reader(content):
    reading = read_file(content, WORDS)
    assert reading.errors or reading.entries


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_and_street_is_either_kept_as_it_is_or_refused(name, street):
    reading = read(file(row(legal_name=name, street=street)), "utf-8")
    for _, entry in reading.entries:
        assert entry.legal_name == " ".join(name.split())
        assert entry.street == " ".join(street.split())


def test_program_accounts_are_read_and_one_that_is_none_is_an_error_of_its_line():
    assert [one.program_accounts for _, one in read(file(row())).entries] == [
        ("RM0001 Importer", "RM0002")
    ]
    assert [one.program_accounts for _, one in read(file(row(program_accounts=""))).entries] == [()]
    wrong = read(file(row(program_accounts="Importer")))
    assert errors(wrong) == [(2, "program_accounts", "program_accounts")]


def test_a_file_without_their_column_says_nothing_of_program_accounts():
    without = ENGLISH.removesuffix(",Program accounts")
    one = row()
    text = without + "\r\n" + ",".join(f'"{one[c]}"' for c in COLUMNS[:-1]) + "\r\n"
    assert [entry.program_accounts for _, entry in read(text).entries] == [None]
