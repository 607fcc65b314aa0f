"""Renaming every code of a definition changes no behaviour: code knows kinds, never a program."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tokenize

import pytest
from pydantic import BaseModel

from app.programs import library
from app.programs.loader import parse
from app.programs.schema.definition import Definition
from config import ROOT
from tools.renaming import MARK, NAMES_CODES, rewrite

MEANS_SOMETHING_ELSE = {
    "business_number": "a kind of check in the schema, for whatever identifier has it",
    "carrier_code": "a column of the registry, which is Canadian whatever the program",
    "not_yet": "a reason of the code’s own",
    "who_can_apply": "a key of the schema",
}
"""Codes of the definition that app/ may say, each with the reason why it means another thing."""


def codes(part):
    """The codes that a definition gives to its parts, whatever they are."""
    if isinstance(part, BaseModel):
        if isinstance(getattr(part, "code", None), str):
            yield part.code
        part = {name: getattr(part, name) for name in type(part).model_fields}
    if isinstance(part, dict | tuple | list):
        for one in part.values() if isinstance(part, dict) else part:
            yield from codes(one)


def literals():
    """Every text of app/ that could be a code, with where it stands."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
            if token.type == tokenize.STRING:
                text = token.string.strip("rbf").strip("\"'")
                if re.fullmatch(r"[a-z0-9_]+", text):
                    yield text, f"{path.relative_to(ROOT)}:{token.start[0]}"


def test_no_code_of_a_definition_stands_in_the_program():
    """Codes of several words: a single one, such as `draft`, is a word of everybody’s. That those
    mean nothing to the program either is proven by renaming them."""
    known = {one for program in library.definitions() for one in codes(program) if "_" in one}
    assert len(known) > 400
    found = [
        f"{place}: {text}"
        for text, place in literals()
        if text in known and text not in MEANS_SOMETHING_ELSE
    ]
    assert found == []


def test_no_reason_outlives_its_word():
    said = {text for text, _ in literals()}
    known = {one for program in library.definitions() for one in codes(program)}
    assert sorted(set(MEANS_SOMETHING_ELSE) - (said & known)) == []


def test_renaming_leaves_no_code_as_it_was_and_nothing_else_changes(tmp_path):
    for path in library.DEFINITIONS.glob("*.yaml"):
        shutil.copy(path, tmp_path / path.name)
    rewrite(tmp_path)
    assert (tmp_path / "portal.yaml").read_bytes() == (
        library.DEFINITIONS / "portal.yaml"
    ).read_bytes()
    for program in library.definitions():
        path = tmp_path / f"{MARK}{program.code}.yaml"
        other = parse(Definition, path.read_text(encoding="utf-8"), path.name)
        before, after = list(codes(program)), list(codes(other))
        assert after == [MARK + one for one in before]
        assert other.terms.sha256() == program.terms.sha256()
        assert other.letters == program.letters
    assert len(list(tmp_path.glob("*.yaml"))) == len(library.codes()) + 1


def renamed_run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "tools.renaming", "-q", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip


def test_with_every_code_renamed_an_application_is_filled_in_and_submitted():
    """The one journey by day; `test_with_every_code_renamed_the_tests_pass` is for the night."""
    journey = (
        "tests/cases/test_submitting_pages.py"
        "::test_the_owner_reads_declares_and_submits_and_gets_a_receipt"
    )
    done = renamed_run(journey)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-1_000:]
    assert "2 passed" in done.stdout


@pytest.mark.nightly
@pytest.mark.parametrize("folder", ["cases", "enrolment", "authority", "staff", "consents"])
def test_with_every_code_renamed_the_tests_pass(folder):
    done = renamed_run(f"tests/{folder}")
    assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-1_000:]


def test_what_is_left_out_of_the_renamed_run_is_there():
    assert [path for path in NAMES_CODES if not (ROOT / path).exists()] == []
