"""What a backup holds: the sealed list of its parts, and of what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from app.ops.backup.errors import BackupError
from app.ops.backup.sealed import Header, Reader, Writer, read_header

NAME: Final = "manifest"
SUMS: Final = "SHA256SUMS"
"""For `sha256sum -c`: whether the files are the ones that were written, told without the key."""


class Part(BaseModel):
    """A file of the backup, as it lies on the disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    sha256: str


class Manifest(BaseModel):
    """All that a restore must know before it writes anything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made: str
    """The database's clock at the snapshot, UTC."""
    server: int
    """PostgreSQL's major version."""
    heads: list[str]
    """The migrations that the database was at."""
    application: str
    """The role to which the database grants what the portal needs."""
    code_keys: list[str]
    """Ids of the CODE_KEYS then in use; letters in the post answer to them."""
    anchor_keys: list[str]
    """Public keys that signed the anchors."""
    tables: dict[str, tuple[int, str]]
    documents: int
    parts: dict[str, Part]

    @property
    def rows(self) -> int:
        """How many rows all tables hold together."""
        return sum(rows for rows, _ in self.tables.values())


def write(folder: Path, key: bytes, backup: bytes, manifest: Manifest) -> None:
    """Seal the manifest into the folder, and write the list of digests beside it."""
    with Writer(folder / NAME, key, backup) as file:
        file.write(manifest.model_dump_json().encode())
    sums = {name: part.sha256 for name, part in manifest.parts.items()} | {NAME: file.sha256}
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()))


def read(folder: Path, key: bytes) -> Manifest:
    """Open a backup and prove all of it: every part there, whole, its own and no other's.

    Raises BackupError with what is wrong.
    """
    path = folder / NAME
    if not path.exists():
        raise BackupError(f"{folder}: this is no backup, it holds no {NAME}")
    with Reader(path, key) as file:
        try:
            manifest = Manifest.model_validate_json(file.read())
        except ValidationError:
            raise BackupError(f"{path}: made by another version of the program") from None
        header = file.header
    if header.part != NAME:
        raise BackupError(f"{path}: this is the part {header.part}")
    for name, part in manifest.parts.items():
        _prove(folder / name, header, part)
    return manifest


def _prove(path: Path, of: Header, part: Part) -> None:
    try:
        with path.open("rb") as file:
            found = read_header(path, file)
            if found.backup != of.backup:
                raise BackupError(f"{path}: this part is of another backup")
            if found.part != path.name:
                raise BackupError(f"{path}: this is the part {found.part}")
            size = path.stat().st_size
            if size < part.size:
                raise BackupError(f"{path}: cut short, {size} of {part.size} bytes are there")
            file.seek(0)
            if hashlib.file_digest(file, "sha256").hexdigest() != part.sha256:
                raise BackupError(f"{path}: damaged, its SHA-256 is not the manifest’s")
    except OSError as error:
        raise BackupError(f"{path}: cannot be read ({error.strerror})") from None


def described(manifest: Manifest) -> Iterator[str]:
    """Tell what is in a backup, one line a part."""
    count = len(manifest.tables)
    yield f"database   {count} tables, {manifest.rows:,} rows, PostgreSQL {manifest.server}"
    yield f"documents  {manifest.documents:,}"
    yield f"anchors    {'yes' if 'anchors' in manifest.parts else 'none were made'}"
