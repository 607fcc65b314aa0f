"""What a section asks depends on what was answered, and nothing that was answered is lost."""

from app.cases.rules.progress import Filled, Progress, missing, of_section
from app.cases.rules.shown import asked, codes, relevant


def shown(yard, answers, aside=()):
    return [one.code for part in asked(yard, answers, aside) for one in part.questions]


def test_a_question_is_shown_when_an_earlier_answer_calls_for_it(yard):
    assert shown(yard, {}) == ["fenced", "note", "dogs", "names"]
    assert shown(yard, {"fenced": "no"}) == ["fenced", "note", "dogs", "names"]
    assert shown(yard, {"fenced": "yes"}) == [
        "fenced", "height", "note", "gates", "dogs", "names",
    ]  # fmt: skip


def test_what_hangs_on_a_hidden_question_is_hidden_with_it(yard):
    tall = {"fenced": "yes", "height": "tall"}
    assert "high" in shown(yard, tall)
    assert "high" not in shown(yard, tall | {"fenced": "no"})


def test_answers_that_a_changed_condition_hides_are_kept_aside_and_come_back(yard):
    answers = {"fenced": "yes", "height": "tall", "high": "no", "gates": "two"}
    assert relevant(yard, answers) == answers
    changed = answers | {"fenced": "no"}
    assert relevant(yard, changed) == {"fenced": "no"}
    assert relevant(yard, changed | {"fenced": "yes"}) == answers


def test_a_topic_that_does_not_apply_asks_nothing_and_submits_nothing(yard):
    answers = {"names": "Rex"}
    assert shown(yard, answers, {"dogs"}) == ["fenced", "note"]
    assert relevant(yard, answers, {"dogs"}) == {}


def test_only_a_topic_that_may_not_apply_can_be_set_aside(yard):
    assert "fenced" in shown(yard, {}, {"fences"})


def test_the_codes_of_an_answer_are_those_it_is_or_contains():
    assert codes("a") == {"a"}
    assert codes(["a", "b"]) == {"a", "b"}
    assert codes({"amount": "a"}) == codes([{"name": "a"}]) == frozenset()


def filled(answers, documents=None, aside=()):
    return Filled(answers, documents or {}, aside)


def test_the_wheel_counts_what_must_be_answered_of_what_is_asked(yard):
    assert of_section(yard, filled({})) == Progress(0, 3)
    assert of_section(yard, filled({"fenced": "yes"})) == Progress(1, 5)
    assert of_section(yard, filled({"fenced": "no"}, {"dogs": 1})) == Progress(2, 3)


def test_a_wheel_is_at_100_only_when_nothing_is_missing():
    assert Progress(199, 200).percent == 99
    assert not Progress(199, 200).is_complete
    assert Progress(200, 200).percent == 100
    assert Progress(200, 200).is_complete
    assert Progress().percent == 100


def test_a_topic_that_does_not_apply_counts_as_answered(yard):
    assert of_section(yard, filled({"fenced": "no"}, aside={"dogs"})) == Progress(2, 2)


def test_what_may_be_left_out_is_never_missing(yard):
    found = list(missing(yard, filled({"fenced": "yes", "height": "low"})))
    assert found == [("gates", "gates"), ("dogs", "dogs"), ("dogs", "names")]


def test_a_document_counts_when_it_is_there(yard):
    whole = filled({"fenced": "no", "names": "Rex"}, {"dogs": 2})
    assert list(missing(yard, whole)) == []
    none = filled({"fenced": "no", "names": "Rex"}, {"dogs": 0})
    assert list(missing(yard, none)) == [("dogs", "dogs")]
