"""The report of a night: of a good one, of a bad one, and of one in several sittings."""

from __future__ import annotations

import subprocess

import pytest

from config import ROOT
from tools import nightly

GOOD = "def test_good(record_property):\n    record_property('deeds', 41)\n"
BAD = "def test_bad():\n    assert 1 == 2\n"
ONCE = """
def test_once():
    from pathlib import Path

    with Path("instance/ran").open("a") as file:
        file.write("x")
"""
LATER = """
def test_later():
    from pathlib import Path

    assert Path("instance/well").exists()
"""


def git(folder, *arguments):
    who = ("-c", "user.name=Night", "-c", "user.email=night@portal.example")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def night(tmp_path, monkeypatch):
    """`night(source)`: a night of these tests; its exit status and its report."""
    monkeypatch.setattr(nightly, "REPORTS", tmp_path / "docs" / "reports")
    monkeypatch.setattr(nightly, "LOGS", tmp_path / "instance" / "nightly")
    monkeypatch.setattr(nightly, "ROOT", tmp_path)
    monkeypatch.setattr(nightly, "WORKERS", ())
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / ".gitignore").write_text("/instance/\n__pycache__/\n.pytest_cache/\n")
    git(tmp_path, "init")

    def run(source: str, *, committed: bool = True) -> tuple[int, str]:
        (tmp_path / "test_night.py").write_text(source)
        if committed and nightly._git("status", "--porcelain", "test_night.py", ".gitignore"):
            git(tmp_path, "add", "test_night.py", ".gitignore")
            git(tmp_path, "commit", "--message", "a night")
        status = nightly.main([str(tmp_path / "test_night.py")])
        (written,) = nightly.REPORTS.iterdir()
        return status, written.read_text(encoding="utf-8")

    return run


def test_a_good_night_tells_what_was_tried_and_what_took_longest(night):
    status, report = night(GOOD)
    assert status == 0
    assert "**1 tests, 0 failed.**" in report
    assert "| 41 | deeds |" in report
    assert "test_night.py::test_good" in report
    assert "What failed" not in report


def test_a_bad_night_is_written_down_too_and_fails(night):
    status, report = night(GOOD + BAD)
    assert status == 1
    assert "**2 tests, 1 failed.**" in report
    assert "test_night.py::test_bad`: " in report
    assert "assert 1 == 2" in report


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_the_next_sitting_goes_on_with_what_has_not_passed(night, tmp_path, monkeypatch, workers):
    """And what failed once is told, even if it passes when it is run again."""
    monkeypatch.setattr(nightly, "WORKERS", workers)
    assert night(ONCE + LATER)[0] == 1
    (tmp_path / "instance" / "well").touch()
    status, report = night(ONCE + LATER)
    assert status == 0
    assert (tmp_path / "instance" / "ran").read_text() == "x"
    assert "in 2 sittings" in report
    assert "**2 tests, 0 failed.**" in report
    assert "(passed when run again)" in report
    assert night(ONCE + LATER)[0] == 0, "nothing is left to do"


def test_of_changed_code_nothing_is_taken_over(night, tmp_path):
    night(ONCE)
    night(ONCE + "\n", committed=False)
    assert (tmp_path / "instance" / "ran").read_text() == "xx"
