"""What stands in a form reads back as the answer that it was drawn from, in both languages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.numbers import plain
from app.cases.rules.reading import Around, read
from app.cases.rules.writing import rewritten, shown_number, written
from tests.cases.conftest import TEXT, asks, question

AROUND = {
    language: Around(date(2026, 11, 22), language, {"CA", "FR"}, {"lines": {}, "bases": {}})
    for language in ("en", "fr")
}
CHOICES = {"choices": {"a": {"label": TEXT}, "b": {"label": TEXT}}}
ADDRESS = {
    "street": "12, rue du Quai\nbureau 4", "city": "Saint-Rémi", "region": "QC",
    "postal_code": "J0L 2L0", "country": "CA",
}  # fmt: skip
PERSON = {
    "given_name": "Éloïse", "family_name": "Brûlé", "title": "", "telephone": "+16135550123",
    "email": "",
}  # fmt: skip
TABLE = {"columns": {"name": asks("short_text"), "wide": asks("number", decimals="1"),
                     "since": asks("date")}}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("asked", "value"),
    [
        (question("short_text"), "Vergers"),
        (question("long_text"), "une\ndeux"),
        (question("number", decimals="2"), "1234.5"),
        (question("money", currencies=["CAD", "USD"]), {"amount": "12.50", "currency": "USD"}),
        (question("date"), "2026-02-03"),
        (question("yes_no"), "no"),
        (question("one_of", **CHOICES), "b"),
        (question("several_of", **CHOICES), ["a", "b"]),
        (question("country"), "FR"),
        (question("address"), ADDRESS),
        (question("person"), PERSON),
        (question("table", **TABLE),
         [{"name": "a", "wide": "2.5", "since": "2026-01-02"}, {"name": "b", "wide": "10",
           "since": "2020-12-31"}]),
    ],
    ids=lambda one: one.type if hasattr(one, "type") else "",
)  # fmt: skip
def test_an_answer_comes_back_from_its_fields_unchanged(asked, value, language):
    found = read(asked, written(asked, value, language), AROUND[language])
    assert (found.value, found.faults) == (value, {})


def test_where_there_is_no_answer_nothing_stands_in_the_fields():
    assert written(question("person"), None, "en") == {}


def test_french_writes_decimals_after_a_comma():
    assert shown_number("1234.5", "fr") == "1234,5"
    assert shown_number("1234.5", "en") == "1234.5"
    wide = question("table", columns={"wide": asks("number"), "name": asks("short_text")})
    assert written(wide, [{"wide": "2.5", "name": "v2.5"}], "fr") == {
        "0.wide": ["2,5"], "0.name": ["v2.5"],
    }  # fmt: skip
    assert written(question("short_text"), "v2.5", "fr") == {"": ["v2.5"]}
    amount = question("money", currencies=["CAD"])
    assert written(amount, {"amount": "2.50", "currency": "CAD"}, "fr") == {
        "amount": ["2,50"], "currency": ["CAD"],
    }  # fmt: skip


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(["en", "fr"]))
def test_every_number_comes_back(number, language):
    asked = question("number", decimals="4")
    kept = plain(Decimal(number))
    found = read(asked, written(asked, kept, language), AROUND[language])
    assert found.value == kept


@pytest.mark.parametrize(
    ("typed", "before", "after", "rewritten_as"),
    [("25,000", "en", "fr", "25000"), ("2.5", "en", "fr", "2,5"), ("2,5", "fr", "en", "2.5"),
     ("1 234,5", "fr", "en", "1234.5"), ("many", "en", "fr", "many"), ("", "en", "fr", "")],
)  # fmt: skip
def test_a_number_is_the_same_number_in_the_other_language(typed, before, after, rewritten_as):
    for asked, part in (
        (question("number", decimals="1"), ""),
        (question("money", currencies=["CAD"]), "amount"),
        (question("table", **TABLE), "0.wide"),
    ):
        assert rewritten(asked, {part: [typed]}, before, after) == {part: [rewritten_as]}


def test_what_is_no_number_stays_as_it_was_typed():
    amount = question("money", currencies=["CAD"])
    assert rewritten(amount, {"currency": ["1,5"]}, "fr", "en") == {"currency": ["1,5"]}
    assert rewritten(amount, {"amount": ["$2,500"]}, "en", "fr") == {"amount": ["2500"]}
    assert rewritten(question("short_text"), {"": ["1,5"]}, "fr", "en") == {"": ["1,5"]}
    assert rewritten(question("table", **TABLE), {"0.name": ["1,5"]}, "fr", "en") == {
        "0.name": ["1,5"]
    }
