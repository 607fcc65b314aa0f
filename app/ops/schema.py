"""Bringing the database to the version that this program needs, and telling whether it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, pool, text

from config import ROOT, ConfigError, Settings

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
    """Run the missing migrations as the owner."""
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
    """Tell whether the database is at the program's version."""
    found = MigrationContext.configure(connection).get_current_heads()
    return frozenset(found) == heads()
