"""Restoring a backup into an empty place: all of it, or nothing."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from sqlalchemy.engine import make_url

from app.audit import anchors
from app.documents.errors import StoreError
from app.documents.store import DocumentStore, store
from app.ops import schema
from app.ops.backup import database, documents, manifest
from app.ops.backup.errors import BackupError
from app.ops.backup.making import Tell
from app.ops.backup.manifest import Manifest
from app.ops.backup.sealed import Reader
from config import Settings


def check(folder: Path, key: bytes) -> Manifest:
    """Prove a backup without restoring it; raise BackupError with what is wrong."""
    return manifest.read(folder, key)


def restore(
    values: Settings, owner_url: str, folder: Path, key: bytes, tell: Tell, *, keep_anchors: bool
) -> Manifest:
    """Put a backup into an empty database, document store and anchor folder.

    `keep_anchors` leaves an anchor folder alone that outlived the database. Everything is proven
    before anything is written; a failure later on takes back what was written. Raises BackupError.
    """
    found = manifest.read(folder, key)
    kept = _store(values)
    with schema.alone(owner_url):
        _refuse_unfit_program(found, owner_url)
        _refuse_unfit_place(found, values, owner_url, kept, keep_anchors=keep_anchors)
        tell("checked")
        with _taken_back(kept, None if keep_anchors else values.anchor_dir):
            if "documents" in found.parts:
                with _part(folder, "documents", key) as file:
                    documents.unpack(kept, file)
            tell("documents")
            if not keep_anchors and "anchors" in found.parts:
                with _part(folder, "anchors", key) as file:
                    _write_anchors(values.anchor_dir, file)
            tell("anchors")
            # Last, since its commit is the one step that is done whole or not at all.
            with _part(folder, "database", key) as file:
                database.load(owner_url, file, found.tables)
            tell("database")
    return found


def _refuse_unfit_program(found: Manifest, owner_url: str) -> None:
    if not all(schema.is_known(head) for head in found.heads):
        raise BackupError(
            f"the backup is of a newer program (migration {', '.join(found.heads)}): "
            "restore with that one"
        )
    if (server := database.server_major(owner_url)) < found.server:
        raise BackupError(
            f"the backup is of PostgreSQL {found.server}, this server is {server}: use a newer one"
        )


def _refuse_unfit_place(
    found: Manifest, values: Settings, owner_url: str, kept: DocumentStore, *, keep_anchors: bool
) -> None:
    role = make_url(values.database_url).username or ""
    if role != found.application:
        raise BackupError(
            f"the backup grants its rights to the role {found.application}, "
            f"but DATABASE_URL names {role}: give it that role"
        )
    if not database.is_empty(owner_url):
        raise BackupError("the database is not empty: restore into a new one")
    if not _holds_nothing(kept):
        raise BackupError("the store of documents is not empty: restore into a new one")
    if not keep_anchors and values.anchor_dir.exists() and any(values.anchor_dir.iterdir()):
        raise BackupError(
            f"{values.anchor_dir}: is not empty; restore into a new folder, "
            "or leave these anchors alone with --keep-anchors"
        )


@contextmanager
def _part(folder: Path, name: str, key: bytes) -> Iterator[IO[bytes]]:
    with Reader(folder / name, key) as sealed:
        yield cast("IO[bytes]", io.BufferedReader(sealed, 1 << 18))


def _write_anchors(folder: Path, content: IO[bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / anchors.FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _taken_back(kept: DocumentStore, anchor_dir: Path | None) -> Iterator[None]:
    """Leave the place empty again, as it was found, when the block fails."""
    try:
        yield
    except BaseException as error:
        kept.clear()
        if anchor_dir is not None:
            (anchor_dir / anchors.FILE).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BackupError(f"the restore could not be written ({error.strerror})") from error
        if isinstance(error, StoreError):
            raise BackupError(f"DOCUMENT_STORE_URL: {error}") from error
        raise


def _store(values: Settings) -> DocumentStore:
    try:
        return store(values)
    except StoreError as error:
        raise BackupError(f"DOCUMENT_STORE_URL: {error}") from error


def _holds_nothing(kept: DocumentStore) -> bool:
    try:
        return next(kept.names(), None) is None
    except StoreError as error:
        raise BackupError(f"DOCUMENT_STORE_URL: {error}") from error
