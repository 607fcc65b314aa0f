"""How Alembic reaches the database: as the owner, through the address it is given.

`app.ops.schema` hands over an open connection; the plain `alembic` command uses
DATABASE_OWNER_URL.
"""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.engine import make_url

from app.models import metadata


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Our two schemas, and of the first all but the queue's tables: a migration of its own."""
    if kind == "schema":
        return name in {None, "audit"}
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def application_role() -> str:
    """Who is granted what the portal needs: the user name of DATABASE_URL."""
    url = os.environ.get("DATABASE_URL")
    return (make_url(url).username if url else None) or "guichet_app"


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction: a failure leaves the schema as it was.

    Old web processes go on serving. A migration that waits for a table's lock makes every later
    request wait behind it, so it waits for moments only and gives up; `app.ops.schema`
    starts it again.
    """
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_schemas=True,
        include_name=is_ours,
        application_role=application_role(),
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        context.run_migrations()
        # `/readyz` compares versions as the application, which may read nothing by default.
        connection.execute(text(f'GRANT SELECT ON alembic_version TO "{application_role()}"'))


if context.is_offline_mode():
    raise SystemExit("migrations look at the database: run them online, with DATABASE_OWNER_URL")

given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    url = os.environ.get("DATABASE_OWNER_URL")
    if not url:
        raise SystemExit("DATABASE_OWNER_URL: is not set")
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        migrate(connection)
