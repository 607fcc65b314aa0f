"""A real clamd for the tests: Debian's, with one signature of our own and none from elsewhere."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.documents import scanning
from tests.support.mail import free_port
from tools import programs
from tools.children import bound_to_me, stop_process

SIGN = b"a sign that only these tests know"
NAME = "Guichet.Sign"


@dataclass(frozen=True)
class Clamd:
    """Where a running clamd answers."""

    socket: str
    port: str


@contextmanager
def running_clamd(folder: Path) -> Iterator[Clamd]:
    """A clamd that lives as long as the block. The path of its socket must be short."""
    (folder / "signatures").mkdir()
    # Name, any kind of file, at any place, these octets.
    (folder / "signatures" / "own.ndb").write_text(f"{NAME}:0:*:{SIGN.hex()}\n")
    server, clamd = _started(folder)
    try:
        yield clamd
    finally:
        stop_process(server, grace=5)


def _started(folder: Path) -> tuple[subprocess.Popen[bytes], Clamd]:
    """It takes no port 0: one that was free may be somebody's by now, then another is tried."""
    said = ""
    for _ in range(5):
        clamd = Clamd(str(folder / "clamd"), f"127.0.0.1:{free_port()}")
        server = _start(folder, clamd)
        give_up = time.monotonic() + 60
        while server.poll() is None and time.monotonic() < give_up:
            if _answers(clamd):
                return server, clamd
            time.sleep(0.05)
        stop_process(server, grace=5)
        said = (folder / "log").read_text()
    raise AssertionError(f"clamd does not start: {said}")


def _start(folder: Path, clamd: Clamd) -> subprocess.Popen[bytes]:
    program = programs.find("clamd")
    assert program, f"there is no clamd: {programs.hint()}"
    (folder / "clamd.conf").write_text(
        f"""
        Foreground yes
        DatabaseDirectory {folder}/signatures
        LocalSocket {clamd.socket}
        TCPAddr 127.0.0.1
        TCPSocket {clamd.port.rpartition(":")[2]}
        StreamMaxLength 2M
        MaxFileSize 1M
        AlertExceedsMax yes
        MaxThreads 2
        SelfCheck 3600
        """
    )
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [program, "--config-file", str(folder / "clamd.conf")],
            stdout=log,
            stderr=log,
            preexec_fn=bound_to_me(),  # noqa: PLW1509 (dies with us)
        )


def _answers(clamd: Clamd) -> bool:
    with suppress(OSError):
        return bool(scanning.ask(clamd.socket) and scanning.ask(clamd.port))
    return False
