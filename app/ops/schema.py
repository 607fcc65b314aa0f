"""Bringing the database to the version that this program needs, and telling whether it is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.exc import OperationalError

from config import ROOT, ConfigError, Settings

_PAUSES: Final = (1, 2, 4, 8)
"""Seconds between tries of a migration, in which waiting requests pass."""
_ONE_AT_A_TIME = 7_401_553  # an advisory lock's number, ours alone


def owner_url(values: Settings) -> str:
    """Return the address of the tables' owner; raise ConfigError when it is not given."""
    if values.database_owner_url is None:
        raise ConfigError("DATABASE_OWNER_URL: is not set; this command changes what tables hold")
    return values.database_owner_url


def _config() -> Config:
    return Config(str(ROOT / "alembic.ini"))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


@contextmanager
def alone(owner_url: str) -> Iterator[None]:
    """Hold the one place for whoever changes the schema or the definitions; others wait."""
    engine = create_engine(owner_url, poolclass=pool.NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # The lock ends with the connection, however this process ends.
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ONE_AT_A_TIME})
        yield


def upgrade(owner_url: str) -> None:
    """Run the missing migrations as the owner, while an older program may go on serving.

    A migration that does not get a table's lock within two seconds lets the requests behind it
    pass, and is tried again. Raises ConfigError when it never gets it; the schema is then as it
    was.
    """
    for pause in (*_PAUSES, None):
        try:
            _upgrade_once(owner_url)
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            if pause is None:
                raise ConfigError(
                    "the database is busy: a table was never free for the migration; nothing was"
                    " changed, try again when no long transaction runs"
                ) from None
            time.sleep(pause)
        else:
            return


def _upgrade_once(owner_url: str) -> None:
    engine = create_engine(owner_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@lru_cache(maxsize=1)
def heads() -> frozenset[str]:
    """The newest versions among the program's migrations."""
    return frozenset(_scripts().get_heads())


def is_known(version: str) -> bool:
    """Tell whether a version is among the program's migrations."""
    return version in {script.revision for script in _scripts().walk_revisions()}


def is_current(connection: Connection) -> bool:
    """Tell whether the database is at the program's version, or a later one.

    Migrations add before they take away, so an older program goes on serving while a newer one
    is brought in: it stays ready until it is stopped.
    """
    found = frozenset(MigrationContext.configure(connection).get_current_heads())
    return found == heads() or is_ahead(found)


def is_ahead(found: frozenset[str]) -> bool:
    """Tell whether versions follow the program's own. They are numbers of four digits."""
    numbers = [version for version in found if version.isascii() and version.isdigit()]
    return bool(numbers) and len(numbers) == len(found) and min(numbers) > max(heads())
