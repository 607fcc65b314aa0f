"""`flask backup` and `flask restore`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app.audit.anchors import public_key
from app.audit.commands import prove
from app.base import settings
from app.ops import schema
from app.ops.backup import making, restoring
from app.ops.backup.errors import BackupError
from app.ops.backup.manifest import Manifest, described
from app.ops.backup.sealed import read_key
from config import ConfigError, Settings

_FOLDER = click.argument("folder", type=click.Path(path_type=Path))
_KEY_FILE = click.option(
    "--key-file",
    required=True,
    envvar="BACKUP_KEY_FILE",
    type=click.Path(path_type=Path),
    help="A file that holds 32 random bytes in base64: openssl rand -base64 32",
)


class Stopwatch:
    """Tells each step with the seconds it took."""

    def __init__(self) -> None:
        self._began = self._last = time.perf_counter()

    def tell(self, step: str) -> None:
        """Print a step that is done."""
        now = time.perf_counter()
        click.echo(f"{step:<10} {now - self._last:7.1f} s")
        self._last = now

    @property
    def total(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self._began


@contextmanager
def _told() -> Iterator[None]:
    """Say in one sentence what was wrong, and end with status 1."""
    try:
        yield
    except (BackupError, ConfigError) as error:
        raise click.ClickException(str(error)) from error


@click.command("backup")
@_FOLDER
@_KEY_FILE
@with_appcontext
def backup(folder: Path, key_file: Path) -> None:
    """Write database, documents and anchors to FOLDER, sealed with a key.

    FOLDER must not exist yet. The portal goes on serving. Keep the key apart from the backup, and
    CODE_KEYS, SECRET_KEY and ANCHOR_KEY too: the backup does not hold them.
    """
    values, watch = settings.get(), Stopwatch()
    with _told():
        made = making.backup(
            values, schema.owner_url(values), folder, read_key(key_file), watch.tell
        )
    size = sum(part.size for part in made.parts.values())
    for line in described(made):
        click.echo(line)
    click.echo(f"{folder}: {size / 1e6:,.1f} MB of {made.made} in {watch.total:.1f} s")


@click.command("restore")
@_FOLDER
@_KEY_FILE
@click.option("--check", is_flag=True, help="Prove that the backup is whole; write nothing.")
@click.option("--keep-anchors", is_flag=True, help="Leave the anchors in ANCHOR_DIR as they are.")
@with_appcontext
def restore(folder: Path, key_file: Path, *, check: bool, keep_anchors: bool) -> None:
    """Put the backup in FOLDER into an empty database, document store and ANCHOR_DIR.

    Everything is proven before anything is written. Afterwards the trail is verified.
    """
    watch = Stopwatch()
    with _told():
        key = read_key(key_file)
        if check:
            found = restoring.check(folder, key)
        else:
            found = _restore(folder, key, watch.tell, keep_anchors=keep_anchors)
    for line in described(found):
        click.echo(line)
    click.echo(f"{folder}: whole, of {found.made}; {watch.total:.1f} s")


def _restore(folder: Path, key: bytes, tell: Callable[[str], None], **options: Any) -> Manifest:
    values = settings.get()
    found = restoring.restore(values, schema.owner_url(values), folder, key, tell, **options)
    # The manifest is sealed: the keys in it are those that had signed when it was made.
    report = prove(tuple(found.anchor_keys))
    tell("trail")
    for line in _missing(found, values):
        click.echo(line, err=True)
    if not report.whole:
        raise BackupError(f"restored, but the trail is not whole: {report.breaks[0]}")
    return found


def _missing(found: Manifest, values: Settings) -> Iterator[str]:
    """Tell which keys of the old place this one lacks."""
    here = {key.id for key in values.code_keys}
    if gone := [key for key in found.code_keys if key not in here]:
        yield f"CODE_KEYS: lacks {', '.join(gone)}; letters made with it cannot be used"
    for key in found.anchor_keys:
        if key != public_key(values.anchor_key):
            yield f"ANCHOR_KEY: is another one; verify with flask audit verify --trust {key}"
    if found.heads != sorted(schema.heads()):
        yield "The backup is of an older program: run migrate-db and sync before you serve."
