"""The database of a backup: one consistent snapshot out, the same rows in, or none.

pg_dump writes the snapshot as SQL, with grants, triggers, sequences and comments. What every
table held in it is counted and digested beside it, and proven in the restoring transaction before
that commits.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

import psycopg
from psycopg import sql

from app.ops.backup import programs
from app.ops.backup.errors import BackupError

Tables = dict[str, tuple[int, str]]
"""Table → how many rows, and the sum of their hashes: the same whatever their order."""

_COMPRESSION: Final = 3
_BLOCK: Final = 1 << 18
_FIXED: Final = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres';"
    " SET bytea_output = 'hex'; SET extra_float_digits = 1;"
)
"""A row's text must not depend on who asks."""
_TABLES: Final = """
    SELECT n.nspname, c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    ORDER BY n.nspname, c.relname
"""
_CONTENT: Final = """
    SELECT count(*) AS held, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text AS digest
    FROM {} AS t
"""
_PROOF: Final = """
    DO $proof$ BEGIN
        PERFORM FROM ({content}) AS found WHERE held = {rows} AND digest = {digest};
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the rows of {table} are not those of the backup';
        END IF;
    END $proof$;
"""
_THINGS: Final = """
    SELECT count(*) FROM (
        SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_'
            AND nspname NOT IN ('public', 'information_schema')
        UNION ALL SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT oid FROM pg_type WHERE typnamespace = 'public'::regnamespace
    ) AS things
"""
_SINCE_17: Final = b"SET transaction_timeout = 0;\n"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the database held at one instant, and the name under which others see that instant."""

    name: str
    made: str
    major: int
    heads: list[str]
    tables: Tables


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold one instant of the database, while deeds go on; count and digest every table in it."""
    with psycopg.connect(programs.dsn(url)) as connection:
        connection.execute(
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        )  # before the first look, which is the instant
        name = _one(connection, "SELECT pg_export_snapshot()")
        connection.execute(_FIXED)
        yield Snapshot(
            name=name,
            made=_one(connection, "SELECT to_char(guichet_now(), 'YYYY-MM-DD\"T\"HH24:MI:SSTZH')"),
            major=connection.info.server_version // 10_000,
            heads=[
                head for (head,) in connection.execute("SELECT version_num FROM alembic_version")
            ],
            tables=dict(_contents(connection)),
        )


def _one(connection: psycopg.Connection[tuple[str]], question: str) -> str:
    row = connection.execute(question.encode()).fetchone()
    if row is None:
        raise BackupError("the database did not answer")
    return row[0]


def _contents(connection: psycopg.Connection[tuple[str]]) -> Iterator[tuple[str, tuple[int, str]]]:
    for schema, name in connection.execute(_TABLES).fetchall():  # type: ignore[misc]
        question = sql.SQL(_CONTENT).format(sql.Identifier(schema, name))
        rows, digest = connection.execute(question).fetchone()  # type: ignore[misc]
        yield f"{schema}.{name}", (int(rows), digest)


def dump(url: str, of: Snapshot, into: IO[bytes]) -> None:
    """Write the snapshot as compressed SQL. Raises BackupError with pg_dump's own words."""
    found = programs.for_server(of.major)
    target, environment = programs.connection(url)
    command = [found.command("pg_dump"), f"--dbname={target}", f"--snapshot={of.name}"]
    command += ["--no-owner", "--no-tablespaces", "--no-publications", "--no-subscriptions"]
    command += ["--encoding=UTF8", "--lock-wait-timeout=60s", "--no-password"]
    with _packing(into) as packed, _running(command, environment, writing=False) as plain:
        first = plain.read(_BLOCK)
        if of.major < 17:
            # A newer pg_dump sets what such a server does not know. It stands before any row.
            first = first.replace(_SINCE_17, b"", 1)
        packed.write(first)
        shutil.copyfileobj(plain, packed, _BLOCK)


def _packing(into: IO[bytes]) -> gzip.GzipFile:
    return gzip.GzipFile("", "wb", _COMPRESSION, into, mtime=0)


def load(url: str, packed: IO[bytes], tables: Tables) -> None:
    """Put a snapshot into an empty database, and prove every table, in one transaction.

    Raises BackupError, and nothing is there, when a statement fails or a row is missing.
    """
    found = programs.for_server(server_major(url))
    target, environment = programs.connection(url)
    command = [found.command("psql"), f"--dbname={target}", "--no-psqlrc", "--quiet"]
    command += ["--no-password", "--set=ON_ERROR_STOP=1", "--file=-"]
    with gzip.GzipFile(fileobj=packed) as plain, _running(command, environment, writing=True) as to:
        # Our own BEGIN and COMMIT: were we killed, psql would end with what it has, and its
        # option for one transaction would commit that.
        to.write(b"BEGIN;\n")
        shutil.copyfileobj(plain, to, _BLOCK)
        to.write(_proof(tables).encode())
        to.write(b"COMMIT;\n")


def _proof(tables: Tables) -> str:
    """A block that raises when a table does not hold what it held in the snapshot."""
    blocks = [_FIXED]
    for table, (rows, digest) in tables.items():
        name = sql.Identifier(*table.split(".", 1))
        block = sql.SQL(_PROOF).format(
            content=sql.SQL(_CONTENT).format(name), rows=rows, digest=digest, table=name
        )
        blocks.append(block.as_string())
    return "".join(blocks)


def is_empty(url: str) -> bool:
    """Tell whether a database holds nothing: no table, type, function nor schema of its own."""
    with psycopg.connect(programs.dsn(url)) as connection:
        return connection.execute(_THINGS).fetchone() == (0,)


def server_major(url: str) -> int:
    """The major version of the server at an address."""
    with psycopg.connect(programs.dsn(url)) as connection:
        return connection.info.server_version // 10_000


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], *, writing: bool
) -> Iterator[IO[bytes]]:
    """Run a program and give the pipe to or from it.

    When its user fails it is killed: its connection ends, and nothing of it is kept. Raises
    BackupError with the program's own first error when it fails.
    """
    pipes = (subprocess.PIPE, subprocess.DEVNULL)
    given, taken = pipes if writing else pipes[::-1]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdin=given, stdout=taken, stderr=said)
        pipe = cast("IO[bytes]", process.stdin or process.stdout)
        try:
            with suppress(BrokenPipeError):  # it ended at a failed statement, and says which
                yield pipe
                pipe.close()
        except BaseException:
            process.kill()
            raise
        finally:
            with suppress(BrokenPipeError):
                pipe.close()
            process.wait()
        if process.returncode != 0:
            raise BackupError(f"{Path(command[0]).name} failed: {_first_error(said)}")


def _first_error(said: IO[bytes]) -> str:
    said.seek(0)
    # Only the error: the details that follow quote the row.
    lines = said.read(_BLOCK).decode(errors="replace").splitlines()
    return next((line for line in lines if "error:" in line.lower()), "it told no reason")
