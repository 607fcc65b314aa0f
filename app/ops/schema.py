"""Bringing the database to the version that this program needs, and telling whether it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, pool, text

from config import ROOT

_ONE_AT_A_TIME = 7_401_553  # an advisory lock's number, ours alone


def _config() -> Config:
    return Config(str(ROOT / "alembic.ini"))


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
    return frozenset(ScriptDirectory.from_config(_config()).get_heads())


def is_current(connection: Connection) -> bool:
    """Tell whether the database is at the program's version."""
    found = MigrationContext.configure(connection).get_current_heads()
    return frozenset(found) == heads()
