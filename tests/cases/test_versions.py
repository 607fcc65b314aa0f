"""A draft goes on under a new version of its definition, and nothing that was answered is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cases.rules.versions import carry, questions
from app.programs.schema.cases import CaseSection
from tests.cases.conftest import SOURCE, TEXT, asks, topic

AB = {"a": {"label": TEXT}, "b": {"label": TEXT}}
ONLY_A = {"a": {"label": TEXT}}
LINES = {"lines": {"importer": 1}}


def section(asked):
    return CaseSection.model_validate(
        {
            "code": "yard", "label": TEXT, "lead": TEXT, "source": SOURCE,
            "topics": {"one": topic(asked)},
        }
    )  # fmt: skip


def carried(before, after, value):
    return carry(section({"q": before}), section({"q": after}), {"q": value}, LINES)


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        (asks("short_text"), asks("short_text", longest="5"), "a text"),
        (asks("yes_no"), asks("yes_no", required="no"), "no"),
        (asks("one_of", choices=AB), asks("one_of", choices=AB | {"c": {"label": TEXT}}), "a"),
        (asks("several_of", choices=AB), asks("several_of", choices=AB), ["a", "b"]),
        (asks("table", columns={"n": asks("short_text")}),
         asks("table", columns={"n": asks("short_text"), "m": asks("date")}), [{"n": "x"}]),
        (asks("table", columns={"n": asks("short_text")}),
         asks("table", columns={"n": asks("short_text")}), [{"n": "x"}]),
    ],
)  # fmt: skip
def test_an_answer_whose_question_stays_is_kept(before, after, value):
    assert carried(before, after, value).kept == {"q": value}


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        (asks("short_text"), asks("long_text"), "a text"),
        (asks("one_of", choices=AB), asks("one_of", choices=ONLY_A), "b"),
        (asks("several_of", choices=AB), asks("several_of", choices=ONLY_A), ["a", "b"]),
        (asks("one_of", choices_from="lines"), asks("one_of", choices_from="lines"), "exporter"),
        (asks("table", columns={"n": asks("short_text")}),
         asks("table", columns={"m": asks("short_text")}), [{"n": "x"}]),
        (asks("table", columns={"n": asks("short_text"), "m": asks("date", required="no")}),
         asks("table", columns={"n": asks("short_text")}), [{"n": "x"}, {"n": "y", "m": "z"}]),
    ],
)  # fmt: skip
def test_an_answer_that_no_longer_fits_is_kept_aside(before, after, value):
    found = carried(before, after, value)
    assert found.kept == {}
    assert found.aside == {"q": value}


def test_the_answer_to_a_question_that_is_gone_is_kept_aside():
    found = carry(section({"q": asks("date")}), section({"r": asks("date")}), {"q": "x"}, LINES)
    assert found.aside == {"q": "x"}
    assert found.added == ("r",)


def test_an_answer_that_was_aside_before_its_question_came_stays_aside():
    found = carry(section({"r": asks("date")}), section({"q": asks("date")}), {"q": "x"}, LINES)
    assert found.aside == {"q": "x"}


@given(
    st.dictionaries(st.sampled_from("qrst"), st.sampled_from(["a", "yes", ["a"], [{"n": "x"}]])),
    st.sampled_from(["yes_no", "short_text", "date"]),
    st.sampled_from(["yes_no", "short_text", "date"]),
)
def test_no_answer_is_ever_lost(answers, before, after):
    old = section({"q": asks(before), "r": asks("date")})
    new = section({"r": asks("date"), "q": asks(after), "s": asks("yes_no")})
    found = carry(old, new, answers, LINES)
    assert {**found.kept, **found.aside} == answers
    assert set(found.kept).isdisjoint(found.aside)
    assert set(found.kept) <= set(questions(new))
    assert found.added == ("s",)
