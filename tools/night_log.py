"""A plugin of pytest: write down each test as it ends, and leave out those that passed before.

`NIGHT_LOG` names the file, a line of JSON a test. What passed is read once, before the workers
start, and handed to them: all must collect the same tests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

LOG: Final = "NIGHT_LOG"
_PASSED: Final = "night_passed"


def lines(log: Path) -> Iterator[Mapping[str, Any]]:
    """What was written so far; a line that was cut off in the middle is left out."""
    if not log.exists():
        return
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def write(log: Path, **told: Any) -> None:
    """Add a line, with the moment."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(told | {"at": datetime.now(UTC).isoformat()}) + "\n")


def passed(log: Path) -> set[str]:
    """The tests that passed the last time they were run."""
    last = {line["test"]: line["passed"] for line in lines(log) if "test" in line}
    return {test for test, well in last.items() if well}


class _Rest:
    """Leaves out the tests that are done."""

    def __init__(self, done: frozenset[str]) -> None:
        self._done = done

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        config.hook.pytest_deselected(items=[one for one in items if one.nodeid in self._done])
        items[:] = [one for one in items if one.nodeid not in self._done]


class _Log:
    """Writes down each test once all of it has ended."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._problems: dict[str, str] = {}
        self._seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = report.nodeid
        self._seconds[test] = self._seconds.get(test, 0) + report.duration
        if report.failed:
            self._problems.setdefault(test, _said(report))
        if report.when == "teardown":
            problem = self._problems.pop(test, None)
            write(
                self._log,
                test=test,
                passed=problem is None,
                problem=problem,
                seconds=round(self._seconds.pop(test), 2),
                counted=dict(report.user_properties),
            )


def _said(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return (getattr(crash, "message", "") or str(report.longrepr) or "?").splitlines()[0]


def pytest_configure(config: pytest.Config) -> None:
    """Log in the process that is told of every test; leave out in each that collects."""
    worker = getattr(config, "workerinput", None)
    log = Path(os.environ[LOG])
    done = frozenset(worker[_PASSED] if worker is not None else passed(log))
    config.stash[_DONE] = done
    config.pluginmanager.register(_Rest(done))
    if worker is None:
        config.pluginmanager.register(_Log(log))


_DONE = pytest.StashKey[frozenset[str]]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker what it need not run."""
    node.workerinput[_PASSED] = sorted(node.config.stash[_DONE])
