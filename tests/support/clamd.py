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
    program = programs.find("clamd")
    assert program, f"there is no clamd: {programs.hint()}"
    signatures = folder / "signatures"
    signatures.mkdir()
    # Name, any kind of file, at any place, these octets.
    (signatures / "own.ndb").write_text(f"{NAME}:0:*:{SIGN.hex()}\n")
    clamd = Clamd(str(folder / "clamd"), f"127.0.0.1:{free_port()}")
    (folder / "clamd.conf").write_text(
        f"""
        Foreground yes
        DatabaseDirectory {signatures}
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
        server = subprocess.Popen(
            [program, "--config-file", str(folder / "clamd.conf")],
            stdout=log,
            stderr=log,
            preexec_fn=bound_to_me(),  # noqa: PLW1509 (dies with us)
        )
        try:
            give_up = time.monotonic() + 60
            while not _answers(clamd):
                said = (folder / "log").read_text()
                assert server.poll() is None, f"clamd ended: {said}"
                assert time.monotonic() < give_up, f"clamd does not answer: {said}"
                time.sleep(0.05)
            yield clamd
        finally:
            stop_process(server, grace=5)


def _answers(clamd: Clamd) -> bool:
    with suppress(OSError):
        return bool(scanning.ask(clamd.socket) and scanning.ask(clamd.port))
    return False
