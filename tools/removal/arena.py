"""Trials: the tests, on a portal that was changed, each in a process of its own.

One pytest session collects the tests, starts PostgreSQL and makes the portal, once. Each trial is
a fork of it: it changes the portal in its own memory, runs its tests until one fails, and ends.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from tools.removal import changing

PATIENCE: Final = 1_800.0
"""Seconds after which a trial is ended whatever it does: one that waits for ever was noticed."""
_WARM: Final = "tests/removal/test_warm.py::"
_GIVEN: Final = (
    "-q",
    "-s",
    "-p",
    "no:cacheprovider",
    "-m",
    "not nightly",
    "--import-mode=importlib",
)
_SILENT, _NOTICED, _BROKEN = 0, 1, 70


@dataclass(frozen=True, slots=True)
class Trial:
    """What is changed, and which tests are asked, in turns: by id, file or folder.

    The next turn is only run when every test of the last one passed. A trial that has computed
    for ``seconds`` is ended: a change that never ends has been noticed.
    """

    name: str
    change: Callable[[], None]
    turns: tuple[tuple[str, ...], ...]
    seconds: int = 600


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which test noticed, in how many seconds; none when all of them passed."""

    trial: Trial
    noticed_by: str | None
    seconds: float


Trials = Callable[[Any], Iterable[Trial]]
"""Makes the trials, from the tests' own databases (`tests.support.database`)."""


@dataclass(slots=True)
class _Running:
    trial: Trial
    folder: Path
    begun: float = field(default_factory=time.monotonic)


class _Arena:
    """The pytest plugin that holds the trials in the place of the usual loop."""

    def __init__(self, trials: Trials, jobs: int, tell: Callable[[Verdict], None]) -> None:
        self._trials, self._jobs, self._tell = trials, jobs, tell
        self._waiting: Iterator[Trial] = iter(())
        self._controls: list[Trial] = []
        self._proven: set[str] = set()
        self._unsound: list[str] = []
        self._running: dict[int, _Running] = {}
        self.problem: str | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Make the portal, then hold one trial after the other."""
        warm = next(item for item in session.items if item.nodeid.startswith(_WARM))
        reports: list[pytest.TestReport] = []
        _run(warm, warm, reports)  # what belongs to the session stays for the forks
        if any(report.failed for report in reports):
            self.problem = "the portal could not be made"
            return True
        self._waiting = iter(self._trials(_databases()))
        changing.living()
        gc.freeze()  # a collection in a fork would copy every object
        with tempfile.TemporaryDirectory(prefix="guichet-removal-") as place:
            try:
                for verdict in self._verdicts(session, warm, Path(place)):
                    self._judge(verdict)
            finally:
                for pid in self._running:
                    _kill(pid)
        if self._unsound:
            self.problem = f"these fail without any change: {', '.join(self._unsound)}"
        return True

    def _verdicts(
        self, session: pytest.Session, warm: pytest.Item, place: Path
    ) -> Iterator[Verdict]:
        while True:
            while len(self._running) < self._jobs:
                trial = self._controls.pop() if self._controls else next(self._waiting, None)
                if trial is None:
                    break
                self._begin(trial, session, warm, place)
            if not self._running:
                return
            pid, status = self._ended()
            yield _verdict(self._running.pop(pid), status)

    def _judge(self, verdict: Verdict) -> None:
        """Tell of it; and see that the test that noticed passes on the unchanged portal."""
        by = verdict.noticed_by
        if verdict.trial.change is _nothing:
            self._unsound += [verdict.trial.name] if by else []
            return
        self._tell(verdict)
        if by and "::" in by and by not in self._proven:
            self._proven.add(by)
            self._controls.append(Trial(by, _nothing, ((by,),)))

    def _begin(self, trial: Trial, session: pytest.Session, warm: pytest.Item, place: Path) -> None:
        folder = Path(tempfile.mkdtemp(dir=place))
        turns = [_chosen(session.items, turn) for turn in trial.turns]
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _hold(trial, turns, warm, folder)
        self._running[pid] = _Running(trial, folder)

    def _ended(self) -> tuple[int, int]:
        """Wait for any of the trials; end one that has run for too long."""
        while True:
            for pid, one in self._running.items():
                found, status = os.waitpid(pid, os.WNOHANG)
                if found:
                    return pid, os.waitstatus_to_exitcode(status)
                if time.monotonic() - one.begun > PATIENCE:
                    _kill(pid)
                    return pid, -signal.SIGKILL
            time.sleep(0.01)


def held(
    trials: Trials,
    tests: Collection[str],
    tell: Callable[[Verdict], None],
    jobs: int = 2,
) -> None:
    """Hold the trials with these tests, so many at a time; tell of each as it ends."""
    for name in [name for name in os.environ if name.startswith("PYTEST")]:
        del os.environ[name]
    arena = _Arena(trials, jobs, tell)
    files = sorted({name.partition("::")[0] for name in (*tests, _WARM)})
    with tempfile.TemporaryFile() as said:
        aloud = os.dup(1)
        os.dup2(said.fileno(), 1)
        sys.stdout.flush()
        try:
            status = pytest.main([*_GIVEN, *files], plugins=[arena])
        finally:
            os.dup2(aloud, 1)
            os.close(aloud)
        if status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} or arena.problem:
            said.seek(0)
            words = said.read().decode(errors="replace")[-4000:]
            raise RuntimeError(f"{arena.problem or 'the tests could not be collected'}\n{words}")


# ── in the fork ─────────────────────────────────────────────────────────────────────────


def _hold(trial: Trial, turns: list[list[pytest.Item]], warm: pytest.Item, folder: Path) -> None:
    """Change, run, write down who noticed, and out: nothing of the session is taken down."""
    status = _BROKEN
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (trial.seconds, trial.seconds + 5))
        with (folder / "said").open("wb") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
        # The copies of two trials that run side by side must not share a name.
        vars(_databases())["_numbers"] = count(os.getpid() * 1_000)
        try:
            trial.change()
        except changing.NotLoaded as error:
            noticed: str | None = f"it cannot even be loaded: {error}".splitlines()[0]
        else:
            noticed = next(filter(None, (_first_failure(turn, warm) for turn in turns)), None)
        (folder / "noticed").write_text(noticed or "", encoding="utf-8")
        status = _NOTICED if noticed else _SILENT
    finally:
        sys.stdout.flush()
        os._exit(status)


def _nothing() -> None:
    """Change nothing: a test that fails even so would notice nothing either."""


@lru_cache(maxsize=1)
def _databases() -> Any:
    """The server of this session, as `tests.conftest` made it; looked for before the forks."""
    kind = import_module("tests.support.database").Databases
    return next(one for one in gc.get_objects() if isinstance(one, kind))


def _first_failure(items: list[pytest.Item], last: pytest.Item) -> str | None:
    state: Any = vars(items[0].session)["_setupstate"]
    state.teardown_exact(items[0])  # what ran before belonged to another folder
    for item, following in zip(items, [*items[1:], last], strict=True):
        reports: list[pytest.TestReport] = []
        _run(item, following, reports)
        for report in reports:
            if report.failed:
                print(report.longreprtext)
                return item.nodeid
    return None


def _run(item: pytest.Item, following: pytest.Item, reports: list[pytest.TestReport]) -> None:
    runner = import_module("_pytest.runner")
    reports += runner.runtestprotocol(item, nextitem=following, log=True)


def _chosen(items: list[pytest.Item], names: Collection[str]) -> list[pytest.Item]:
    found = [item for item in items if any(_is_of(item.nodeid, name) for name in names)]
    if not found:
        raise LookupError(f"no such test: {', '.join(names)}")
    return found


def _is_of(nodeid: str, name: str) -> bool:
    return nodeid == name or nodeid.startswith((f"{name}::", f"{name}[", f"{name}/"))


# ── what became of it ───────────────────────────────────────────────────────────────────


def _verdict(one: _Running, status: int) -> Verdict:
    seconds = time.monotonic() - one.begun
    if status in {-signal.SIGKILL, -signal.SIGXCPU}:
        return Verdict(one.trial, "it never ended", seconds)
    if status not in {_SILENT, _NOTICED}:
        said = (one.folder / "said").read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{one.trial.name}: the trial broke\n{said[-4000:]}")
    noticed = (one.folder / "noticed").read_text(encoding="utf-8")
    return Verdict(one.trial, noticed or None, seconds)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)
