"""The analyst's commands are found, and say what they are for."""

import os
import subprocess
import sys

from config import ROOT

COMMANDS = ("check", "show", "diff", "test")


def is_listed(result):
    assert result.exit_code == 0
    for name in COMMANDS:
        (line,) = [one for one in result.output.splitlines() if one.startswith(f"  {name} ")]
        assert len(line.split()) > 4


def test_every_command_is_listed_with_what_it_does(run):
    is_listed(run("--help"))


def test_every_command_is_one_of_the_portal_too(portal):
    is_listed(portal("--help"))


def test_each_command_explains_itself(run):
    for name in COMMANDS:
        result = run(name, "--help")
        assert result.exit_code == 0
        assert result.output.startswith(f"Usage: programs {name} ")


def test_the_guide_names_every_command():
    page = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"python run.py flask programs {name} " in page


def test_settings_that_cannot_be_used_are_told_in_a_line(tmp_path):
    clean = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-m", "app.ops.programs", "test", "none"],
        cwd=tmp_path, env=clean | {"PYTHONPATH": str(ROOT), "DATABASE_URL": "mysql://x"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "DATABASE_URL: must be a PostgreSQL address" in done.stderr
    assert "Traceback" not in done.stderr
