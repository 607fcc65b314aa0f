"""docs/new-program.md: its pieces are one file, and every command prints what stands there."""

from __future__ import annotations

import re
import shlex

import pytest

from config import ROOT
from tests.support.second import FILE

DOCUMENT = ROOT / "docs" / "new-program.md"
PROGRAM = "python -m app.ops.programs "
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HUNK = re.compile(r"((?:^-.*\n)+)((?:^\+.*\n)+)", re.MULTILINE)


def blocks():
    """The document's blocks in their order: what each is written in, and its text."""
    return [(one[1], one[2]) for one in _BLOCK.finditer(DOCUMENT.read_text(encoding="utf-8"))]


def changed(text, diff):
    """The text with each hunk of a block `diff` replaced."""
    for hunk in _HUNK.finditer(diff):
        old, new = (re.sub("^[-+]", "", part, flags=re.MULTILINE) for part in hunk.groups())
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def stages():
    """Each command of the document, with the files as they are then and what it prints there."""
    files = {FILE.name: ""}
    for kind, text in blocks():
        if kind == "yaml":
            files[FILE.name] += text
        elif kind == "diff":
            files["new.yaml"] = changed(files[FILE.name], text)
        elif kind == "console":
            command, _, printed = text.partition("\n")
            words = command.removeprefix(f"$ {PROGRAM}")
            assert words != command, command
            yield pytest.param(dict(files), shlex.split(words), printed, id=words)
        else:
            assert kind == "sh", kind


def is_printed(expected, output):
    """Whether the output has these lines; … stands for any that are left out."""
    parts = [re.escape(part) for part in re.split(r"^…\n", expected, flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*?".join(parts), output) is not None


@pytest.mark.parametrize(("files", "words", "printed"), list(stages()))
def test_every_command_prints_what_the_document_says(
    run, tmp_path, monkeypatch, files, words, printed
):
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    output = run(*words).output
    assert is_printed(printed, output), output


def test_the_pieces_put_together_are_the_program_that_the_tests_run():
    pieces = "".join(text for kind, text in blocks() if kind == "yaml")
    assert pieces == FILE.read_text(encoding="utf-8")


def test_the_document_leads_from_an_empty_file_to_one_in_order_and_past_its_scenarios():
    told = [(words[0], printed) for *_, words, printed in (one.values for one in stages())]
    checks = [printed for word, printed in told if word == "check"]
    assert "12 mistakes" in checks[0]
    assert "is in order" in checks[-1]
    assert {word for word, _ in told} == {"check", "show", "test", "diff"}


@pytest.mark.parametrize(
    ("expected", "output", "fits"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("a\n…\nc\n", "a\nb\nb\nc\n", True),
        ("…\nc\n", "b\nc\n", True),
        ("…\nc\n", "b\nd\n", False),
    ],
)
def test_what_is_left_out_stands_for_any_lines_and_nothing_else_does(expected, output, fits):
    assert is_printed(expected, output) is fits
