"""Where documents are kept: a folder or a bucket, by the same few deeds.

Contents go in and out as they come, a few megabytes in memory at a time. What is put is there
whole or not at all. A key is made by the program, never from a name that a person gave.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.exceptions import NotFoundError as Missing
from obstore.store import LocalStore, S3Store

from app.base import settings
from app.documents.errors import NotKept, TooLarge, Unavailable
from config import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

UPLOADS: Final = "uploads/"
"""What begins so are parts of uploads, and no document."""
_PIECE: Final = 5 << 20  # of a multipart put: S3 takes no smaller one
_FOLDER_PIECE: Final = 1 << 20
_READ: Final = 1 << 18
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


class Kept(NamedTuple):
    """What was put: its size in octets, and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


class DocumentStore:
    """A folder or a bucket. Every deed raises Unavailable when it does not answer."""

    def __init__(self, objects: ObjectStore, folder: Path | None = None) -> None:
        self._objects = objects
        self._folder = folder

    def put(self, key: str, chunks: Iterable[bytes], *, at_most: int | None = None) -> Kept:
        """Keep what the chunks hold, in place of what was kept under this key.

        When this returns, it is kept for good; when it raises, nothing of it is. Raises
        TooLarge, and whatever the chunks raise.
        """
        try:
            with _translated(key):
                kept = self._write(_checked(key), chunks, at_most)
        except _Stopped as stopped:
            raise stopped.by from None
        except NotKept:
            raise Unavailable(f"there is no store to put {key} into") from None
        self._settle(key)
        return kept

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Give the octets from ``start`` up to ``end``, by default all. Raises NotKept at once."""
        with _translated(key):
            size = self.size(key)
            end = size if end is None else min(end, size)
            if not 0 <= start < end:
                return iter(())
            found = obstore.get(self._objects, key, options={"range": (start, end)})
        return _streamed(key, found.stream(min_chunk_size=_READ))

    def opened(self, key: str) -> tuple[int, Iterator[bytes]]:
        """Give the size of a document and its octets, both of one version. Raises NotKept."""
        with _translated(key):
            found = obstore.get(self._objects, _checked(key))
        return int(found.meta["size"]), _streamed(key, found.stream(min_chunk_size=_READ))

    def size(self, key: str) -> int:
        """Octets kept under a key. Raises NotKept."""
        with _translated(key):
            return int(obstore.head(self._objects, _checked(key))["size"])

    def exists(self, key: str) -> bool:
        """Whether something is kept under a key."""
        try:
            self.size(key)
        except NotKept:
            return False
        return True

    def delete(self, key: str) -> None:
        """Keep nothing under this key, whether something was or not."""
        try:
            with _translated(key):
                obstore.delete(self._objects, _checked(key))
        except NotKept:
            return

    def names(self, under: str | None = None) -> Iterator[str]:
        """Give the keys of all documents, or of those in a folder; parts of uploads are none."""
        for found in self.listed(under):
            if not found[0].startswith(UPLOADS):
                yield found[0]

    def clear(self) -> None:
        """Delete everything: documents, and uploads that are under way."""
        for name, _, _ in list(self.listed(None)):
            self.delete(name)

    def probe(self) -> None:
        """Put, read and delete a few octets; raise StoreError when one of it does not work."""
        key, content = f"probe/{secrets.token_hex(8)}", secrets.token_bytes(16)
        self.put(key, [content])
        same = b"".join(self.read(key)) == content
        self.delete(key)
        if not same:
            raise Unavailable("the store gives back something else than it was given")

    def add(self, key: str, octets: bytes) -> bool:
        """Keep a few octets under a key that holds nothing yet; whether it held nothing."""
        try:
            with _translated(key):
                obstore.put(
                    self._objects, _checked(key), octets, mode="create", use_multipart=False
                )
        except AlreadyExistsError:
            return False
        self._settle(key)
        return True

    def listed(self, under: str | None = None) -> Iterator[tuple[str, int, datetime]]:
        """Give key, size and last change of everything, parts of uploads among them."""
        with _translated(under or "/"):
            for found in obstore.list(self._objects, under):
                for one in found:
                    yield one["path"], one["size"], one["last_modified"]

    # ── below ───────────────────────────────────────────────────────────────────────────

    def _write(self, key: str, chunks: Iterable[bytes], at_most: int | None) -> Kept:
        """Write them by a writer, which takes back what it wrote when an exception leaves it.

        The library would also take the iterator itself, but asks it for its chunks inside its
        own event loop, where nothing else may be asked of a store.
        """
        size, sha256 = 0, hashlib.sha256()
        piece = _FOLDER_PIECE if self._folder else _PIECE
        with obstore.open_writer(
            self._objects, key, buffer_size=piece, max_concurrency=2
        ) as writer:
            for chunk in _told_apart(chunks):
                size += len(chunk)
                if at_most is not None and size > at_most:
                    raise TooLarge(at_most)
                sha256.update(chunk)
                writer.write(chunk)
        return Kept(size, sha256.hexdigest())

    def _settle(self, key: str) -> None:
        """Have the disk keep a new file and the names that lead to it; a bucket already does."""
        if self._folder is None:
            return
        path = self._folder / key
        while True:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
            if path == self._folder:
                return
            path = path.parent


class _Stopped(Exception):
    """The chunks themselves raised, not the store."""

    def __init__(self, by: Exception) -> None:
        super().__init__(by)
        self.by = by


def _told_apart(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks; what they raise is told apart from what the store raises: both are OSErrors."""
    try:
        yield from chunks
    except Exception as error:
        raise _Stopped(error) from error


def _streamed(key: str, chunks: Iterable[object]) -> Iterator[bytes]:
    with _translated(key):
        for chunk in chunks:
            yield bytes(chunk)  # type: ignore[call-overload]


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, Missing):
        raise NotKept(key) from None
    except AlreadyExistsError:
        raise
    except (BaseError, OSError) as error:
        # The rest tells of the library's inside, line by line.
        raise Unavailable(str(error).partition("\n")[0]) from None


def _checked(key: str) -> str:
    if _KEY.fullmatch(key) is None or len(key) > 400:
        raise ValueError(f"{key!r} is no key of a document")
    return key


# ── which store ─────────────────────────────────────────────────────────────────────────


def store(values: Settings | None = None, *, hurried: bool = False) -> DocumentStore:
    """The store that the settings name, by default those of this process. Raises Unavailable.

    ``hurried`` is for a look at it: a server that does not answer at once is given up.
    """
    values = values or settings.get()
    return _opened(
        os.getpid(),  # a process that was forked has none of its parent's connections
        values.document_store_url,
        values.s3_endpoint,
        values.s3_region,
        values.s3_access_key_id,
        values.s3_secret_access_key,
        hurried=hurried,
    )


def folder(values: Settings) -> Path | None:
    """The folder of a store that is one."""
    parts = urlsplit(values.document_store_url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


@lru_cache(maxsize=8)
def _opened(
    _process: int,
    url: str,
    endpoint: str | None,
    region: str,
    key: str | None,
    secret: str | None,
    *,
    hurried: bool = False,
) -> DocumentStore:
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.scheme == "file":
        root = Path(path)
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)  # for our eyes alone
        except OSError as error:
            raise Unavailable(f"{root}: cannot be made ({error.strerror})") from None
        return DocumentStore(LocalStore(root), root)
    bucket = S3Store(
        parts.netloc,
        prefix=path.strip("/") or None,
        endpoint=endpoint,
        region=region,
        access_key_id=key,
        secret_access_key=secret,
        client_options={
            "allow_http": (endpoint or "").startswith("http:"),
            "connect_timeout": "2s" if hurried else "5s",
            "timeout": "3s" if hurried else "60s",
        },
        retry_config={
            "max_retries": 0 if hurried else 3,
            "retry_timeout": timedelta(seconds=3 if hurried else 60),
        },
    )
    return DocumentStore(bucket)
