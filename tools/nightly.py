"""Run every test with the night's many cases, and write down what was seen.

    python -m tools.nightly [arguments of pytest]

The report goes to `docs/reports/<day>.md`: what ran, what failed, what took longest, how much was
tried. It is written for a failed night, too, and the exit status is that of the tests.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

from config import ROOT

REPORTS: Final = ROOT / "docs" / "reports"
SLOWEST: Final = 25
_RUN: Final = ("-n", "2", "--dist", "loadscope", "-q")


def run(arguments: Sequence[str], results: Path) -> int:
    """Run the tests under the night's profile; their results go into a file of JUnit's form."""
    command = [sys.executable, "-m", "pytest", *_RUN, f"--junitxml={results}", *arguments]
    environment = os.environ | {"HYPOTHESIS_PROFILE": "nightly"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def report(cases: Sequence[Element], *, began: datetime, ended: datetime, commit: str) -> str:
    """The night in Markdown."""
    failed = [case for case in cases if _told(case) is not None]
    lines = [
        f"# The night of {began:%Y-%m-%d}",
        "",
        (
            f"`make nightly`, commit `{commit}`, {began:%H:%M} to {ended:%H:%M} UTC "
            f"({(ended - began).total_seconds() / 60:.0f} min), CPython "
            f"{platform.python_version()}, {os.cpu_count()} cores."
        ),
        "",
        f"**{len(cases)} tests, {len(failed)} failed.**",
        "",
        *_tried(cases),
        *_failures(failed),
        f"## The {SLOWEST} that took longest",
        "",
        "| seconds | test |",
        "|---:|---|",
        *(f"| {_seconds(case):.1f} | {_name(case)} |" for case in _slowest(cases)),
    ]
    return "\n".join(lines) + "\n"


def _tried(cases: Iterable[Element]) -> list[str]:
    """What the tests counted themselves (`record_property`): histories, requests, pages."""
    counted: Counter[str] = Counter()
    for case in cases:
        for one in case.iter("property"):
            counted[one.get("name", "")] += int(one.get("value", "0"))
    if not counted:
        return []
    lines = [f"| {number} | {name} |" for name, number in sorted(counted.items())]
    return ["## What was tried", "", "| how many | what |", "|---:|---|", *lines, ""]


def _failures(failed: Sequence[Element]) -> list[str]:
    if not failed:
        return []
    lines = [f"- {_name(case)}: {(_told(case) or '').splitlines()[0]}" for case in failed]
    return ["## What failed", "", *lines, ""]


def _told(case: Element) -> str | None:
    """What a failed test said; None for one that passed."""
    found = next((one for one in case if one.tag in {"failure", "error"}), None)
    return None if found is None else found.get("message") or "no message"


def _slowest(cases: Iterable[Element]) -> list[Element]:
    return sorted(cases, key=_seconds, reverse=True)[:SLOWEST]


def _seconds(case: Element) -> float:
    return float(case.get("time", "0"))


def _name(case: Element) -> str:
    """A test's name, its parameters without what Markdown would take for its own."""
    name = f"{case.get('classname')}::{case.get('name')}"
    return "`" + name.encode("ascii", "backslashreplace").decode().replace("|", "¦") + "`"


def main(arguments: Sequence[str]) -> int:
    """Run, write the report, and answer as the tests did."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607 (whichever git there is)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.xml")
        status = run(arguments, results)
        cases = list(ET.parse(results).iter("testcase"))  # noqa: S314 (pytest's own)
    ended = datetime.now(UTC)
    REPORTS.mkdir(exist_ok=True)
    path = REPORTS / f"{began:%Y-%m-%d}.md"
    path.write_text(
        report(cases, began=began, ended=ended, commit=commit or "none"), encoding="utf-8"
    )
    print(f"Written: {path.relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
