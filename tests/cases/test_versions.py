"""A draft goes on under a new version of its definition, and nothing that was answered is lost."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.countries import COUNTRIES
from app.cases.rules import versions
from app.cases.rules.made_up import made_up
from app.cases.rules.reading import Around
from app.cases.rules.versions import Given, Obstacle, carry, edited, fits, obstacles, questions
from app.programs import library
from app.programs.schema.cases import CaseSection, CaseType
from tests.cases.conftest import SOURCE, TEXT, asks, question, topic

OTHER = {"en": "c", "fr": "d"}
AB = {"a": {"label": TEXT}, "b": {"label": TEXT}}
ONLY_A = {"a": {"label": TEXT}}
LINES = {"lines": {"importer": 1}}
TODAY = date(2026, 11, 22)
AROUND = Around(TODAY, "fr", COUNTRIES, LINES)
N = {"n": asks("short_text")}
LONG = "a text of some length"


def day(when, **options):
    return asks("date", **options) | {"when": when}


def section(asked):
    return CaseSection.model_validate(
        {
            "code": "yard", "label": TEXT, "lead": TEXT, "source": SOURCE,
            "topics": {"one": topic(asked)},
        }
    )  # fmt: skip


def carried(before, after, value):
    """What becomes of an answer between version 3 and version 4."""
    asked = questions(section({"q": before}))["q"]
    return carry({"q": Given(value, asked)}, section({"q": after}), 4, AROUND)["q"]


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        (asks("short_text"), asks("short_text", longest="50"), LONG),
        (asks("long_text"), asks("long_text", help=TEXT), "two\nlines"),
        (asks("yes_no"), asks("yes_no", required="no"), "no"),
        (asks("number", decimals="1"), asks("number", decimals="2", least="1", most="9"), "2.5"),
        (asks("number", unit=TEXT), asks("number", unit=TEXT, most="3"), "3"),
        (asks("money", currencies=["CAD", "USD"]), asks("money", currencies=["CAD"]),
         {"amount": "1234.50", "currency": "CAD"}),
        (asks("date"), day("past"), "2026-11-22"),
        (day("future"), day("future", help=TEXT), "2026-01-01"),
        (asks("one_of", choices=AB), asks("one_of", choices=AB | {"c": {"label": TEXT}}), "a"),
        (asks("one_of", choices=AB), asks("one_of", choices_from="lines"), "importer"),
        (asks("several_of", choices=AB), asks("several_of", choices=AB), ["a", "b"]),
        (asks("several_of", choices=AB, none_of_these=TEXT),
         asks("several_of", choices=ONLY_A, none_of_these=OTHER), ["none"]),
        (asks("table", columns=N),
         asks("table", columns=N | {"m": asks("date", required="no")}), [{"n": "x"}]),
        (asks("table", columns=N), asks("table", columns=N), [{"n": "x"}]),
        (asks("table", columns={"d": day("future")}),
         asks("table", columns={"d": day("future")}, most_rows="2"),
         [{"d": "2026-01-01"}]),
    ],
)  # fmt: skip
def test_an_answer_whose_question_still_takes_it_goes_on(before, after, value):
    found = carried(before, after, value)
    assert found.value == value
    assert found.unfit_since is None
    assert found.question == questions(section({"q": after}))["q"]


@pytest.mark.parametrize(
    ("before", "after", "value"),
    [
        (asks("short_text"), asks("long_text"), LONG),
        (asks("short_text"), asks("short_text", longest="5"), LONG),
        (asks("number"), asks("number", most="2"), "3"),
        (asks("number", decimals="2"), asks("number"), "1.25"),
        (asks("number", unit=TEXT), asks("number", unit=OTHER), "3"),
        (asks("number"), asks("number", unit=OTHER), "3"),
        (asks("money", currencies=["CAD", "USD"]), asks("money", currencies=["CAD"]),
         {"amount": "1.00", "currency": "USD"}),
        (asks("date"), day("past"), "2026-11-23"),
        (day("past"), day("future"), "2026-11-21"),
        (asks("one_of", choices=AB), asks("one_of", choices=ONLY_A), "b"),
        (asks("several_of", choices=AB), asks("several_of", choices=ONLY_A), ["a", "b"]),
        (asks("several_of", choices=AB, none_of_these=TEXT), asks("several_of", choices=AB),
         ["none"]),
        (asks("one_of", choices_from="lines"), asks("one_of", choices_from="lines"), "exporter"),
        (asks("table", columns=N), asks("table", columns={"m": asks("short_text")}), [{"n": "x"}]),
        (asks("table", columns=N | {"m": asks("date", required="no")}),
         asks("table", columns=N), [{"n": "x"}, {"n": "y", "m": "2026-01-01"}]),
        (asks("table", columns=N), asks("table", columns=N | {"m": asks("date")}), [{"n": "x"}]),
        (asks("table", columns={"c": asks("one_of", choices=AB)}),
         asks("table", columns={"c": asks("one_of", choices=ONLY_A)}), [{"c": "a"}, {"c": "b"}]),
        (asks("table", columns=N), asks("table", columns=N, most_rows="1"),
         [{"n": "x"}, {"n": "y"}]),
        (asks("table", columns={"d": asks("date")}),
         asks("table", columns={"d": day("future")}), [{"d": "2026-01-01"}]),
    ],
)  # fmt: skip
def test_an_answer_that_the_form_would_no_longer_take_is_kept_aside_whole(before, after, value):
    found = carried(before, after, value)
    assert found.value == value
    assert found.unfit_since == 4
    assert found.question == questions(section({"q": before}))["q"]


def test_an_answer_to_a_question_that_did_not_change_goes_on_whatever_it_is():
    """It was taken once; that a form of today is stricter is no reason to ask again."""
    asked = asks("short_text", longest="5")
    assert carried(asked, asked | {"text": OTHER, "required": "no"}, LONG).unfit_since is None


def test_two_questions_are_compared_once_however_many_drafts_answer_them(monkeypatch):
    compared = []
    wordless = versions._wordless
    monkeypatch.setattr(versions, "_wordless", lambda one: compared.append(one) or wordless(one))
    before, now = question("short_text"), question("short_text", longest="9")
    same = question("short_text")
    for _draft in range(3):
        assert not fits(before, now, "Ten letters", AROUND)
        assert fits(before, same, "Ten letters", AROUND)
    assert len(compared) == 4


def test_the_answer_to_a_question_that_is_gone_is_kept_aside():
    q = questions(section({"q": asks("date")}))["q"]
    for new in (section({"r": asks("date")}), None):
        found = carry({"q": Given("2026-01-01", q)}, new, 7, AROUND)
        assert found == {"q": Given("2026-01-01", q, 7)}


def test_an_answer_that_was_aside_comes_back_when_its_question_does_and_not_before():
    q = questions(section({"q": asks("date")}))["q"]
    aside = {"q": Given("2026-01-01", q, 4)}
    still = carry(aside, section({"q": asks("short_text")}), 5, AROUND)
    assert still == aside
    back = carry(still, section({"q": asks("date")}), 6, AROUND)
    assert back == {"q": Given("2026-01-01", q)}


def test_an_answer_whose_question_is_known_no_more_stays_aside():
    found = carry({"q": Given("x", None, 2)}, section({"q": asks("short_text")}), 5, AROUND)
    assert found == {"q": Given("x", None, 2)}


@given(
    st.dictionaries(st.sampled_from("qrst"), st.sampled_from(["yes", "2026-01-01"])),
    st.lists(st.sampled_from(["yes_no", "short_text", "date", None]), min_size=1, max_size=4),
)
def test_no_answer_is_ever_lost_or_changed_on_its_way_through_versions(answers, kinds):
    asked = questions(section({code: asks("short_text") for code in "qrst"}))
    held = {code: Given(value, asked[code]) for code, value in answers.items()}
    for version, kind in enumerate(kinds, 2):
        new = section({"q": asks(kind), "s": asks("short_text")}) if kind else None
        held = carry(held, new, version, AROUND)
        good = {code for code, one in held.items() if one.unfit_since is None}
        assert good <= (set(questions(new)) if new else set())
    assert {code: one.value for code, one in held.items()} == answers


def every_question():
    for program in library.definitions():
        for case in program.cases.values():
            for part in case.sections.values():
                for code, one in questions(part).items() if part.topics else ():
                    yield pytest.param(program, one, id=f"{part.code}.{code}")


@pytest.mark.parametrize(("program", "question"), list(every_question())[::7])
def test_what_a_shipped_question_takes_it_takes_again(program, question):
    """With the least of changes, so that its form is asked in earnest."""
    listed = {"lines": program.lines, "bases": program.bases}
    answer = made_up(question, TODAY, listed)
    if answer is None:
        return
    longer = {"most_rows": 49} if question.type == "table" else {"decimals": 4}
    now = question.model_copy(update=longer)
    around = Around(TODAY, "en", COUNTRIES, listed)
    assert fits(question, now, answer, around)


# ── which cases go on, and what stands in their way ─────────────────────────────────────


def case_type(sections=None, states=None, **more):
    part = {"label": TEXT, "lead": TEXT, "source": SOURCE, "topics": {"one": topic(N)}}
    move = {
        "label": TEXT, "by": "client", "action": "application.submit", "comes_from": ["draft"],
        "goes_to": "filed", "submits": "yes", "source": SOURCE,
    }  # fmt: skip
    back = move | {"by": "staff", "comes_from": ["filed"], "goes_to": "returned", "submits": "no"}
    again = move | {"comes_from": ["returned"]}
    over = move | {"by": "staff", "comes_from": ["filed"], "goes_to": "over", "submits": "no"}
    state = {"label": TEXT, "source": SOURCE}
    return CaseType.model_validate(
        {
            "code": "permit", "label": TEXT, "opened": "by_client", "source": SOURCE,
            "sections": {code: part | extra for code, extra in (sections or {"yard": {}}).items()},
            "states": states or {
                "draft": state | {"initial": "yes"}, "filed": state, "returned": state,
                "over": state | {"final": "yes"},
            },
            "moves": {"file": move, "back": back, "again": again, "over": over} | more,
        }
    )  # fmt: skip


STATE = {"label": TEXT, "source": SOURCE}
BY_NAME = {"repeated": {"by": "name", "label": TEXT}}
BY_LINES = {"repeated": {"by": "lines", "label": TEXT, "question": "n"}}


def test_a_case_is_edited_where_it_begins_and_wherever_its_clients_may_submit_it():
    assert list(edited(case_type())) == ["draft", "returned"]


def test_a_state_that_staff_submit_from_or_that_is_over_is_not_edited():
    states = {"draft": STATE | {"initial": "yes", "final": "yes"}, "filed": STATE}
    assert list(edited(case_type(states=states))) == []


def in_the_way(old, new, state="draft", lines=("importer",), **begun):
    return [(one.what, one.code) for one in obstacles(old, new, lines, state, begun)]


def test_nothing_stands_in_the_way_of_a_case_whose_place_is_still_there():
    more = case_type({"yard": {}, "gate": {}})
    assert in_the_way(case_type(), more, yard=[""]) == []
    repeated = case_type({"yard": BY_NAME})
    assert in_the_way(repeated, repeated, yard=["north"]) == []
    assert in_the_way(more, case_type(), yard=[""]) == [], "nobody began the gate"


def test_a_kind_of_case_that_is_gone_stands_in_the_way():
    assert list(obstacles(case_type(), None, (), "draft", {})) == [Obstacle("kind", "permit")]


def test_a_state_that_is_gone_or_has_become_an_end_stands_in_the_way():
    without = case_type(states={"draft": STATE | {"initial": "yes"}, "filed": STATE})
    assert in_the_way(case_type(), without, "returned") == [("state", "returned")]
    ending = case_type(
        states={"draft": STATE | {"initial": "yes"}, "filed": STATE | {"final": "yes"}}
    )
    assert in_the_way(case_type(), ending, "filed") == [("state", "filed")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"yard": {}}, {"gate": {}}),
        ({"yard": {}}, {"yard": BY_NAME}),
        ({"yard": BY_NAME}, {"yard": {}}),
        ({"yard": BY_LINES}, {"yard": BY_NAME}),
    ],
)
def test_a_section_that_was_begun_and_has_no_place_any_more_stands_in_the_way(before, after):
    assert in_the_way(case_type(before), case_type(after), yard=[""]) == [("section", "yard")]


def test_a_section_that_was_never_part_of_the_case_is_told_too():
    assert in_the_way(case_type({"gate": {}}), case_type(), yard=[""]) == [("section", "yard")]


def test_a_line_of_business_that_is_gone_stands_in_the_way_of_its_profile():
    by_lines = case_type({"yard": BY_LINES})
    begun = {"yard": ["importer", "exporter"]}
    assert in_the_way(by_lines, by_lines, **begun) == [("line", "exporter")]
