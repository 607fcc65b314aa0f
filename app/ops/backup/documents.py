"""The object store as a backup sees it: every object out as one tar stream, and in again.

The portal keeps no object of its own yet; this reads whatever store DOCUMENT_STORE names.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote, urlsplit

from app.ops.backup.errors import BackupError


class Store(Protocol):
    """What a backup asks of an object store. A name is a path with /, relative."""

    def names(self) -> Iterator[str]:
        """Give every object's name, in order."""

    def open(self, name: str) -> tuple[int, IO[bytes]]:
        """Give an object's size in bytes and its content."""

    def put(self, name: str, content: IO[bytes]) -> None:
        """Keep a new object; when this returns, it is kept for good."""

    def clear(self) -> None:
        """Delete every object."""


class Folder:
    """A store that is a folder: `file:///srv/guichet/documents`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> Iterator[str]:
        """Give every file's path below the folder."""
        for path in sorted(self._root.rglob("*")):
            if path.is_symlink():
                raise BackupError(f"{path}: the store of documents holds a link")
            if path.is_file():
                yield path.relative_to(self._root).as_posix()

    def open(self, name: str) -> tuple[int, IO[bytes]]:
        """Give a file's size and content."""
        file = (self._root / name).open("rb")
        return os.fstat(file.fileno()).st_size, file

    def put(self, name: str, content: IO[bytes]) -> None:
        """Write a new file and have the disk keep it. Raises BackupError for a name outside."""
        path = self._root / name
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise BackupError(f"{name}: this name leads out of the store")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())

    def clear(self) -> None:
        """Delete everything in the folder, but not the folder."""
        for path in self._root.iterdir() if self._root.exists() else ():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def store(address: str | None) -> Store | None:
    """Return the store that DOCUMENT_STORE names, or None when none is kept."""
    return Folder(Path(unquote(urlsplit(address).path))) if address else None


def pack(kept: Store, into: IO[bytes]) -> int:
    """Write every object as one tar stream; return how many."""
    count = 0
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name in kept.names():
            size, content = kept.open(name)
            with content:
                member = tarfile.TarInfo(name)
                member.size, member.mode = size, 0o600
                tar.addfile(member, content)
            count += 1
    return count


def unpack(kept: Store, packed: IO[bytes]) -> int:
    """Put every object of a tar stream into a store; return how many."""
    count = 0
    with tarfile.open(fileobj=packed, mode="r|") as tar:
        for member in tar:
            content = tar.extractfile(member)
            if content is None:
                raise BackupError(f"{member.name}: this is no document")
            kept.put(member.name, content)
            count += 1
    return count
