"""Bringing the database to the version that this program needs, and telling whether it is."""

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


def upgrade(owner_url: str) -> None:
    """Run the missing migrations as the owner; two starts at once wait for each other."""
    engine = create_engine(owner_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.commit()
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
