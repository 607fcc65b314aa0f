"""The guards in the database, from its own catalogue: what its owner could take away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from tools.postgres import APPLICATION
from tools.removal.items import Item

_OURS = """
    n.nspname IN ('public', 'audit') AND c.relname !~ '^procrastinate_'
    AND c.relname <> 'alembic_version'
"""
"""The job queue's tables are that library's own, as is the number of the last migration."""

_KINDS = {
    "c": "check",
    "f": "foreign key",
    "p": "primary key",
    "u": "unique",
    "x": "exclusion",
}

_CONSTRAINTS = """
    SELECT k.contype::text AS kind, k.conname AS name, format('%I.%I', n.nspname, c.relname) AS at
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND @ours
"""
_INDEXES = """
    SELECT i.relname AS name, format('%I.%I', n.nspname, c.relname) AS at,
        format('%I.%I', n.nspname, i.relname) AS index
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE x.indisunique AND @ours
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
"""
_FILLED = """
    SELECT format('%I.%I', n.nspname, c.relname) AS at, array_agg(a.attname::text) AS columns
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped
    AND a.attidentity = '' AND @ours
    AND NOT EXISTS (
        SELECT FROM pg_constraint k
        WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey))
    GROUP BY 1
"""
_TRIGGERS = """
    SELECT t.tgname AS name, format('%I.%I', n.nspname, c.relname) AS at
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND @ours
"""
_WITHHELD = """
    SELECT format('%I.%I', n.nspname, c.relname) AS at, array_agg(right_) AS rights
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
    unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
        AS right_
    WHERE c.relkind = 'r' AND @ours
    AND NOT has_table_privilege('@application', c.oid, right_)
    GROUP BY 1
    UNION ALL
    SELECT format('FUNCTION %s', p.oid::regprocedure), ARRAY['EXECUTE']
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('public', 'audit') AND p.prorettype <> 'trigger'::regtype
    AND NOT has_function_privilege('@application', p.oid, 'EXECUTE')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('SCHEMA %I', n.nspname), ARRAY['CREATE'] FROM pg_namespace n
    WHERE n.nspname IN ('public', 'audit')
    AND NOT has_schema_privilege('@application', n.oid, 'CREATE')
    UNION ALL
    SELECT 'ALL SEQUENCES IN SCHEMA public', ARRAY['UPDATE'] WHERE EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE @ours AND CASE c.relkind
            WHEN 'S' THEN NOT has_sequence_privilege('@application', c.oid, 'UPDATE') END)
"""


def listed(connection: Connection) -> list[Item]:
    """Every guard in the database."""
    return [
        *_constraints(connection),
        *_indexes(connection),
        *_filled(connection),
        *_triggers(connection),
        *_rights(connection),
    ]


def _rows(connection: Connection, question: str) -> Sequence[Row[Any]]:
    asked = question.replace("@ours", _OURS).replace("@application", APPLICATION)
    return connection.execute(text(asked)).all()


def _plain(name: str) -> str:
    return name.removeprefix("public.")


def _constraints(connection: Connection) -> Iterator[Item]:
    for row in _rows(connection, _CONSTRAINTS):
        # A key that others refer to goes with their references.
        take_out = f'ALTER TABLE {row.at} DROP CONSTRAINT "{row.name}" CASCADE'
        yield Item(_KINDS[row.kind], f"{_plain(row.at)}: {row.name}", statements=(take_out,))


def _indexes(connection: Connection) -> Iterator[Item]:
    for row in _rows(connection, _INDEXES):
        take_out = f"DROP INDEX {row.index}"
        yield Item("unique", f"{_plain(row.at)}: {row.name}", statements=(take_out,))


def _filled(connection: Connection) -> Iterator[Item]:
    for row in _rows(connection, _FILLED):
        drops = ", ".join(f'ALTER COLUMN "{column}" DROP NOT NULL' for column in row.columns)
        yield Item("not null", _plain(row.at), statements=(f"ALTER TABLE {row.at} {drops}",))


def _triggers(connection: Connection) -> Iterator[Item]:
    for row in _rows(connection, _TRIGGERS):
        take_out = f'DROP TRIGGER "{row.name}" ON {row.at}'
        yield Item("trigger", f"{_plain(row.at)}: {row.name}", statements=(take_out,))


def _rights(connection: Connection) -> Iterator[Item]:
    for row in _rows(connection, _WITHHELD):
        rights = ", ".join(row.rights)
        give = f"GRANT {rights} ON {row.at} TO {APPLICATION}"
        yield Item("right withheld", _plain(row.at), statements=(give,))
