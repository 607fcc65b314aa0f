"""Eligibility, one question at a time."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.programs import library
from app.programs.rules import eligibility as rules
from app.programs.schema.definition import Definition
from tests.programs.conftest import Subject

TODAY = date(2026, 11, 20)

FINE = {
    "base": "canada",
    "lines": ["importer"],
    "facility": "yes",
    "history": "yes",
    "latest_movement": "2026-11-01",
    "crown_debt": "no",
    "bankruptcy": "no",
    "conviction": "no",
    "foreign_conviction": "no",
    "contraventions": "no",
    "carm": "yes",
    "security_requirements": "all_met",
    "signing_authority": "yes",
}
UNITED_STATES = {"base": "united_states", "us_carrier_code": "yes", "us_importer_number": "yes"}


def answers(pip: Subject, **changes):
    """The answers of a business that may register, with some changed, in the subject's codes."""
    plain = FINE | changes
    free = {"latest_movement"}
    kept = {k: v for k, v in plain.items() if v is not None}
    return {
        pip.code(question): answer
        if question in free or answer in ("yes", "no")
        else [one if one == "none" else pip.code(one) for one in answer]
        if isinstance(answer, list)
        else pip.code(answer)
        for question, answer in kept.items()
    }


def verdict(pip: Subject, **changes) -> rules.Verdict:
    return rules.evaluate(pip.definition, answers(pip, **changes), TODAY)


def asked(found: rules.Verdict) -> str:
    assert found.kind == "unfinished"
    assert found.next is not None
    return found.next.code


def test_the_questions_begin_with_the_base(pip):
    assert asked(rules.evaluate(pip.definition, {}, TODAY)) == pip.code("base")


def test_a_business_that_meets_everything_may_register(pip):
    assert verdict(pip) == rules.Verdict("ok")


@pytest.mark.parametrize("missing", list(FINE))
def test_the_first_question_without_an_answer_is_asked_next(pip, missing):
    assert asked(verdict(pip, **{missing: None})) == pip.code(missing)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("base", "elsewhere"),
        ("lines", ["none"]),
        ("facility", "no"),
        ("history", "no"),
        ("carm", "no"),
        ("security_requirements", "not_met"),
        ("signing_authority", "no"),
    ],
)
def test_an_answer_that_excludes_ends_with_its_reason_in_both_languages(pip, question, answer):
    found = verdict(pip, **{question: answer})
    assert found.kind == "fail"
    (finding,) = found.findings
    assert finding.question == pip.code(question)
    assert finding.reason.en != finding.reason.fr


@pytest.mark.parametrize("line", ["customs_broker", "shipping_agent"])
def test_customs_brokers_and_shipping_agents_are_sent_to_the_email_route(pip, line):
    assert verdict(pip, lines=[line]).kind == "route"
    assert verdict(pip, lines=["importer", line]).kind == "route"


@pytest.mark.parametrize(
    "question",
    ["crown_debt", "bankruptcy", "conviction", "foreign_conviction", "contraventions"],
)
def test_what_an_officer_must_look_at_is_referred_and_not_refused(pip, question):
    found = verdict(pip, **{question: "yes"})
    assert found.kind == "refer"
    assert [finding.question for finding in found.findings] == [pip.code(question)]


def test_special_consideration_is_referred(pip):
    assert verdict(pip, security_requirements="consideration").kind == "refer"


def test_every_referred_answer_is_kept_and_the_questions_go_on(pip):
    found = verdict(pip, crown_debt="yes", contraventions="yes", signing_authority=None)
    assert found.kind == "unfinished"
    assert [f.question for f in found.findings] == [
        pip.code("crown_debt"),
        pip.code("contraventions"),
    ]


def test_an_exclusion_outweighs_what_was_referred_before(pip):
    found = verdict(pip, crown_debt="yes", carm="no")
    assert found.kind == "fail"
    assert [finding.question for finding in found.findings] == [pip.code("carm")]


@pytest.mark.parametrize(("age", "kind"), [(0, "ok"), (89, "ok"), (90, "ok"), (91, "fail")])
def test_the_latest_movement_is_within_the_ninety_days_before_applying(pip, age, kind):
    day = (TODAY - timedelta(days=age)).isoformat()
    assert verdict(pip, latest_movement=day).kind == kind


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2026-11-21", "future"),
        ("2026-02-30", "not_a_date"),
        ("yesterday", "not_a_date"),
        ("", "empty"),
    ],
)
def test_a_date_that_cannot_be_is_asked_again(pip, text, fault):
    code = asked(verdict(pip, latest_movement=text))
    assert code == pip.code("latest_movement")
    question = pip.definition.eligibility.questions[code]
    given_answers = answers(pip, latest_movement=text)
    assert rules.answer_fault(pip.definition, question, given_answers, TODAY) == fault


def test_a_carrier_from_the_united_states_needs_a_carrier_code(pip):
    lines = ["highway_carrier"]
    assert verdict(pip, **UNITED_STATES, lines=lines).kind == "ok"
    assert verdict(pip, **UNITED_STATES | {"us_carrier_code": "no"}, lines=lines).kind == "fail"
    assert verdict(pip, base="united_states", lines=lines).kind == "unfinished"


def test_an_importer_from_the_united_states_needs_a_canadian_number_and_declarations(pip):
    lines = ["importer"]
    assert verdict(pip, **UNITED_STATES, lines=lines).kind == "ok"
    assert verdict(pip, **UNITED_STATES | {"us_importer_number": "no"}, lines=lines).kind == "fail"


def test_a_canadian_business_is_not_asked_what_concerns_the_united_states(pip):
    shown = {q.code for q in rules.shown_questions(pip.definition, answers(pip))}
    assert pip.code("us_carrier_code") not in shown
    assert pip.code("us_importer_number") not in shown


def test_lines_are_those_of_the_base_and_are_asked_again_when_the_base_changes(pip):
    assert verdict(pip, lines=["exporter"]).kind == "ok"
    assert asked(verdict(pip, **UNITED_STATES, lines=["exporter"])) == pip.code("lines")


def test_none_of_these_stands_alone(pip):
    code = asked(verdict(pip, lines=["importer", "none"]))
    question = pip.definition.eligibility.questions[code]
    given_answers = answers(pip, lines=["importer", "none"])
    fault = rules.answer_fault(pip.definition, question, given_answers, TODAY)
    assert fault == "none_with_others"


def test_base_and_lines_are_found_whatever_their_questions_are_called(pip):
    given_answers = answers(pip, lines=["exporter", "importer"])
    assert rules.base_of(pip.definition, given_answers) == pip.code("canada")
    assert rules.lines_of(pip.definition, given_answers) == (
        pip.code("importer"),
        pip.code("exporter"),
    )


def test_answers_to_questions_that_are_not_shown_are_no_part_of_the_registration(pip):
    stray = answers(pip, us_carrier_code="no")
    assert rules.evaluate(pip.definition, stray, TODAY).kind == "ok"
    assert pip.code("us_carrier_code") not in rules.relevant(pip.definition, stray)


def test_the_reason_for_a_date_says_the_number_of_days_that_decides():
    for question in library.definition("pip").eligibility.questions.values():
        for consequence in question.consequences:
            if consequence.older_than:
                days = str(consequence.older_than.count)
                assert question.help is not None
                for text in (consequence.reason, question.help):
                    assert days in text.en
                    assert days in text.fr


# ── for any answers ─────────────────────────────────────────────────────────────────────

PIP = library.definition("pip")
ANYTHING = st.one_of(
    st.text(max_size=12),
    st.lists(st.text(max_size=12), max_size=3),
    st.sampled_from(["yes", "no", "none", "2026-11-01", "canada"]),
    st.lists(st.sampled_from([*PIP.lines, "none"]), max_size=4),
)


def valid_answers(definition: Definition, question, so_far):
    if question.type == "yes_no":
        return st.sampled_from(["yes", "no"])
    if question.type == "date":
        days = st.integers(0, 200)
        return days.map(lambda n: (TODAY - timedelta(days=n)).isoformat())
    codes = [code for code, _ in rules.choices(definition, question, so_far)]
    if question.type == "one_of":
        return st.sampled_from(codes)
    several = st.lists(st.sampled_from(codes), min_size=1, unique=True)
    return several.map(lambda some: ["none"] if "none" in some else some)


@given(st.dictionaries(st.sampled_from(list(PIP.eligibility.questions)), ANYTHING))
def test_whatever_is_posted_has_a_verdict(posted):
    found = rules.evaluate(PIP, posted, TODAY)
    assert (found.kind == "unfinished") == (found.next is not None)
    if found.kind in ("fail", "route"):
        assert [finding.leads_to for finding in found.findings] == [found.kind]
    else:
        assert all(finding.leads_to == "refer" for finding in found.findings)


@given(st.data())
@settings(max_examples=150)
def test_answering_what_is_asked_always_comes_to_an_end(data):
    given_answers: dict[str, rules.Answer] = {}
    for _ in range(len(PIP.eligibility.questions) + 1):
        found = rules.evaluate(PIP, given_answers, TODAY)
        if found.next is None:
            break
        assert found.next.code not in given_answers
        given_answers[found.next.code] = data.draw(valid_answers(PIP, found.next, given_answers))
    assert found.next is None
    assert rules.relevant(PIP, given_answers) == given_answers
    expected = {finding.leads_to for finding in found.findings} or {"ok"}
    assert expected == {found.kind}
    if found.kind in ("ok", "refer"):
        asked = {q.code for q in rules.shown_questions(PIP, given_answers)}
        assert asked == set(given_answers)


def test_an_answer_that_no_form_offers_is_unknown(pip):
    definition = pip.definition
    questions = definition.eligibility.questions
    facility, base, lines = (questions[pip.code(one)] for one in ("facility", "base", "lines"))

    def fault(question, answer):
        given_answers = answers(pip) | {question.code: answer}
        return rules.answer_fault(definition, question, given_answers, TODAY)

    assert fault(facility, "yes") is None
    assert fault(facility, "maybe") == "unknown"
    assert fault(base, [pip.code("canada")]) == "unknown"
    assert fault(base, "atlantis") == "unknown"
    assert fault(lines, pip.code("importer")) == "unknown"
    assert fault(lines, [pip.code("importer"), "smuggler"]) == "unknown"


def test_every_line_of_business_may_be_chosen_at_once(pip):
    question = pip.definition.eligibility.questions[pip.code("lines")]
    offered = [code for code, _ in rules.choices(pip.definition, question, answers(pip))]
    everything = answers(pip) | {question.code: [code for code in offered if code != "none"]}
    assert rules.answer_fault(pip.definition, question, everything, TODAY) is None
    one = answers(pip) | {question.code: offered[:1]}
    assert rules.answer_fault(pip.definition, question, one, TODAY) is None
    nothing_else = question.model_copy(update={"none_of_these": None})
    assert rules.answer_fault(pip.definition, nothing_else, everything, TODAY) is None
