"""Migrations: one line of them, equal to the models, harmless to what is already there."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, pool, text

from app.models import metadata
from app.ops import schema
from tests.support.database import plain_engine

SCRIPTS = ScriptDirectory.from_config(schema._config())
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions("base", "heads")][::-1]


def config_on(connection):
    """Alembic's settings, for this connection."""
    config = schema._config()
    config.attributes["connection"] = connection
    return config


def test_there_is_one_line_of_migrations():
    assert len(SCRIPTS.get_heads()) == 1
    assert len(SCRIPTS.get_bases()) == 1
    assert [script.down_revision for script in SCRIPTS.walk_revisions()][::-1] == [
        None,
        *REVISIONS[:-1],
    ]


def test_the_models_and_the_migrated_database_agree(owner_engine):
    with owner_engine.connect() as connection:
        command.check(config_on(connection))


def test_what_autogenerate_cannot_see_agrees_too(owner_engine):
    """Alembic compares neither check constraints nor exclusion constraints nor comments."""
    found = inspect(owner_engine)
    for table in metadata.sorted_tables:
        if table.name.startswith("ab_"):
            continue
        written = {str(check.name) for check in table.constraints if "ck_" in str(check.name)}
        there = {c["name"] for c in found.get_check_constraints(table.name, schema=table.schema)}
        assert written == there, table.name
        said = {column.name: column.comment for column in table.columns}
        shown = {
            c["name"]: c["comment"] for c in found.get_columns(table.name, schema=table.schema)
        }
        assert said == shown, table.name


@pytest.mark.parametrize("before", REVISIONS[:-1])
def test_an_upgrade_keeps_what_is_there(databases, before):
    with databases.empty() as name:
        engine = create_engine(databases.owner_url(name), poolclass=pool.NullPool)
        with engine.connect() as connection:
            command.upgrade(config_on(connection), before)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO program (code, name_en, name_fr, version)"
                    " VALUES ('here', 'Here', 'Ici', 1)"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO party (kind, name, name_folded)"
                    " VALUES ('business', 'Éclair', 'eclair')"
                )
            )
        schema.upgrade(databases.owner_url(name))
        with engine.connect() as connection:
            assert schema.is_current(connection)
            assert connection.execute(text("SELECT code FROM program")).scalars().all() == ["here"]
            assert connection.execute(text("SELECT name FROM party")).scalars().all() == ["Éclair"]


def test_an_upgrade_of_what_is_current_changes_nothing(databases, database):
    with plain_engine(databases.owner_url(database)) as engine, engine.connect() as connection:
        before = connection.execute(text("SELECT count(*) FROM audit.entry")).scalar_one()
        connection.rollback()
        schema.upgrade(databases.owner_url(database))
        assert schema.is_current(connection)
        after = connection.execute(text("SELECT count(*) FROM audit.entry")).scalar_one()
    assert after == before


def test_the_application_may_read_but_not_write_what_definitions_say(engine):
    for table in ("program", "program_role", "role_action", "staff_role_action", "ab_role"):
        with engine.connect() as connection:
            connection.execute(text(f"SELECT count(*) FROM {table}"))
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(text(f"DELETE FROM {table}"))


def test_the_application_owns_nothing(owner_engine):
    """Not one table, function, type or schema: it can alter what it owns."""
    owned = """
        SELECT relname FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
            WHERE rolname = 'guichet_app'
        UNION SELECT proname FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner
            WHERE rolname = 'guichet_app'
        UNION SELECT nspname FROM pg_namespace JOIN pg_roles ON pg_roles.oid = nspowner
            WHERE rolname = 'guichet_app'
    """
    with owner_engine.connect() as connection:
        assert connection.execute(text(owned)).all() == []


def test_every_new_table_begins_with_no_rights_for_the_application(owner_engine):
    """A default privilege would hand each later table over, the frozen ones too."""
    with owner_engine.connect() as connection:
        given = (
            "SELECT defaclobjtype FROM pg_default_acl WHERE defaclacl::text LIKE '%%guichet_app%%'"
        )
        assert connection.exec_driver_sql(given).all() == []
