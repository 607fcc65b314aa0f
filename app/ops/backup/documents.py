"""The documents as a backup sees them: every one out as one tar stream, and in again.

Parts of uploads that are under way are no documents yet: they are not among them.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from functools import partial
from typing import IO, Final, cast

from app.documents.errors import NotKept
from app.documents.store import DocumentStore
from app.ops.backup.errors import BackupError

_CHUNK: Final = 1 << 18


def pack(kept: DocumentStore, into: IO[bytes]) -> int:
    """Write every document as one tar stream; return how many."""
    count = 0
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name in kept.names():
            member = tarfile.TarInfo(name)
            member.mode = 0o600
            try:
                member.size, content = kept.opened(name)
            except NotKept:
                continue  # the portal goes on: this one was deleted after it was listed
            except ValueError:
                raise BackupError(f"{name}: nobody but the portal writes into its store") from None
            tar.addfile(member, cast("IO[bytes]", _Content(content)))
            count += 1
    return count


def unpack(kept: DocumentStore, packed: IO[bytes]) -> int:
    """Put every document of a tar stream into a store; return how many. Raises BackupError."""
    count = 0
    with tarfile.open(fileobj=packed, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                raise BackupError(f"{member.name}: this is no document")
            try:
                kept.put(member.name, iter(partial(content.read, _CHUNK), b""))
            except ValueError:
                raise BackupError(f"{member.name}: this name leads out of the store") from None
            count += 1
    return count


class _Content:
    """Chunks as a file that is read from its beginning to its end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int) -> bytes:
        """Give as many octets as are asked for; fewer at the end only."""
        while len(self._rest) < size and (more := next(self._chunks, b"")):
            self._rest += more
        given, self._rest = self._rest[:size], self._rest[size:]
        return given
