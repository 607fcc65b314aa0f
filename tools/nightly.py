"""Run every test with the night's many cases, and write down what was seen.

    python -m tools.nightly [arguments of pytest]

A night may be longer than a sitting: started again at the same commit, it goes on with the tests
that have not passed. The report goes to `docs/reports/<day>.md`, of a failed night, too: what ran,
what failed, what took longest, how much was tried. The exit status is that of the tests.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from config import ROOT
from tools import night_log

REPORTS: Final = ROOT / "docs" / "reports"
LOGS: Final = ROOT / "instance" / "nightly"
SLOWEST: Final = 25
WORKERS: Final = ("-n", "3", "--dist", "loadscope")


@dataclass
class Night:
    """All sittings of one commit."""

    began: datetime
    ended: datetime
    sittings: int = 0
    lasted: timedelta = timedelta()
    tests: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Each test as it went the last time."""
    problems: dict[str, str] = field(default_factory=dict)
    """What went wrong at any time, also where it went well when it was run again."""

    @property
    def failed(self) -> list[str]:
        """The tests that did not pass when they were last run."""
        return [test for test, line in self.tests.items() if not line["passed"]]


def read(log: Path) -> Night:
    """Put the sittings together."""
    found = [(datetime.fromisoformat(line["at"]), line) for line in night_log.lines(log)]
    night = Night(found[0][0], found[-1][0])
    last = night.began
    for moment, line in found:
        if "test" not in line:
            night.sittings += line["what"] == "began"
        else:
            night.tests[line["test"]] = line
            if not line["passed"]:
                night.problems.setdefault(line["test"], line["problem"] or "no message")
        if line.get("what") != "began":  # between two sittings nothing was done
            night.lasted += moment - last
        last = moment
    return night


def report(night: Night, commit: str) -> str:
    """The night in Markdown."""
    cases = list(night.tests.values())
    sittings = "" if night.sittings == 1 else f", in {night.sittings} sittings"
    lines = [
        f"# The night of {night.began:%Y-%m-%d}",
        "",
        (
            f"`make nightly`, commit `{commit}`, {night.began:%Y-%m-%d %H:%M} to "
            f"{night.ended:%Y-%m-%d %H:%M} UTC ({night.lasted.total_seconds() / 60:.0f} min of "
            f"work{sittings}), CPython {platform.python_version()}, {os.cpu_count()} cores."
        ),
        "",
        f"**{len(cases)} tests, {len(night.failed)} failed.**",
        "",
        *_tried(cases),
        *_failures(night),
        f"## The {SLOWEST} that took longest",
        "",
        "| seconds | test |",
        "|---:|---|",
        *(f"| {line['seconds']:.1f} | {_name(line['test'])} |" for line in _slowest(cases)),
    ]
    return "\n".join(lines) + "\n"


def _tried(cases: Iterable[Mapping[str, Any]]) -> list[str]:
    """What the tests counted themselves (`record_property`): histories, requests, pages."""
    counted: Counter[str] = Counter()
    for case in cases:
        counted.update({name: int(number) for name, number in case["counted"].items()})
    if not counted:
        return []
    lines = [f"| {number} | {name} |" for name, number in sorted(counted.items())]
    return ["## What was tried", "", "| how many | what |", "|---:|---|", *lines, ""]


def _failures(night: Night) -> list[str]:
    if not night.problems:
        return []
    later = {
        test: "" if test in night.failed else " (passed when run again)" for test in night.tests
    }
    lines = [f"- {_name(test)}: {said}{later[test]}" for test, said in night.problems.items()]
    return ["## What failed", "", *lines, ""]


def _slowest(cases: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted(cases, key=lambda case: float(case["seconds"]), reverse=True)[:SLOWEST]


def _name(test: str) -> str:
    """A test's name, its parameters without what Markdown would take for its own."""
    return "`" + test.encode("ascii", "backslashreplace").decode().replace("|", "¦") + "`"


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607 (whichever git there is)
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Run what has not passed, write the report, and answer as the tests did."""
    commit = _git("rev-parse", "--short", "HEAD") or "none"
    log = LOGS / f"{commit}.jsonl"
    # The report of the sitting before is no change of the code.
    if commit == "none" or _git("status", "--porcelain", "--", ".", ":!docs/reports"):
        log.unlink(missing_ok=True)  # of other code than this: nothing of it counts
    night_log.write(log, what="began")
    command = [sys.executable, "-m", "pytest", *WORKERS, "-q", "-p", "tools.night_log", *arguments]
    environment = os.environ | {"HYPOTHESIS_PROFILE": "nightly", night_log.LOG: str(log)}
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    night_log.write(log, what="ended")
    night = read(log)
    REPORTS.mkdir(parents=True, exist_ok=True)
    path = REPORTS / f"{night.began:%Y-%m-%d}.md"
    path.write_text(report(night, commit), encoding="utf-8")
    print(f"Written: {path.relative_to(ROOT)}")
    nothing_left = status == pytest.ExitCode.NO_TESTS_COLLECTED and not night.failed
    return 0 if nothing_left else status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
