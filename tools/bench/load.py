"""Loading a world by COPY: triggers and foreign keys asleep, indexes made afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from tools.bench.world import Program, Row, World

Connection = psycopg.Connection[tuple[object, ...]]

_PIECE: Final = 5_000
_OF_PROGRAM: Final[tuple[LiteralString, ...]] = (
    "program_role", "program_action", "standing", "role_action", "role_grant",
)  # fmt: skip
_IDENTITIES: Final[tuple[LiteralString, ...]] = ("party", "account", "delegation")


def tables(world: World) -> Iterator[tuple[LiteralString, LiteralString, Iterable[Row]]]:
    """Table, columns and rows, in an order that foreign keys would like."""
    yield "ab_user", "id, first_name, last_name, username, email, active", world.users()
    yield "party", "id, kind, name, name_folded", world.parties()
    yield (
        "person",
        "id, user_id, urn, given_name, family_name, email, email_folded, language, state",
        world.people(),
    )
    yield "business", "id, bn, base", world.businesses()
    yield (
        "registry_entry",
        (
            "program_id, bn, legal_name, name_folded, base, language, street, city, region,"
            " postal_code, country, origin"
        ),
        world.entries(),
    )
    yield "account", "id, party_id, program_id, standing_code", world.accounts()
    yield (
        "membership",
        "person_id, account_id, program_id, role_code, exclusive, required, status",
        world.memberships(),
    )
    yield (
        "delegation",
        "id, account_id, program_id, delegate_id, level, state",
        world.delegations(),
    )
    yield "assignment", "delegation_id, person_id, level", world.assignments()


def load(superuser_url: str, n: int) -> World:
    """Fill an empty, migrated and synced database with a world of ``n`` people."""
    with psycopg.connect(superuser_url.replace("+psycopg", ""), autocommit=True) as db:
        world = _programs(db, n)
        with db.transaction():
            db.execute("SET LOCAL session_replication_role = replica")
            db.execute("SET LOCAL maintenance_work_mem = '512MB'")
            there = list(tables(world))
            later = _without_indexes(db, [name for name, _, _ in there])
            for name, columns, rows in there:
                _copy(db, name, columns, rows)
            for statement in later:
                db.execute(statement)
            for name in _IDENTITIES:
                db.execute(
                    sql.SQL(
                        "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))"
                    ).format(sql.Literal(name), sql.Identifier(name))
                )
            db.execute("SELECT setval('ab_user_id_seq', (SELECT max(id) FROM ab_user))")
        db.execute("VACUUM ANALYZE")
        db.execute("CHECKPOINT")
    return world


def _programs(db: Connection, n: int) -> World:
    """A program whose accounts have one owner, and a second one with the same roles beside it."""
    first = db.execute(
        "SELECT program_id FROM program_role WHERE exclusive ORDER BY program_id LIMIT 1"
    ).fetchone()
    second = db.execute(
        "INSERT INTO program (code, name_en, name_fr, version)"
        " VALUES ('beside', 'Beside', 'À côté', 1) RETURNING id"
    ).fetchone()
    assert first is not None and second is not None  # noqa: S101, PT018 (what RETURNING promises)
    ids = int(str(first[0])), int(str(second[0]))
    for name in _OF_PROGRAM:
        _copy_of_program(db, name, *ids)
    found = [_program(db, key) for key in ids]
    db.execute(
        "INSERT INTO level_action (program_id, level, action_code)"
        " SELECT program_id, 'broker', code FROM program_action WHERE program_id = %s",
        [ids[0]],
    )
    return World(n, *found)


def _copy_of_program(db: Connection, name: LiteralString, old: int, new: int) -> None:
    described = db.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(name)))
    columns = [one.name for one in described.description or () if one.name != "program_id"]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL(
        "INSERT INTO {0} (program_id, {1}) SELECT %s, {1} FROM {0} WHERE program_id = %s"
    ).format(sql.Identifier(name), names)
    db.execute(statement, [new, old])


def _program(db: Connection, key: int) -> Program:
    owner = db.execute(
        "SELECT code FROM program_role WHERE program_id = %s AND required ORDER BY rank", [key]
    ).fetchone()
    employee = db.execute(
        "SELECT code FROM program_role WHERE program_id = %s AND NOT required AND NOT exclusive"
        " AND reach = 'account' ORDER BY rank",
        [key],
    ).fetchone()
    standing = db.execute("SELECT code FROM standing WHERE program_id = %s", [key]).fetchone()
    assert owner and employee and standing  # noqa: S101, PT018 (synced before)
    return Program(key, str(owner[0]), str(standing[0]), str(employee[0]))


def _without_indexes(db: Connection, names: list[LiteralString]) -> list[str]:
    """Drop what a plain index is, and return how to make it again: sorted, it is made faster."""
    wanted = (
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS"
        " (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
    )
    found = db.execute(wanted, [list(names)]).fetchall()
    for index, _ in found:
        db.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(str(index))))
    return [str(statement) for _, statement in found]


def _copy(db: Connection, name: LiteralString, columns: LiteralString, rows: Iterable[Row]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), sql.SQL(columns))
    lines = ("\t".join(map(_text, row)) + "\n" for row in rows)
    with db.cursor() as cursor, cursor.copy(statement) as copy:
        while piece := list(islice(lines, _PIECE)):
            copy.write("".join(piece))


def _text(value: object) -> str:
    return ("t" if value else "f") if isinstance(value, bool) else str(value)
