"""A child process with limits, in which hostile files are looked into and drawn.

It gets little memory, few seconds, no environment (so no secret), and can write no large file. A
file that crashes a parser, or keeps it busy for ever, ends that child and nothing else.
"""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import Any, Final, NamedTuple

from app.documents.kinds import Kind, Reason, Unfit
from config import ROOT

log = logging.getLogger(__name__)


class Allowance(NamedTuple):
    """What a child may use: octets of memory and of files, seconds of computing and in all."""

    memory: int = 1 << 30
    computing: int = 15
    lasting: int = 60
    written: int = 16 << 20


ALLOWED: Final = Allowance()
_AT_ONCE: Final = BoundedSemaphore(2)
"""Children of this process: each may take a gibibyte."""
_LONGEST_ANSWER: Final = 10_000
_COSTLY: Final = {signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL, signal.SIGABRT, signal.SIGXFSZ}
# The package without the portal's wiring: the child starts in a tenth of a second, not in three.
_START: Final = """
import sys, types
app = types.ModuleType("app")
app.__path__ = [sys.argv[1]]
sys.modules["app"] = app
from app.documents.child import main
main(sys.argv[2:])
"""


def run(
    task: str, path: Path, kind: Kind, *more: str, allowed: Allowance = ALLOWED
) -> Mapping[str, Any]:
    """Have a child do a task of ``child``; return what it answers. Raises Unfit.

    Two at once, and the others wait: however many files come, they take no more memory.
    """
    with _AT_ONCE:
        return _answer(task, kind, *_child(task, path, kind, *more, allowed=allowed))


def _child(task: str, path: Path, kind: Kind, *more: str, allowed: Allowance) -> tuple[int, bytes]:
    """How a child ended, and what it said."""
    limits = ",".join(map(str, allowed))
    arguments = [str(ROOT / "app"), limits, task, str(path.resolve()), kind.value, *more]
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _START, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as process:
        assert process.stdout is not None  # noqa: S101 (tells the type checker)
        # It limits itself; this one counts when the file has taken it over.
        late = Timer(allowed.lasting + 5, process.kill)
        late.start()
        try:
            said = process.stdout.read(_LONGEST_ANSWER + 1)
            if len(said) > _LONGEST_ANSWER:
                process.kill()
            status = process.wait()
        finally:
            late.cancel()
            process.kill()
    return status, said


def _answer(task: str, kind: Kind, status: int, said: bytes) -> Mapping[str, Any]:
    if status < 0:
        log.warning("a child that should %s a file (%s) ended by signal %s", task, kind, -status)
        raise Unfit(Reason.TOO_COSTLY if -status in _COSTLY else Reason.DAMAGED)
    try:
        told: dict[str, Any] = json.loads(said)
    except ValueError:
        log.warning("a child that should %s a file (%s) ended with %s", task, kind, status)
        raise Unfit(Reason.DAMAGED) from None
    if "broke" in told:
        log.error("a child that should %s a file (%s) broke: %s", task, kind, told["broke"])
        raise Unfit(Reason.DAMAGED)
    if "unfit" in told:
        raise Unfit(Reason(told["unfit"]))
    return told
