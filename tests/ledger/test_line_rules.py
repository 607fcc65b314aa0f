"""One line of the ledger, word by word: what is read, and what is wrong with what is not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal

import pytest

from app.ledger.rules.files import LAYOUT, LineError, assemble, read_lines
from app.ledger.rules.lines import (
    COLUMNS,
    KEPT,
    KINDS,
    MOVING,
    REQUIRED,
    STATES,
    LineData,
    check_line,
    kept_line,
    parse_amount,
    parse_day,
)

GIVEN = {
    "bn": "123026635",
    "program_account": "RM0001",
    "kind": "transaction",
    "number": "10000000001",
    "dated": "2026-09-01",
    "description": "Duties  and\ttaxes ",
    "amount": "1 250,00 $",
    "state": "open",
    "due_on": "2026-09-30",
    "submitted_by": "123 456 782",
}


def said(**changes: str) -> LineData | dict[str, str]:
    return check_line(GIVEN | changes)


def test_the_kinds_and_the_states_are_these():
    assert KINDS == ("transaction", "payment", "statement")
    assert STATES == ("open", "arrears", "paid", "cancelled")
    assert tuple(LAYOUT.names) == COLUMNS
    assert set(KEPT) | set(MOVING) | {"bn", "kind", "number"} == set(COLUMNS)


def test_a_line_is_read_part_by_part():
    assert said() == LineData(
        bn="123026635",
        program_account="RM0001",
        kind="transaction",
        number="10000000001",
        dated=date(2026, 9, 1),
        description="Duties and taxes",
        amount=Decimal("1250.00"),
        state="open",
        due_on=date(2026, 9, 30),
        submitted_by="123456782",
    )


def test_what_may_be_empty_is_read_as_nothing():
    found = said(program_account="", due_on="", submitted_by="")
    assert (found.program_account, found.due_on, found.submitted_by) == (None, None, None)


def test_what_a_file_has_no_column_for_is_read_as_nothing():
    without = {name: GIVEN[name] for name in REQUIRED}
    assert check_line(without) == said(program_account="", due_on="", submitted_by="")


@pytest.mark.parametrize("due_on", ["2026-09-30", ""])
def test_a_line_is_the_same_after_it_was_kept(due_on):
    found = said(due_on=due_on)
    kept = asdict(found) | {"dated": "2026-09-01", "amount": "1250.00", "due_on": due_on or None}
    assert kept_line(kept) == found


@pytest.mark.parametrize(
    "column", ["bn", "kind", "number", "dated", "description", "amount", "state"]
)
def test_what_may_not_be_empty_is_an_error_of_its_column(column):
    assert said(**{column: " "}) == {column: "empty"}


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("bn", "123026634", "bn"),
        ("program_account", "RM001", "program_account"),
        ("program_account", "RM00012", "program_account"),
        ("kind", "invoice", "kind"),
        ("dated", "2026-02-30", "dated"),
        ("amount", "12.345", "amount"),
        ("state", "late", "state"),
        ("due_on", "30 septembre", "due_on"),
        ("submitted_by", "broker", "submitted_by"),
        ("number", "x" * 41, "too_long"),
        ("description", "x" * 201, "too_long"),
        ("description", "a\u202eb", "unshowable"),
        ("number", "a\u0007b", "unshowable"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_its_column(column, value, code):
    assert said(**{column: value}) == {column: code}


def test_a_number_has_forty_characters_at_most_and_a_description_two_hundred():
    found = said(number="x" * 40, description="x" * 200)
    assert (len(found.number), len(found.description)) == (40, 200)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("kind", {"payment": "payment Paiement", "statement": "Statement RELEVÉ"}),
        ("state", {"arrears": "arrears", "paid": "Paid paid", "cancelled": "cancelled Annulation"}),
    ],
)
def test_kinds_and_states_are_read_in_either_language(column, words):
    for code, typed in words.items():
        for word in typed.split():
            assert getattr(said(**{column: word, "amount": "-1"}), column) == code
    for state, typed in (
        ("open", "Solde ouvert"),
        ("arrears", "In arrears"),
        ("arrears", "En souffrance"),
        ("paid", "Solde acquitté"),
    ):
        assert said(state=typed).state == state
    for kind in ("Statement of account", "relevé de compte"):
        assert said(kind=kind).kind == "statement"
    assert said(kind="Transaction").kind == "transaction"


@pytest.mark.parametrize("amount", ["100.00", "0"])
def test_a_payment_has_a_minus(amount):
    assert said(kind="payment", amount=amount) == {"amount": "payment"}
    assert said(kind="payment", amount="-0.01").amount == Decimal("-0.01")
    for kind in ("transaction", "statement"):
        assert said(kind=kind, amount=amount).amount == Decimal(amount)
        assert said(kind=kind, amount="-5").amount == Decimal(-5)


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1234.5", "1234.5"),
        ("1\u00a0234,56 $", "1234.56"),
        ("$1,234.56", "1234.56"),
        ("\u22120,5", "-0.5"),
        ("999999999999.99", "999999999999.99"),
    ],
)
def test_an_amount_is_read_as_either_language_writes_it(typed, amount):
    assert parse_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed", ["", "$", "1,234", "$$1", "1.001", "1000000000000", "(100.00)", "ten"]
)
def test_what_could_be_two_amounts_or_is_none_is_refused(typed):
    assert parse_amount(typed) is None


@pytest.mark.parametrize("typed", ["1900-01-01", "2199-12-31"])
def test_a_day_is_written_year_first(typed):
    assert parse_day(typed) == date.fromisoformat(typed)


@pytest.mark.parametrize(
    "typed", ["", "20260901", "2026-9-1", "01-09-2026", "2026-W36-2", "1899-12-31", "2200-01-01"]
)
def test_what_is_no_day_of_our_time_is_refused(typed):
    assert parse_day(typed) is None


HEADER = (
    "NE;Compte de programme;Nature;Numéro;Date;Description;Montant;État;Échéance;Soumission par"
)


def read(*rows: str, header: str = HEADER):
    return assemble(read_lines("\n".join([header, *rows, ""]).encode()))


def test_a_file_in_french_is_read():
    found = read("123026635;RM0001;paiement;1;2026-09-01;Reçu;-1,50;solde acquitté;;")
    assert found.errors == []
    ((number, one),) = found.lines
    assert (number, one.kind, one.amount, one.state) == (2, "payment", Decimal("-1.50"), "paid")


def test_a_column_that_every_line_needs_is_missed_and_no_other():
    assert [error.column for error in read(header="Description;Turnover").errors] == [
        "bn",
        "kind",
        "number",
        "dated",
        "amount",
        "state",
    ]


def test_one_number_of_a_business_and_a_kind_stands_once_in_a_file():
    row = "{bn};;{kind};1;2026-09-01;Reçu;-1,50;paid;;"
    one = row.format(bn="123026635", kind="payment")
    other = row.format(bn="123456782", kind="payment")
    statement = row.format(bn="123026635", kind="statement")
    assert read(one, other, statement).errors == []
    assert read(one, statement, one).errors == [LineError(4, "number", "twice", "2")]
