"""A registry file, sign by sign: what separates, what a column is called, which line is named."""

from __future__ import annotations

import pytest

from app.parties.rules.entries import Vocabulary
from app.parties.rules.files import LineError, decode, separator
from app.parties.rules.registry import LAYOUT, assemble, read_file, read_lines

WORDS = Vocabulary(
    lines={"importer": "importer"},
    carrier_code=lambda typed: typed.upper() if len(typed) == 4 else None,
)
NUMBERS = ("123026635", "123456782", "100000009", "100000108", "100000207", "100000306")
PLACE = "Café Nord,1 rue A,Gaspé,QC,G4X 1A1,CA,fr"
PLACE_COLUMNS = "legal_name,street,city,region,postal_code,country,language"
HEADER = f"bn,carrier_code,{PLACE_COLUMNS}"


def business(bn: str = NUMBERS[0], carrier_code: str = "") -> str:
    return f"{bn},{carrier_code},{PLACE}"


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def entries(content: bytes) -> list[int]:
    reading = read_file(content, WORDS)
    assert reading.errors == []
    return [line for line, _ in reading.entries]


def errors(content: bytes) -> list[LineError]:
    return read_file(content, WORDS).errors


# ── signs ───────────────────────────────────────────────────────────────────────────────


def test_a_file_is_read_as_utf_8_with_or_without_its_mark_and_else_as_windows_1252():
    assert decode(b"\xef\xbb\xbfbn") == "bn"
    assert decode("Gaspé".encode()) == "Gaspé"
    assert decode("Gaspé – œ".encode("cp1252")) == "Gaspé – œ"


def test_what_neither_encoding_knows_is_no_text():
    assert decode(b"\x81\xff") is None
    assert decode(b"bn\x00") is None
    assert errors(b"bn,city\n\x81") == [LineError(1, "", "encoding")]


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_the_header_alone_decides_what_separates_the_fields(sign):
    others = ",;\t".replace(sign, "") * 50
    assert separator(f"bn{sign}city{sign}name, legal\n{others}") == sign


# ── columns ─────────────────────────────────────────────────────────────────────────────


def test_a_column_is_known_by_its_name_in_either_language_and_by_that_of_the_portal():
    assert LAYOUT.headers(["Business number", "CODE DE TRANSPORTEUR", "legal_name", " Ville "]) == {
        "bn": 0,
        "carrier_code": 1,
        "legal_name": 2,
        "city": 3,
    }
    assert LAYOUT.headers(["NE", "Province ou État", "Secteurs d’activité"]) == {
        "bn": 0,
        "region": 1,
        "lines": 2,
    }


def test_a_column_that_nobody_asked_for_is_passed_over():
    assert LAYOUT.headers(["", "turnover", "city"]) == {"city": 2}


def test_of_two_columns_of_one_name_the_first_counts():
    assert LAYOUT.headers(["city", "bn", "Ville"]) == {"city": 0, "bn": 1}


@pytest.mark.parametrize(("number", "typed"), [("bn", NUMBERS[0]), ("carrier_code", "12AB")])
def test_a_file_with_either_number_of_a_business_is_enough(number, typed):
    content = file(f"{typed},{PLACE}", header=f"{number},{PLACE_COLUMNS}")
    ((line, entry),) = read_file(content, WORDS).entries
    assert line == 2
    assert {"bn": entry.bn, "carrier_code": entry.carrier_code}[number] == typed


def test_a_file_without_either_number_lacks_the_business_number():
    content = file(PLACE, header=PLACE_COLUMNS)
    assert errors(content) == [LineError(1, "bn", "no_column")]
    assert [line.number for line in read_lines(content, WORDS)] == [1]


def test_a_column_that_is_there_twice_is_told_and_no_line_is_read():
    header = f"bn,{PLACE_COLUMNS}"
    names = header.split(",")
    content = file("x", header=f"{header},Dénomination sociale,NE")
    assert "legal_name" in names
    assert errors(content) == [
        LineError(1, "bn", "column_twice"),
        LineError(1, "legal_name", "column_twice"),
    ]
    assert errors(file("x", header=f"{header},note,note")) == [LineError(2, "", "fields", "1")]


def test_every_needed_column_that_is_missing_is_told_and_no_line_is_read():
    content = file("x", header="bn,street,city,region,postal_code,country")
    assert errors(content) == [
        LineError(1, "legal_name", "no_column"),
        LineError(1, "language", "no_column"),
    ]


# ── lines ───────────────────────────────────────────────────────────────────────────────


def test_a_file_of_a_header_alone_holds_no_business():
    assert errors(file()) == [LineError(1, "", "no_lines")]
    assert errors(file("", ",,,,,,,,")) == [LineError(1, "", "no_lines")]


def test_an_empty_line_is_passed_over_and_counted():
    content = file(business(NUMBERS[0]), "", " ,,,,,,,,", business("", "12AB"))
    assert entries(content) == [2, 5]


def test_a_line_is_named_by_where_it_begins_in_the_file():
    spread = business(NUMBERS[1]).replace("1 rue A", '"1 rue A\r\nbureau 5\r\nporte 2"')
    assert entries(file(business(NUMBERS[0]), spread, business("", "12AB"))) == [2, 3, 6]


def test_a_header_over_two_lines_moves_the_first_business_down():
    header = HEADER.replace("postal_code", '"postal\r\ncode"')
    assert entries(file(business(), header=header)) == [3]


def test_the_quotation_mark_that_is_never_closed_is_named_and_not_the_end_of_the_file():
    content = file(business(), f'"{business(NUMBERS[1])}', *[business("", "12AB")] * 3)
    assert errors(content) == [LineError(3, "", "quotes")]
    assert [line for line, _ in read_file(content, WORDS).entries] == [2]
    assert errors(f'{HEADER},"\n{business()}\n'.encode()) == [LineError(1, "", "quotes")]
    assert errors(file(f'"{business()}')) == [LineError(2, "", "quotes")]


def test_a_line_with_more_or_fewer_fields_than_the_header_is_told_with_their_number():
    content = file(f"{business()},more", "x")
    assert errors(content) == [
        LineError(2, "", "fields", "10"),
        LineError(3, "", "fields", "1"),
    ]


def test_what_is_wrong_is_shown_as_it_was_typed_up_to_eighty_characters():
    assert errors(file(business("7" * 80))) == [LineError(2, "bn", "bn", "7" * 80)]
    assert errors(file(business("7" * 81))) == [LineError(2, "bn", "bn", "7" * 80)]


def test_of_a_column_that_the_file_lacks_nothing_is_shown():
    content = file(f",{PLACE}", header=f"carrier_code,{PLACE_COLUMNS}")
    assert errors(content) == [LineError(2, "bn", "no_identifier", "")]


def test_the_errors_of_a_line_stand_in_the_order_of_the_columns():
    wrong = "1,12345,,1 rue A,,QC,G4X 1A1,CA,de"
    assert [error.column for error in errors(file(wrong))] == [
        "bn",
        "carrier_code",
        "legal_name",
        "city",
        "language",
    ]


def test_a_file_has_at_most_a_hundred_thousand_businesses():
    """Told of the first that is too many; those before are counted, and here not read again."""
    content = file(*["x"] * 100_000)
    assert list(read_lines(content, WORDS, after=100_001)) == []
    over = list(read_lines(content + b"x\n" * 3, WORDS, after=100_001))
    assert [(line.number, line.errors) for line in over] == [
        (100_002, (LineError(100_002, "", "too_many"),))
    ]


# ── reading on, and between the lines ───────────────────────────────────────────────────


def test_reading_goes_on_after_the_line_that_was_read_last():
    content = file(*(business(number) for number in NUMBERS[:2]), "x")
    assert [line.number for line in read_lines(content, WORDS)] == [2, 3, 4]
    assert [line.number for line in read_lines(content, WORDS, after=2)] == [3, 4]
    assert list(read_lines(content, WORDS, after=4)) == []


def test_a_number_on_two_lines_is_told_at_the_second_with_the_first():
    content = file(business(NUMBERS[0], "12AB"), business(NUMBERS[1], "12AB"), business(NUMBERS[0]))
    assert errors(content) == [
        LineError(3, "carrier_code", "twice", "2"),
        LineError(4, "bn", "twice", "2"),
    ]


def test_two_businesses_without_a_number_of_one_kind_have_nothing_in_common():
    assert entries(file(business("", "12AB"), business("", "34CD"))) == [2, 3]
    assert entries(file(*(business(number) for number in NUMBERS[:2]))) == [2, 3]


def test_a_line_with_an_error_is_no_entry_and_its_number_may_stand_again():
    content = file(business(NUMBERS[0]).replace("fr", "de"), business(NUMBERS[0]))
    reading = assemble(read_lines(content, WORDS))
    assert [line for line, _ in reading.entries] == [3]
    assert reading.errors == [LineError(2, "language", "language", "de")]
