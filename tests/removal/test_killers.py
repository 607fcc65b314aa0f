"""Every guard has a line that names the test that notices its absence, and no line is left over."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import lru_cache

import pytest

from config import ROOT
from tools.removal import catalogue, code, killers, mutants, scopes
from tools.removal.mutation import mutants as mutants_of

SAMPLE = (
    "authorise · authority.service.members.accept_offer",
    "row scope · web.desk.scope",
    "scope · Notice",
    "guard · authority.step_up.require_step_up",
    "check · account: ck_account_closed",
    "trigger · membership: membership_ends_for_good",
)
"""A guard of each of these kinds is taken out in every run of the tests."""


@pytest.fixture(scope="module")
def lines():
    return killers.read()


@pytest.fixture
def items(as_owner):
    found = [*code.listed(), *scopes.listed(), *catalogue.listed(as_owner)]
    keys = {item.key for item in found}
    assert len(keys) == len(found), "two guards of one name"
    return keys


@lru_cache(maxsize=1)
def written_tests():
    """Every test function, as `tests/file.py::test_name`."""
    return {
        f"{path.relative_to(ROOT).as_posix()}::{node.name}"
        for path in ROOT.glob("tests/**/test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_no_guard_is_without_its_line(items, lines):
    assert items - set(lines) == set(), "run `make removal`, or write the line"


def test_no_line_is_without_its_guard(items, lines):
    assert set(lines) - items == set(), "no such guard"


def test_every_line_names_a_test_or_says_why_there_is_none(lines):
    gone = {line.partition("[")[0] for line in lines.values() if killers.names_test(line)}
    assert gone - written_tests() == set(), "no such test"
    short = [key for key, line in lines.items() if len(line) < 40]
    assert short == [], "that explains nothing"


def test_a_sample_of_the_guards_is_noticed_when_it_is_taken_out():
    """All of them: `make removal`. This also proves that taking out works."""
    chosen = [argument for key in SAMPLE for argument in ("--only", key)]
    done = subprocess.run(
        [sys.executable, "-m", "tools.removal", "--quick", "--dry", "--jobs", "1", *chosen],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(SAMPLE)} taken out, {len(SAMPLE)} noticed" in done.stdout


def test_every_module_of_rules_has_its_tests():
    assert set(mutants.TESTS) == set(mutants.rules())


def test_no_explanation_outlives_its_mutant():
    for module, reasons in mutants.explanations().items():
        places = {mutants.place(mutant) for mutant in mutants_of(module)}
        assert set(reasons) - places == set(), module
