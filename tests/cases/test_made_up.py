"""A made-up answer is one that its question takes."""

from datetime import date
from decimal import ROUND_CEILING, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.countries import COUNTRIES
from app.cases.rules.made_up import made_up
from app.cases.rules.reading import Around, read
from app.programs import library
from tests.cases.conftest import TEXT, question

TODAY = date(2026, 11, 22)
LISTS = {"lines": {"importer": 1, "exporter": 1}, "bases": {"canada": 1}}
AROUND = Around(TODAY, "en", COUNTRIES, LISTS)
CHOICES = {"choices": {"a": {"label": TEXT}, "b": {"label": TEXT}}}


def sent(value):
    """What a form would send for an answer that is kept."""
    if isinstance(value, str):
        return {"": [value]}
    if isinstance(value, dict):
        return {part: [text] for part, text in value.items()}
    if value and isinstance(value[0], dict):
        return {f"{n}.{code}": [cell] for n, row in enumerate(value) for code, cell in row.items()}
    return {"": value}


def fits(asked, listed=LISTS):
    value = made_up(asked, TODAY, listed)
    found = read(asked, sent(value), Around(TODAY, "en", COUNTRIES, listed))
    assert not found.faults, (asked.code, found.faults)
    assert found.value == value
    return value


@pytest.mark.parametrize(
    ("kind", "options", "value"),
    [
        ("short_text", {}, "Example"),
        ("short_text", {"longest": "4"}, "Exam"),
        ("short_text", {"longest": "7"}, "Example"),
        ("long_text", {}, "Example"),
        ("number", {}, "1"),
        ("number", {"least": "3"}, "3"),
        ("number", {"most": "0"}, "0"),
        ("number", {"least": "0", "most": "9"}, "1"),
        ("number", {"least": "2.5", "decimals": "1"}, "2.5"),
        ("number", {"least": "2.5"}, "3"),
        ("number", {"most": "0.5", "decimals": "1"}, "0.5"),
        ("money", {"currencies": ["USD", "CAD"]}, {"amount": "1.00", "currency": "USD"}),
        ("money", {"currencies": ["CAD"], "least": "10"}, {"amount": "10.00", "currency": "CAD"}),
        ("date", {}, "2026-11-22"),
        ("date", {"when": "past"}, "2026-11-22"),
        ("date", {"when": "future"}, "2026-11-22"),
        ("yes_no", {}, "yes"),
        ("one_of", CHOICES, "a"),
        ("one_of", {"choices_from": "lines"}, "importer"),
        ("several_of", CHOICES, ["a"]),
        ("several_of", {"choices_from": "bases"}, ["canada"]),
        ("country", {}, "CA"),
    ],
)
def test_an_answer_is_made_up_for_each_type(kind, options, value):
    assert fits(question(kind, **options)) == value


def test_people_addresses_and_tables_are_made_up_whole():
    assert fits(question("person"))["family_name"] == "Up"
    assert fits(question("address"))["country"] == "CA"
    columns = {
        "name": {"type": "short_text", "text": TEXT},
        "since": {"type": "date", "text": TEXT, "required": "no"},
    }
    assert fits(question("table", columns=columns)) == [{"name": "Example", "since": "2026-11-22"}]


def test_documents_are_no_answers():
    assert made_up(question("document"), TODAY, LISTS) is None


@given(
    st.decimals(-(10**6), 10**6, places=4),
    st.decimals(0, 10**6, places=4),
    st.integers(0, 4),
)
def test_a_made_up_number_keeps_to_its_bounds_wherever_one_does(least, span, places):
    step = Decimal(1).scaleb(-places)
    most = least + span
    asked = question("number", least=f"{least:.4f}", most=f"{most:.4f}", decimals=str(places))
    if least.quantize(step, ROUND_CEILING) <= most:
        fits(asked)


def test_every_question_that_is_shipped_takes_its_made_up_answer():
    shipped = [
        (definition, asked)
        for definition in library.definitions()
        for case in definition.cases.values()
        for section in case.sections.values()
        for topic in (section.topics or {}).values()
        for asked in topic.questions.values()
        if asked.type != "document"
    ]
    assert len(shipped) > 300
    for definition, asked in shipped:
        fits(asked, {"lines": definition.lines, "bases": definition.bases})
