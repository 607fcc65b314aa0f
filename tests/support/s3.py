"""A real server that speaks S3, for the tests: moto's, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.children import bound_to_me, stop_process

KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    with tempfile.NamedTemporaryFile() as said:
        server = subprocess.Popen(
            # Port 0: whichever is free, told in the line that says where it runs.
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            stdout=said,
            stderr=said,
            preexec_fn=bound_to_me(),  # noqa: PLW1509 (dies with us)
        )
        try:
            give_up = time.monotonic() + 60
            while (found := _address(Path(said.name))) is None:
                assert server.poll() is None, "the S3 server ended"
                assert time.monotonic() < give_up, "the S3 server does not start"
                time.sleep(0.05)
            yield found
        finally:
            stop_process(server, grace=5)


def _address(said: Path) -> str | None:
    found = re.search(r"Running on (http://127\.0\.0\.1:\d+)\n", said.read_text())
    return found[1] if found else None


def make_bucket(address: str, name: str) -> None:
    """Make an empty bucket."""
    request = urllib.request.Request(f"{address}/{name}", method="PUT")
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def open_multiparts(address: str, bucket: str) -> int:
    """How many multipart puts were begun, and neither ended nor given up."""
    with urllib.request.urlopen(f"{address}/{bucket}?uploads", timeout=10) as answer:
        return answer.read().count(b"<Upload>")
