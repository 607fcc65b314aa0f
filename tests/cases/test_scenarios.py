"""A scenario goes through a case step by step, and says where it first goes otherwise."""

import copy

import pytest

from app.base.countries import COUNTRIES
from app.cases.rules.scenarios import Outside, run
from app.programs.loader import parse
from app.programs.schema.definition import Definition
from tests.programs.conftest import written
from tests.programs.test_cases import definition

STAFF = {
    "officer": frozenset({"staff.cases.examine", "staff.cases.decide"}),
    "clerk": frozenset({"staff.cases.examine"}),
}
OUTSIDE = Outside(STAFF, COUNTRIES)
FILE = {"move": "file", "expect": {"comes_to": "filed"}}
GRANT = {"staff": "officer", "move": "grant", "reason": "All is well"}
SCENARIO = {
    "label": {"en": "a", "fr": "b"},
    "case": "permit",
    "begins": "2026-11-02",
    "persona": "account_owner",
    "complete": "yes",
}


def trying(*steps, **scenario):
    value = definition()
    whole = {**SCENARIO, **scenario, "steps": [copy.deepcopy(one) for one in steps]}
    value["scenarios"] = {"one": whole}
    read = parse(Definition, written(value), "x.yaml")
    found = run(read, read.scenarios["one"], OUTSIDE)
    if found is None:
        return None
    assert found.path[:2] == ("scenarios", "one")
    return (*found.path[2:], found.sentence)


def does(step, **expect):
    return {**step, "expect": expect}


def refused(why, **step):
    return {"move": "file", **step, "expect": {"refused": why}}


def test_a_scenario_whose_every_step_goes_as_expected_passes():
    assert trying(FILE, does(GRANT, comes_to="granted", standing="member")) is None


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([does(FILE, comes_to="granted")],
         ("steps", 0, "expect", "comes_to", "expected granted, and it is filed")),
        ([FILE, does(GRANT, standing="suspended")],
         ("steps", 1, "expect", "standing", "expected suspended, and it is member")),
        ([does(FILE, standing="member")],
         ("steps", 0, "expect", "standing", "expected member, and it is not_yet_member")),
        ([does(FILE, told=["users"])],
         ("steps", 0, "expect", "told", "expected users, and it is owner")),
        ([does(FILE, told=[])],
         ("steps", 0, "expect", "told", "expected nobody, and it is owner")),
        ([FILE, does(GRANT, told=["owner"])],
         ("steps", 1, "expect", "told", "expected owner, and it is none")),
        ([does(FILE, due={"application": "2027-07-23"})],
         ("steps", 0, "expect", "due", "application",
          "expected 2027-07-23, and it is 2027-07-22")),
        ([does(FILE, due={"letter": "2027-07-23"})],
         ("steps", 0, "expect", "due", "letter", "expected 2027-07-23, and it is none")),
        ([does(FILE, missing={"yard": ["height"]})],
         ("steps", 0, "expect", "missing", "yard", "expected height, and it is none")),
        ([does(FILE, refused="fresh_code")],
         ("steps", 0, "expect", "refused",
          "expected to be refused (fresh_code), and it is done")),
        ([does({**FILE, "unmet": ["fresh_code"]}, comes_to="filed")],
         ("steps", 0, "move", "expected to be done, and it is refused: fresh_code")),
        ([does({**FILE, "unmet": ["fresh_code"]}, refused="not_allowed")],
         ("steps", 0, "expect", "refused",
          "expected to be refused (not_allowed), and it is refused: fresh_code")),
        ([does({"staff": "baker", "move": "grant"}, comes_to="filed")],
         ("steps", 0, "staff", "expected one of officer, clerk, not baker")),
        ([does({"role": "user_administrator", "filled": {"yard": {"complete": "no"}},
                "move": "file"}, comes_to="filed")],
         ("steps", 0, "move", "expected to be done, and it is refused: not_allowed")),
        ([does({"filled": {"yard": {"typed": {"height": "tall"}}}}, comes_to="draft")],
         ("steps", 0, "filled", "yard", "typed", "height",
          "expected an answer that the question takes, and this one is: not_a_number")),
        ([does({"filled": {"yard": {"chosen": {"kinds": ["straw"]}}}}, comes_to="draft")],
         ("steps", 0, "filled", "yard", "chosen", "kinds",
          "expected an answer that the question takes, and this one is: unknown")),
    ],
)  # fmt: skip
def test_the_first_thing_that_goes_otherwise_is_told_where_it_stands(steps, found):
    assert trying(*steps) == found


def test_everybody_who_is_told_is_named_in_order():
    value = definition()
    (notice,) = value["cases"]["permit"]["moves"]["file"]["notices"]
    officers = copy.deepcopy(notice) | {"to": "officers"}
    value["cases"]["permit"]["moves"]["file"]["notices"].append(officers)
    for told, sentence in (
        (["owner", "officers"], None),
        (["officers", "owner"], "expected officers, owner, and it is owner, officers"),
    ):
        steps = [{"move": "file", "expect": {"told": told}}]
        value["scenarios"] = {"one": {**SCENARIO, "steps": steps}}
        read = parse(Definition, written(value), "x.yaml")
        found = run(read, read.scenarios["one"], OUTSIDE)
        assert (found and found.sentence) == sentence


def test_everything_that_is_missing_is_named():
    missing = {"refused": "all_sections_complete", "missing": {"yard": ["kinds", "height"]}}
    assert trying({"move": "file", "expect": missing}, complete="no")[-1] == (
        "expected height, kinds, and it is fenced, kinds"
    )


def test_answers_may_be_chosen_from_the_lists_of_the_definition():
    fences = "cases/permit/sections/yard/topics/fences/questions"
    asked = {
        name: {"type": "one_of", "choices_from": name, "text": {"en": "a", "fr": "b"}}
        for name in ("lines", "bases")
    }
    value = definition(**{f"{fences}/from_{name}": one for name, one in asked.items()})
    chosen = {"from_lines": "importer", "from_bases": "canada"}
    for code, why in (("importer", None), ("bakery", "unknown")):
        filled = {"yard": {"complete": "yes", "chosen": {**chosen, "from_lines": code}}}
        steps = [{"filled": filled, "expect": {"comes_to": "draft"}}]
        value["scenarios"] = {"one": {**SCENARIO, "steps": steps}}
        read = parse(Definition, written(value), "x.yaml")
        found = run(read, read.scenarios["one"], OUTSIDE)
        assert (found and found.sentence.rpartition(": ")[2]) == why


def test_what_may_not_be_filled_in_is_told_where_it_is():
    value = {"role": "user_administrator", "filled": {"company_profile": {"complete": "yes"}}}
    assert trying(
        {**value, "expect": {"comes_to": "draft"}}, case="membership", lines=["importer"]
    )[:3] == ("steps", 0, "filled")


@pytest.mark.parametrize(("typed", "why"), [("1,234", "too_large"), (" ", "empty")])
def test_what_is_typed_is_read_as_in_english_and_is_not_nothing(typed, why):
    step = {"filled": {"yard": {"typed": {"height": typed}}}, "expect": {"comes_to": "draft"}}
    assert trying(step)[-1].endswith(f"this one is: {why}")


def test_everything_that_is_wrong_with_an_answer_is_told():
    fences = "cases/permit/sections/yard/topics/fences/questions"
    who = {"type": "person", "text": {"en": "a", "fr": "b"}}
    value = definition(**{f"{fences}/who": who})
    filled = {"yard": {"typed": {"who": {"title": "Ms", "telephone": "call me"}}}}
    steps = [{"filled": filled, "expect": {"comes_to": "draft"}}]
    value["scenarios"] = {"one": {**SCENARIO, "steps": steps}}
    read = parse(Definition, written(value), "x.yaml")
    found = run(read, read.scenarios["one"], OUTSIDE)
    assert found.sentence.endswith("this one is: empty, empty, telephone")


@pytest.mark.parametrize(("lines", "left"), [([], None), (["exporter", "importer"], ["deep"])])
def test_a_made_up_line_of_business_is_one_of_the_account_s(lines, left):
    fences = "cases/permit/sections/yard/topics/fences/questions"
    text = {"en": "a", "fr": "b"}
    shown = [{"question": "which", "among": ["exporter"]}]
    value = definition(
        **{
            f"{fences}/which": {"type": "one_of", "choices_from": "lines", "text": dict(text)},
            f"{fences}/deep": {"type": "yes_no", "text": dict(text), "shown_when": shown},
        }
    )
    filled = {"yard": {"complete": "yes", "without": ["deep"]}}
    expect = {"missing": {"yard": left}} if left else {"comes_to": "draft"}
    steps = [
        {"filled": filled, "expect": expect},
        {
            "move": "file",
            "expect": {"refused": "all_sections_complete"} if left else {"told": ["owner"]},
        },
    ]
    account = {"lines": lines} if lines else {}
    value["scenarios"] = {"one": {**SCENARIO, **account, "complete": "no", "steps": steps}}
    read = parse(Definition, written(value), "x.yaml")
    assert run(read, read.scenarios["one"], OUTSIDE) is None


def test_a_document_can_be_taken_away_again():
    value = definition()
    topics = value["cases"]["permit"]["sections"]["yard"]["topics"]
    topics["fences"]["questions"]["map"] = {"type": "document", "text": {"en": "a", "fr": "b"}}
    without = {"filled": {"yard": {"without": ["map"]}}}
    value["scenarios"] = {
        "one": {**SCENARIO, "steps": [{**without, "expect": {"missing": {"yard": ["map"]}}}]}
    }
    read = parse(Definition, written(value), "x.yaml")
    assert run(read, read.scenarios["one"], OUTSIDE) is None


def test_what_was_filled_in_before_the_first_step_is_told_too():
    assert trying(FILE, filled={"yard": {"typed": {"height": "99"}}}) == (
        "filled", "yard", "typed", "height",
        "expected an answer that the question takes, and this one is: too_large",
    )  # fmt: skip


def test_a_later_step_is_not_reached_after_one_that_goes_otherwise():
    first = does(FILE, comes_to="granted")
    assert trying(first, does(FILE, standing="suspended"))[:2] == ("steps", 0)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({"role": "full_access_user"}, "not_allowed"),
        ({"staff": "officer"}, "not_allowed"),
        ({"move": "grant"}, "not_allowed"),
        ({"move": "grant", "staff": "clerk"}, "not_allowed"),
        ({"move": "grant", "staff": "officer", "reason": "Well"}, "not_from_here"),
        ({"unmet": ["all_sections_complete"]}, "all_sections_complete"),
        ({"unmet": ["fresh_code"]}, "fresh_code"),
        ({"unmet": ["documents_scanned", "one_owner"]}, None),
    ],
)
def test_a_move_is_refused_to_whoever_may_not_or_where_a_guard_is_not_met(step, why):
    expected = {"refused": why, "comes_to": "draft"} if why else {"comes_to": "filed"}
    assert trying({"move": "file", **step, "expect": expected}) is None


def test_every_guard_can_be_left_unmet_by_itself():
    guards = ["all_sections_complete", "documents_scanned", "fresh_code", "one_owner"]
    for guard in guards:
        value = definition(**{"cases/permit/moves/file/guards": [guard]})
        for unmet in guards:
            step = {"move": "file", "unmet": [unmet]}
            expect = {"refused": guard} if unmet == guard else {"comes_to": "filed"}
            value["scenarios"] = {"one": {**SCENARIO, "steps": [{**step, "expect": expect}]}}
            read = parse(Definition, written(value), "x.yaml")
            assert run(read, read.scenarios["one"], OUTSIDE) is None


def test_a_reason_and_a_declaration_are_asked_for():
    value = definition(**{"cases/permit/moves/file/declaration": {"en": "I do", "fr": "Oui"}})
    value["scenarios"] = {
        "one": {
            **SCENARIO,
            "steps": [
                {"move": "file", "declared": "no", "expect": {"refused": "not_declared"}},
                {"move": "file", "expect": {"comes_to": "filed", "told": ["owner"]}},
                {"staff": "officer", "move": "grant",
                 "expect": {"refused": "no_reason", "told": []}},
                {**GRANT, "expect": {"comes_to": "granted"}},
            ],
        }
    }  # fmt: skip
    read = parse(Definition, written(value), "x.yaml")
    assert run(read, read.scenarios["one"], OUTSIDE) is None


def test_days_pass_by_their_kind_and_clocks_run_from_the_first_time():
    back = {"label": {"en": "a", "fr": "b"}, "by": "staff", "action": "staff.cases.examine",
            "comes_from": ["filed"], "goes_to": "draft",
            "source": {"page": "decision"}}  # fmt: skip
    value = definition(**{"cases/permit/moves/back": back})
    value["service_standards"]["application"]["within"] = "3 calendar days"
    due = {"application": "2026-11-15"}
    value["scenarios"] = {
        "one": {
            **SCENARIO,
            "begins": "2026-11-10",
            "steps": [
                # 11 November is a holiday: no business day, and a weekday
                {"move": "file", "after": "1 business day", "expect": {"due": due}},
                {"staff": "clerk", "move": "back", "after": "9 calendar days",
                 "expect": {"comes_to": "draft"}},
                {"move": "file", "after": "2 weekdays",
                 "expect": {"comes_to": "filed", "due": dict(due)}},
            ],
        }
    }  # fmt: skip
    read = parse(Definition, written(value), "x.yaml")
    assert run(read, read.scenarios["one"], OUTSIDE) is None


def test_without_answers_everything_is_missing_and_answers_bring_others():
    empty = {
        "expect": {"refused": "all_sections_complete", "missing": {"yard": ["fenced", "kinds"]}}
    }
    assert (
        trying(
            {"move": "file", **empty},
            {
                "filled": {"yard": {"chosen": {"fenced": "yes", "kinds": ["steel", "wood"]}}},
                "expect": {"missing": {"yard": ["gates", "height"]}},
            },
            {
                "filled": {"yard": {"typed": {"height": "9.5"}}},
                "expect": {"missing": {"yard": ["gates"]}},
            },
            {"complete": "yes", "move": "file", "expect": {"comes_to": "filed"}},
            complete="no",
        )
        is None
    )


def test_what_is_left_out_is_missing_and_what_does_not_apply_is_not():
    leave = {"filled": {"yard": {"complete": "yes", "without": ["height"]}}}
    aside = {"filled": {"yard": {"aside": ["fences"]}}}
    assert (
        trying(
            {**leave, "expect": {"missing": {"yard": ["height"]}}},
            {**aside, "move": "file", "expect": {"comes_to": "filed"}},
        )
        is None
    )


def test_a_section_that_a_scenario_fills_itself_is_not_completed_for_it():
    assert trying(
        {"move": "file", "expect": {"refused": "all_sections_complete"}},
        filled={"yard": {"chosen": {"fenced": "no"}}},
    ) is None  # fmt: skip


def test_where_somebody_waits_nothing_is_complete():
    step = {"move": "file", "expect": {"refused": "all_sections_complete"}}
    assert trying(step, somebody_waits="yes") is None


def test_a_section_by_lines_is_filled_in_once_for_each_and_the_line_answers_its_question():
    """Each line’s own pages are asked: one document of one of them is still missing."""
    value = definition()
    topics = value["cases"]["permit"]["sections"]["yard"]["topics"]
    topics["fences"]["questions"] = {
        "which": {"type": "one_of", "choices_from": "lines", "text": {"en": "a", "fr": "b"}},
        "maps": {
            "type": "document", "text": {"en": "a", "fr": "b"},
            "shown_when": [{"question": "which", "among": ["exporter"]}],
        },
    }  # fmt: skip
    del topics["gates"]["shown_when"]
    repeated = {"by": "lines", "question": "which", "label": {"en": "a", "fr": "b"}}
    value["cases"]["permit"]["sections"]["yard"]["repeated"] = repeated
    without = {"filled": {"yard": {"complete": "yes", "without": ["maps"]}}}
    for lines, left in ((["importer"], None), (["importer", "exporter"], ["maps"])):
        steps = [
            {**without, "expect": {"missing": {"yard": left}} if left else {"comes_to": "draft"}}
        ]
        steps.append(does(FILE, refused="all_sections_complete") if left else FILE)
        steps.append({"complete": "yes", "expect": {"told": []}})
        value["scenarios"] = {"one": {**SCENARIO, "complete": "no", "lines": lines, "steps": steps}}
        read = parse(Definition, written(value), "x.yaml")
        assert run(read, read.scenarios["one"], OUTSIDE) is None


@pytest.mark.parametrize(
    "answers", [{"complete": "yes"}, {"filled": {"yard": {"aside": ["fences"]}}}]
)
def test_whoever_may_not_edit_a_section_fills_nothing_in(answers):
    """The people of an account are no answers: a section of users asks for no such action."""
    value = definition()
    for action in ("yard.view", "yard.edit"):
        label = value["matrix"]["view_status"]["actions"].pop(action)
        value["matrix"]["company_profile"]["actions"][action] = label
    empty = {"yard": ["fenced", "kinds"]}
    value["scenarios"] = {
        "one": {
            **SCENARIO,
            "complete": "no",
            "steps": [
                {"role": "user_administrator", **copy.deepcopy(answers),
                 "expect": {"refused": "not_allowed", "missing": empty}},
                {"role": "user_administrator", "filled": {"people": {}}, "expect": {"told": []}},
                {"role": "full_access_user", **answers, "expect": {"comes_to": "draft"}},
            ],
        }
    }  # fmt: skip
    read = parse(Definition, written(value), "x.yaml")
    assert run(read, read.scenarios["one"], OUTSIDE) is None
