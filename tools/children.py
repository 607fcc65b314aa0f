"""Child processes that cannot outlive the process that started them.

Linux sends a process a signal of its choice when the *thread* that started it ends
(`prctl(PR_SET_PDEATHSIG)`), even when that end is a `kill -9` which nobody can catch. Every
program that `run.py` starts asks for it, so children must be started from the main thread.
"""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)  # loaded here, not between fork and exec


def die_with_parent(parent: int, death_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel for `death_signal` when the thread that started this process ends.

    `parent` is the process id that must still be our parent: had it died before the request,
    no signal would ever come, so this process then ends at once. A later change of user
    clears the request; make it after that change.
    """
    if _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        os._exit(1)


def bound_to_me(
    death_signal: int = signal.SIGKILL, first: Callable[[], None] | None = None
) -> Callable[[], None]:
    """Return a `preexec_fn` that binds the child's life to the calling process.

    `first` runs in the child before that, for what would clear the request (a new user).
    """
    parent = os.getpid()

    def in_child() -> None:
        if first is not None:
            first()
        die_with_parent(parent, death_signal)

    return in_child


@dataclass
class Child:
    """One program the supervisor keeps an eye on.

    `grace` is how many seconds it gets between TERM and KILL.
    """

    name: str
    process: subprocess.Popen[bytes]
    grace: float


@dataclass
class Supervisor:
    """Starts programs, notices when one ends, and stops all of them, last started first."""

    children: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        grace: float = 3.0,
        output: IO[bytes] | None = None,
        directory: Path | None = None,
    ) -> Child:
        """Start a program that is killed when this process ends, however it ends."""
        # A session of its own: Ctrl-C in the terminal reaches run.py alone, which then stops
        # the children in order instead of racing them.
        process = subprocess.Popen(
            list(arguments),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            cwd=directory,
            start_new_session=True,
            preexec_fn=bound_to_me(signal.SIGKILL),
        )
        child = Child(name, process, grace)
        self.children.append(child)
        return child

    def ended(self) -> Child | None:
        """Return a child that has ended on its own, if there is one."""
        return next((c for c in self.children if c.process.poll() is not None), None)

    def wait(self, stop: Callable[[], bool], every: float = 0.2) -> Child | None:
        """Block until `stop()` is true (gives None) or a child ends (gives that child)."""
        while not stop():
            if (child := self.ended()) is not None:
                return child
            time.sleep(every)
        return None

    def stop(self) -> None:
        """Stop every child, the last started first; each gets TERM, its grace, then KILL."""
        while self.children:
            stop_process(self.children[-1].process, grace=self.children[-1].grace)
            self.children.pop()


def stop_process(
    process: subprocess.Popen[bytes], *, grace: float, first: int = signal.SIGTERM
) -> int:
    """Send `first`, wait `grace` seconds, then kill; return the exit status."""
    if process.poll() is None:
        process.send_signal(first)
    try:
        return process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
