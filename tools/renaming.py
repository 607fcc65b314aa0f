"""Run tests with every code of every definition renamed: code knows kinds, never a program’s words.

    python -m tools.renaming [arguments of pytest]

A copy of the working tree is made somewhere else; each of its programs is rewritten, its file and
its sections, topics, questions, roles, rows, states, moves, lines, bases… under other names. The
tests that run there are the ones that know no program (`NAMES_CODES` are left out: the tests of
the definitions as such, which rename by themselves). The exit status is that of the tests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import yaml

from app.programs.actions import Action
from app.programs.library import PORTAL
from app.programs.loader import read_tree
from config import ROOT

NAMES_CODES: Final = (
    "tests/cases/test_scenarios.py",
    "tests/consents/test_definition.py",
    "tests/definitions",
    "tests/programs",
    "tests/staff/test_shipped_views.py",
)
"""What speaks of the shipped definition itself, by its codes."""

MARK: Final = "other_"
CODED: Final = {
    "bases",
    "lines",
    "matrix",
    "roles",
    "standings",
    "service_standards",
    "sources",
    "questions",
    "choices",
    "identifiers",
    "fields",
    "cases",
    "sections",
    "groups",
    "topics",
    "columns",
    "states",
    "moves",
    "scenarios",
    "staff_views",
    "filled",
    "typed",
    "due",
    "consents",
    "facts",
    "levels",
    "acting",
    "shares",
    "partners",
}
"""Keys of a definition below which the program’s own codes are keys."""
CHOOSING: Final = {"chosen", "missing"}
"""Keys whose keys are such codes, and whose values name others."""
NAMING: Final = {
    "may",
    "gives",
    "proposes",
    "role",
    "old_holder_becomes",
    "bases",
    "base",
    "lines",
    "page",
    "question",
    "among",
    "answers",
    "group",
    "clock",
    "comes_from",
    "goes_to",
    "standing",
    "case",
    "persona",
    "move",
    "comes_to",
    "without",
    "aside",
    "given_in",
    "or_standing",
}
"""Keys whose values name such a code."""
KINDS: Final = {"yes", "no", "none"}
"""Answers that the code itself knows."""


def rename(code: str) -> str:
    """What a code of the program’s own is called in the renamed definition."""
    return code if code in KINDS else MARK + code


def renamed(value: Any, key: str = "") -> Any:
    """The same tree with every code of the program's own changed wherever it stands."""
    if isinstance(value, dict):
        if key == "actions":  # those of a section begin with its code
            return {k if k in set(Action) else rename(k): v for k, v in value.items()}
        if key in CHOOSING:
            return {rename(k): renamed(v, "among") for k, v in value.items()}
        coded = key in CODED
        return {rename(k) if coded else k: renamed(v, "" if coded else k) for k, v in value.items()}
    if key in NAMING:
        return [rename(v) for v in value] if isinstance(value, list) else rename(value)
    return [renamed(v) for v in value] if isinstance(value, list) else value


def rewrite(folder: Path) -> None:
    """Rename every program in a folder of definitions, its file included."""
    for path in sorted(folder.glob("*.yaml")):
        if path.stem == PORTAL:
            continue
        tree = renamed(read_tree(path.read_text(encoding="utf-8"), path.name)[1])
        tree["code"] = rename(path.stem)
        text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=100)
        path.with_stem(tree["code"]).write_text(text, encoding="utf-8")
        path.unlink()


def copy_to(folder: Path) -> None:
    """Copy the working tree as it is, without what was built and what others put beside it."""
    left_out = shutil.ignore_patterns(".git", ".venv", "instance", "__pycache__", "*_cache")
    shutil.copytree(ROOT, folder, ignore=left_out, dirs_exist_ok=True)


def main(arguments: list[str]) -> int:
    """Copy, rename and test."""
    with tempfile.TemporaryDirectory(prefix="renamed-") as place:
        folder = Path(place)
        copy_to(folder)
        rewrite(folder / "app" / "programs" / "definitions")
        ignored = [f"--ignore={path}" for path in NAMES_CODES]
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *ignored]
        environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [*command, *(arguments or ["tests"])], cwd=folder, env=environment, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
