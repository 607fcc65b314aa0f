"""`flask programs test`: the scenarios of a definition, and what a definition may say in one."""

import copy
import re

import pytest

from app.programs import library
from app.programs.loader import read_tree
from config import ROOT
from tests.programs.conftest import MARK, renamed, tree
from tests.programs.test_cases import definition

PIP = library.source("pip")
SCENARIO = {
    "label": {"en": "Filed and granted", "fr": "Déposé et accordé"},
    "case": "permit",
    "begins": "2026-11-02",
    "persona": "account_owner",
    "complete": "yes",
    "steps": [
        {"move": "file", "expect": {"comes_to": "filed", "told": ["owner"]}},
        {"staff": "program_officer", "move": "grant", "reason": "Well", "after": "3 business days",
         "expect": {"comes_to": "granted", "standing": "member"}},
    ],
}  # fmt: skip


def with_a_scenario(**changes):
    """The permit with a scenario; `changes`: path below it → value, None takes the key out."""
    value = definition()
    value["scenarios"] = {"good": copy.deepcopy(SCENARIO)}
    for path, new in changes.items():
        *way, last = path.split("/")
        place = value["scenarios"]["good"]
        for key in way:
            place = place[int(key) if isinstance(place, list) else key]
        if new is None:
            del place[last]
        else:
            place[int(last) if isinstance(place, list) else last] = new
    return value


@pytest.fixture(params=["as written", "every code renamed"])
def shipped(request, save):
    """The shipped program’s file, and what its codes begin with."""
    if request.param == "as written":
        return save(PIP, "pip"), ""
    return save(renamed(read_tree(PIP, "pip")[1]) | {"code": "other"}), MARK


def test_every_scenario_of_the_shipped_program_passes(run, shipped):
    path, mark = shipped
    result = run("test", path)
    assert result.exit_code == 0, result.output
    *lines, last = result.output.splitlines()
    codes = [line.split()[1].rstrip(":") for line in lines]
    assert codes == [
        f"{mark}{code}"
        for code in (
            "submitted_by_the_owner",
            "submitted_by_somebody_else",
            "submitted_incomplete",
            "returned_and_answered",
            "denied",
        )
    ]
    assert {line.split()[0] for line in lines} == {"passed"}
    assert last == "All 5 scenarios passed."


def test_a_program_that_is_installed_is_named_by_its_code(run):
    assert run("test", "pip").output.endswith("All 5 scenarios passed.\n")


def test_a_scenario_that_goes_otherwise_names_the_line_of_its_step(run, save):
    path = save(with_a_scenario(**{"steps/1/expect/comes_to": "filed"}))
    text = path.read_text(encoding="utf-8").splitlines()
    line = max(n for n, one in enumerate(text, 1) if one.strip() == "comes_to: filed")
    result = run("test", path)
    assert result.exit_code == 1
    failed, where, count = result.output.splitlines()
    assert failed == "FAILED   good: Filed and granted"
    assert where.strip() == (
        f"{path}, line {line}, scenarios.good.steps.2.expect.comes_to:"
        " expected filed, and it is granted"
    )
    assert count == "1 of 1 scenarios failed."


def test_the_other_scenarios_are_tried_all_the_same(run, save):
    value = with_a_scenario(**{"steps/0/expect/comes_to": "draft"})
    value["scenarios"]["better"] = copy.deepcopy(SCENARIO)
    result = run("test", save(value))
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.output.splitlines() if line[0] != " "] == [
        "FAILED", "passed", "1",
    ]  # fmt: skip
    del value["scenarios"]["good"]
    assert run("test", save(value)).output == (
        "passed   better: Filed and granted\nThe one scenario passed.\n"
    )


def test_a_changed_definition_is_found_out_by_its_scenarios(run, save):
    """What they are for: a rule that is loosened or lost no longer does what they expect."""
    for path, new in (
        ("roles/full_access_user/may", ["view_status", "submit_application"]),
        ("cases/membership/moves/approve/standing", None),
        ("service_standards/application/within", "180 calendar days"),
    ):
        value = read_tree(PIP, "pip")[1]
        *way, last = path.split("/")
        place = value
        for key in way:
            place = place[key]
        if new is None:
            del place[last]
        else:
            place[last] = new
        result = run("test", save(value))
        assert result.exit_code == 1, path
        assert "FAILED" in result.output, path


def test_a_definition_without_scenarios_says_so(run, save):
    result = run("test", save(tree()))
    assert (result.exit_code, result.output) == (0, "There are no scenarios to try.\n")


@pytest.mark.parametrize(
    ("path", "new", "where", "sentence"),
    [
        ("persona", "king", "persona", "expected one of the roles, not king: account_owner,"),
        ("case", "tea", "case", "expected one of the cases, not tea: "),
        ("lines", ["bakery"], "lines.1", "expected one of the lines of business, not bakery"),
        ("begins", "today", "begins", "expected a date that exists"),
        ("steps", [], "steps", "expected a list with at least one item"),
        ("steps/0/role", "king", "steps.1.role", "expected one of the roles, not king"),
        ("steps/1/role", "account_owner", "steps.2", "expected a role or a kind of staff"),
        ("steps/0/move", "fly", "steps.1.move", "expected one of the moves, not fly: file, grant"),
        ("steps/0/move", None, "steps.1", "expected a move, or something that is filled in"),
        ("steps/1/complete", "yes", "steps.2", "expected a role: staff fill nothing in"),
        ("steps/0/after", "3 days", "steps.1.after", "expected a number of days with their kind"),
        ("steps/0/unmet", ["full_moon"], "steps.1.unmet.1", "expected all_sections_complete"),
        ("steps/0/expect", None, "steps.1.expect", "expected this key, and it is missing"),
        ("steps/0/expect/refused", "bored", "expect.refused", "expected not_allowed"),
        ("steps/0/expect/comes_to", "x", "expect.comes_to", "expected one of the states, not x"),
        ("steps/0/expect/standing", "x", "expect.standing", "expected one of the standings, not x"),
        ("steps/0/expect/told", "owner", "expect.told", "expected a list; an empty one means"),
        ("steps/0/expect/told", ["king"], "expect.told.1", "expected owner, mover, users or"),
        ("steps/0/expect/due", {"tea": "2026-12-01"}, "due.tea", "one of the service standards"),
        ("steps/0/expect/missing", {"roof": ["x"]}, "missing.roof", "one of the sections, not"),
        ("steps/0/expect/missing", {"yard": ["x"]}, "missing.yard.1",
         "expected one of the questions of the section, not x: fenced, height, kinds, gates"),
        ("filled", {"roof": {"complete": "yes"}}, "filled.roof", "one of the sections, not"),
        ("filled", {"yard": {"chosen": {"x": "yes"}}}, "chosen.x", "the questions of the section"),
        ("filled", {"yard": {"chosen": {"fenced": []}}}, "chosen", "a list of answers at each"),
        ("filled", {"yard": {"chosen": []}}, "chosen", "expected questions, each with the answers"),
        ("filled", {"yard": {"typed": {"x": "1"}}}, "typed.x", "the questions of the section"),
        ("filled", {"yard": {"typed": {"height": ["1"]}}}, "typed", "expected text, or parts of"),
        ("filled", {"yard": {"typed": "1"}}, "typed", "expected questions, each with what is"),
        ("filled", {"yard": {"without": ["x"]}}, "without.1", "the questions of the section"),
        ("filled", {"yard": {"aside": ["x"]}}, "aside.1", "expected one of the topics"),
        ("filled", [], "filled", "expected at least one code, with its details below it"),
        ("label/fr", None, "label.fr", "expected this key, and it is missing"),
        ("colour", "blue", "colour", "expected no such key here"),
    ],
)  # fmt: skip
def test_a_scenario_is_read_as_strictly_as_everything_else(run, save, path, new, where, sentence):
    result = run("check", save(with_a_scenario(**{path: new})))
    assert result.exit_code == 1
    told = result.output.splitlines()[:-1]
    assert any(f"{where}: " in line and sentence in line for line in told), result.output


def test_a_section_by_lines_needs_the_lines_of_the_account(run, save):
    value = read_tree(PIP, "pip")[1]
    del value["scenarios"]["denied"]["lines"]
    result = run("check", save(value))
    assert "scenarios.denied: expected lines: a section is filled in once for each" in result.output


def test_scenarios_may_change_under_a_version_only_like_everything_else(portal, save):
    """They are part of the published text; a new version is needed, and changes nothing else."""
    changed = PIP.replace("begins: 2026-12-14", "begins: 2026-12-15")
    assert changed != PIP
    path = save(changed, "pip")
    assert portal("check", path).exit_code == 1
    told = portal("diff", "pip", path, "--lang", "en").output
    assert "Nothing changes for anybody." in told


def test_the_scenario_of_the_guide_passes_as_it_stands(run, save):
    page = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(scenarios:.*?)```", page, re.DOTALL)
    value = definition(**{"cases/permit/sections/yard/topics/gates/shown_when": None})
    value["scenarios"] = read_tree(example, "definitions.md")[1]["scenarios"]
    result = run("test", save(value))
    assert result.output.endswith("The one scenario passed.\n"), result.output
