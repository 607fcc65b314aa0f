"""Rows that break exactly one rule of a table: every other rule of it is away meanwhile."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

_RULES = """
    SELECT conname AS name FROM pg_constraint
    WHERE conrelid = CAST(:table AS regclass) AND contype IN ('c', 'f', 'p', 'u', 'x')
    AND conname <> :rule AND conindid NOT IN (
        SELECT conindid FROM pg_constraint
        WHERE conname = :rule AND contype = 'f' AND conrelid = CAST(:table AS regclass))
"""
"""Every other rule of the table, but for the key that the rule itself refers to."""
_INDEXES = """
    SELECT format('%I.%I', n.nspname, i.relname) AS at, i.relname AS name
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_namespace n ON n.oid = i.relnamespace
    WHERE x.indrelid = CAST(:table AS regclass) AND x.indisunique
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid)
"""
_FILLED = """
    SELECT attname AS name FROM pg_attribute
    WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND attnotnull AND attidentity = ''
"""
_KEYS = """
    SELECT a.attname FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
    WHERE k.contype = 'p' AND k.conrelid = CAST(:table AS regclass)
"""
_TRIGGERS = """
    SELECT tgname AS name FROM pg_trigger
    WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal
"""
_PLAIN = {
    bool: False,
    bytes: b"x",
    dt.date: dt.date(2026, 8, 31),
    dt.datetime: dt.datetime(2026, 8, 31, 12, tzinfo=dt.UTC),
    decimal.Decimal: decimal.Decimal(1),
    dict: "{}",
    int: 987_654,
    list: "{x}",
    str: "x",
    uuid.UUID: uuid.UUID(int=987_654),
}


def plain(column):
    """Some value of the column's type, which refers to nothing that is there."""
    kind = column.type
    if isinstance(kind, postgresql.INET):
        return "192.0.2.1"
    if isinstance(kind, postgresql.JSONB):
        return "{}"
    return _PLAIN[kind.python_type]


class Bare:
    """A table with one rule, in a transaction that is never committed."""

    def __init__(self, connection, table):
        self.connection, self.table = connection, table

    def only(self, rule="", *, filled=False):
        """Take every rule but this one away; `filled` keeps what says that a column is filled."""
        for name in self._names(_RULES, rule):
            self._run(f'ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS "{name}" CASCADE')
        for row in self.connection.execute(text(_INDEXES), {"table": self.table}).all():
            if row.name != rule:
                self._run(f"DROP INDEX {row.at}")
        for name in self._names(_TRIGGERS) - {rule}:
            self._run(f'ALTER TABLE {self.table} DISABLE TRIGGER "{name}"')
        if not filled:
            for name in self._names(_FILLED) - self._names(_KEYS):
                self._run(f'ALTER TABLE {self.table} ALTER COLUMN "{name}" DROP NOT NULL')
        self._run("SET CONSTRAINTS ALL IMMEDIATE")

    def insert(self, values):
        """Put a row in; what the database said when it refused, or None."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f"%({name})s" for name in values)
        return self.refusal(
            f"INSERT INTO {self.table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({marks})", values
        )

    def update(self, values):
        """Change every row; what the database said when it refused, or None."""
        marks = ", ".join(f'"{name}" = %({name})s' for name in values)
        return self.refusal(f"UPDATE {self.table} SET {marks}", values)

    def refusal(self, statement, values=None):
        """Run a statement; what the database said when it refused, or None."""
        try:
            with self.connection.begin_nested():
                self.connection.exec_driver_sql(statement, values or {})
        except DBAPIError as refused:
            return refused.orig
        return None

    def _run(self, statement):
        self.connection.exec_driver_sql(statement)

    def _names(self, question, rule=None):
        values = {"table": self.table} | ({} if rule is None else {"rule": rule})
        return set(self.connection.execute(text(question), values).scalars())
