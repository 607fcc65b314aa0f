"""Scanning for viruses: a clamd is asked, over its socket, by its own few words.

The octets are streamed to it as they are read (its INSTREAM command): it needs no file, no right
to one, and may be on another machine. That nothing was found is said only when clamd said so.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

_SECONDS: Final = 60.0
"""For each answer of clamd and each chunk it takes."""
_CHUNK: Final = 1 << 16
_LONGEST: Final = 4_096
_FOUND: Final = re.compile(r"stream: (.+) FOUND")
_LIMITS: Final = "Heuristics.Limits.Exceeded"


class ScanState(StrEnum):
    """What is known of a document; `not_scanned` where no scanner is set (CLAMD_ADDRESS)."""

    WAITING = "waiting"
    NOT_SCANNED = "not_scanned"
    CLEAN = "clean"
    INFECTED = "infected"
    COULD_NOT_SCAN = "could_not_scan"


class Scan(NamedTuple):
    """A verdict. ``detail`` is the virus's name, or why nothing could be said (for the log).

    ``again`` is true when another try may say more: the scanner did not answer.
    """

    state: ScanState
    detail: str = ""
    again: bool = False


class Scanner(NamedTuple):
    """A clamd that answers: its version, and the day of its signatures, when it has dated ones."""

    version: str
    signatures: datetime | None


def scan(address: str | None, chunks: Iterable[bytes], *, seconds: float = _SECONDS) -> Scan:
    """Have clamd look at the octets. Never raises, unless the chunks do."""
    if address is None:
        return Scan(ScanState.NOT_SCANNED)
    try:
        with _connected(address, seconds) as connection:
            connection.sendall(b"zINSTREAM\0")
            sent = _send(connection, chunks)
            told = _told(connection)
    except _Stopped as stopped:
        raise stopped.by from None
    except OSError as error:
        return Scan(ScanState.COULD_NOT_SCAN, error.strerror or type(error).__name__, again=True)
    return _verdict(told, sent=sent)


def ask(address: str, *, seconds: float = 2.0) -> Scanner:
    """Ask a clamd how it is. Raises OSError when it does not answer."""
    with _connected(address, seconds) as connection:
        connection.sendall(b"zVERSION\0")
        version, _, rest = _told(connection).partition("/")
    if not version.startswith("ClamAV "):
        raise OSError("this is no clamd")
    with suppress(ValueError):
        day = f"{rest.partition('/')[2]} +0000"
        return Scanner(version, datetime.strptime(day, "%a %b %d %H:%M:%S %Y %z"))
    return Scanner(version, None)


def _verdict(told: str, *, sent: bool) -> Scan:
    if told == "stream: OK" and sent:
        return Scan(ScanState.CLEAN)
    found = _FOUND.fullmatch(told)
    if found and found[1].startswith(_LIMITS):
        return Scan(ScanState.COULD_NOT_SCAN, found[1])  # it did not look to the end
    if found:
        return Scan(ScanState.INFECTED, found[1])
    # It ends so for what is larger than its StreamMaxLength: another try says the same.
    return Scan(ScanState.COULD_NOT_SCAN, told or "no answer", again=not told)


def _connected(address: str, seconds: float) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(seconds)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _send(connection: socket.socket, chunks: Iterable[bytes]) -> bool:
    """Send all of it; tell whether clamd took all. It hangs up when it has its answer early."""
    try:
        for chunk in _told_apart(chunks):
            for start in range(0, len(chunk), _CHUNK):
                part = chunk[start : start + _CHUNK]
                connection.sendall(struct.pack(">I", len(part)) + part)
        connection.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def _told(connection: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and len(told) < _LONGEST:
        try:
            more = connection.recv(_LONGEST)
        except ConnectionResetError:  # it hung up on what was still on its way
            more = b""
        if not more:
            break
        told += more
    return told.rstrip(b"\0\n").decode("utf-8", "replace")


class _Stopped(Exception):
    """The chunks themselves raised, not the connection."""

    def __init__(self, by: Exception) -> None:
        super().__init__(by)
        self.by = by


def _told_apart(chunks: Iterable[bytes]) -> Iterable[bytes]:
    try:
        yield from chunks
    except Exception as error:
        raise _Stopped(error) from error
