"""A section that is filled in several times: what each part is known by."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.base.errors import Conflict, Invalid
from app.cases.rules import parts
from app.programs.schema.cases import CaseSection
from tests.cases.conftest import SOURCE, TEXT, asks, topic


def section(**repeated):
    more = {"repeated": {"label": TEXT, **repeated}} if repeated else {}
    topics = {"about": topic({"line": asks("one_of", choices_from="lines")})}
    return CaseSection.model_validate(
        {"code": "s", "label": TEXT, "lead": TEXT, "source": SOURCE, "topics": topics, **more}
    )


BY_LINE = section(by="lines", question="line")


def test_the_line_of_business_answers_its_own_question():
    assert parts.answered(BY_LINE, "importer", {"a": "b"}) == {"a": "b", "line": "importer"}
    assert parts.answered(BY_LINE, "importer", {"line": "other"}) == {"line": "importer"}
    assert parts.given_by_the_line(BY_LINE) == "line"


@pytest.mark.parametrize("one", [section(), section(by="name")])
def test_no_question_is_answered_by_a_name_or_by_nothing(one):
    assert parts.answered(one, "quay", {"a": "b"}) == {"a": "b"}
    assert parts.given_by_the_line(one) is None


def test_the_lines_left_are_those_of_the_country_that_are_not_there_yet():
    bases = {"north": "CA", "south": "US", "away": None}
    program = SimpleNamespace(
        bases={code: SimpleNamespace(country=country) for code, country in bases.items()},
        lines={
            "b": SimpleNamespace(bases=("north",)),
            "a": SimpleNamespace(bases=("north", "south")),
            "c": SimpleNamespace(bases=("south", "away")),
        },
    )
    assert parts.lines_left(program, "CA", ()) == ("b", "a")
    assert parts.lines_left(program, "CA", {"b"}) == ("a",)
    assert parts.lines_left(program, "US", {"a"}) == ("c",)


def test_a_name_is_known_by_its_words_whatever_their_case_and_accents():
    assert parts.key_of_name(" Québec–Est ", ()) == "quebec est"
    assert parts.key_of_name("Quai 12", {"quai 13"}) == "quai 12"


@pytest.mark.parametrize(
    ("name", "word"),
    [("", "empty"), (" \u00a0 ", "empty"), ("…", "no_letter"), ("x" * 101, "too_long"),
     ("QUEBEC est", "taken")],
)  # fmt: skip
def test_a_name_that_cannot_be_used_is_told(name, word):
    with pytest.raises(Invalid) as told:
        parts.key_of_name(name, {"quebec est"})
    assert told.value.errors == {"label": word}
    if word == "too_long":
        assert told.value.values == {"max": 100}


def test_a_name_may_have_a_hundred_characters():
    assert parts.key_of_name("x" * 100, ()) == "x" * 100


def test_there_is_an_end_to_how_many_parts_a_section_has():
    parts.require_room(range(99))
    with pytest.raises(Conflict, match="too_many_parts"):
        parts.require_room(range(100))
