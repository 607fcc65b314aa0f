"""Making a backup: anchors, then the database's snapshot, then documents, then the manifest."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from sqlalchemy.engine import make_url

from app.audit import anchors
from app.documents.errors import StoreError
from app.documents.store import store
from app.ops import schema
from app.ops.backup import database, documents, manifest
from app.ops.backup.errors import BackupError
from app.ops.backup.manifest import Manifest, Part
from app.ops.backup.sealed import Writer
from config import Settings

Tell = Callable[[str], None]


def backup(values: Settings, owner_url: str, folder: Path, key: bytes, tell: Tell) -> Manifest:
    """Write a whole backup to `folder`, which must not exist yet; tell each part that is done.

    The portal goes on serving. Anchors come before the snapshot: the database then holds all
    that they name. Documents come after it: what its rows name was there before them. Raises
    BackupError, and the folder does not come into being.
    """
    with schema.alone(owner_url), _new_folder(folder) as making:
        made = _Making(making, key)
        anchor_keys = _anchors(values.anchor_dir, made)
        tell("anchors")
        with database.snapshot(owner_url) as snapshot, made.part("database") as file:
            database.dump(owner_url, snapshot, file)
        tell("database")
        count = _documents(values, made)
        tell("documents")
        found = Manifest(
            made=snapshot.made,
            server=snapshot.major,
            heads=snapshot.heads,
            application=make_url(values.database_url).username or "",
            code_keys=[known.id for known in values.code_keys],
            anchor_keys=anchor_keys,
            tables=snapshot.tables,
            documents=count,
            parts=made.parts,
        )
        manifest.write(making, key, made.id, found)
    return found


class _Making:
    """A backup being made: its id, and the parts that are whole."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder, self._key = folder, key
        self.id = secrets.token_bytes(16)
        self.parts: dict[str, Part] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """Write one part; it counts once it is whole on the disk."""
        with Writer(self._folder / name, self._key, self.id) as file:
            yield cast("IO[bytes]", file)
        self.parts[name] = Part(size=file.size, sha256=file.sha256)


def _anchors(folder: Path, made: _Making) -> list[str]:
    """Copy the anchor file; return the keys that signed it."""
    path = folder / anchors.FILE
    if not path.exists():
        return []
    keys: dict[str, None] = {}
    with path.open("rb") as lines, made.part("anchors") as file:
        fcntl.flock(lines, fcntl.LOCK_SH)  # no half line of an anchor being made
        for line in lines:
            keys[json.loads(line)["key"]] = None
            file.write(line)
    return list(keys)


def _documents(values: Settings, made: _Making) -> int:
    with made.part("documents") as file:
        return documents.pack(store(values), file)


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Give a folder beside the place, which takes that place only when the block succeeds."""
    making = folder.with_name(f"{folder.name}.making")
    if folder.exists():
        raise BackupError(f"{folder}: is there already; a backup never overwrites another")
    try:
        making.mkdir(mode=0o700)
    except FileExistsError:
        raise BackupError(
            f"{making}: is there; another backup is running, or one was killed: then delete it"
        ) from None
    except OSError as error:
        raise BackupError(f"{making}: cannot be made ({error.strerror})") from None
    try:
        yield making
        making.rename(folder)
        _keep(folder.parent)
    except OSError as error:
        raise BackupError(f"{folder}: cannot be written ({error.strerror})") from error
    except StoreError as error:
        raise BackupError(f"DOCUMENT_STORE_URL: {error}") from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _keep(folder: Path) -> None:
    """Have the disk keep a folder's names."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
