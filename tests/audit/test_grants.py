"""The application may record and read. Nothing else, and nobody but the owner more."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.audit.trail import last_seq, proved, write

FORBIDDEN_TO_THE_APPLICATION = [
    "INSERT INTO audit.entry SELECT * FROM audit.entry",
    "UPDATE audit.entry SET actor_id = 1",
    "DELETE FROM audit.entry",
    "TRUNCATE audit.entry CASCADE",
    "SELECT * FROM audit.entry FOR UPDATE",
    "INSERT INTO audit.personal VALUES (1, 's', '{}', NULL)",
    "UPDATE audit.personal SET values = NULL",
    "DELETE FROM audit.personal",
    "TRUNCATE audit.personal",
    "INSERT INTO audit.head (seq, hash) VALUES (9, 'x')",
    "UPDATE audit.head SET seq = 0",
    "SELECT * FROM audit.head FOR UPDATE",
    "DELETE FROM audit.head",
    "TRUNCATE audit.head",
    "DROP TABLE audit.entry CASCADE",
    "ALTER TABLE audit.entry ADD COLUMN x int",
    "ALTER TABLE audit.entry DISABLE TRIGGER ALL",
    "ALTER TABLE audit.entry OWNER TO guichet_app",
    "CREATE TRIGGER x BEFORE INSERT ON audit.entry EXECUTE FUNCTION audit.refuse_change()",
    "CREATE TABLE audit.mine (x int)",
    "CREATE FUNCTION audit.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OR REPLACE FUNCTION audit.part(text) RETURNS text LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION audit.record",
    "ALTER FUNCTION audit.record SECURITY INVOKER",
    "DROP SCHEMA audit CASCADE",
    "SET ROLE guichet_owner",
    "SET SESSION AUTHORIZATION guichet_owner",
    "SET session_replication_role = replica",
    "SELECT audit.canonical(entry) FROM audit.entry",
    "SELECT audit.facts(entry) FROM audit.entry",
    "SELECT audit.linked(1, now(), '', 'x')",
    "SELECT audit.digest('s', 'a', 'b', 'c')",
    "CREATE OR REPLACE FUNCTION guichet_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    "CREATE TABLE public.mine (x int)",
    "CREATE TEMP TABLE head (one boolean, seq bigint, hash bytea)",
]
REFUSED_TO_THE_OWNER = [
    "UPDATE audit.entry SET actor_id = 1",
    "UPDATE audit.entry SET hash = hash",
    "DELETE FROM audit.entry",
    "TRUNCATE audit.entry CASCADE",
    "DELETE FROM audit.personal",
    "TRUNCATE audit.personal",
    "UPDATE audit.head SET seq = 0",
    "UPDATE audit.head SET hash = 'x'",
    "UPDATE audit.head SET seq = seq + 2",
    "INSERT INTO audit.head (seq, hash) VALUES (9, 'x')",
    "DELETE FROM audit.head",
    "TRUNCATE audit.head",
]


@pytest.mark.parametrize("statement", FORBIDDEN_TO_THE_APPLICATION)
def test_the_application_may_only_record_and_read(db, statement):
    write(2)
    with pytest.raises(
        DBAPIError, match=r"permission denied|must be owner|must be able to SET|not have"
    ):
        db.connection().exec_driver_sql(statement)
    db.rollback()
    assert proved().whole


@pytest.mark.parametrize("statement", REFUSED_TO_THE_OWNER)
def test_even_the_owner_is_refused_while_the_triggers_stand(db, owner_db, statement):
    write(2)
    with pytest.raises(DBAPIError, match="append-only"):
        owner_db.connection().exec_driver_sql(statement)


def test_the_application_reads_what_it_recorded(db):
    write(2)
    db.rollback()
    rows = db.execute(text("SELECT count(*) FROM audit.entry JOIN audit.personal USING (seq)"))
    assert rows.scalar_one() >= 2


def test_a_function_on_the_callers_search_path_stands_in_for_none_that_record_uses(db, owner_db):
    """`search_path` is pinned in every function that runs with the owner's rights."""
    write(1)
    plant = owner_db.connection().exec_driver_sql
    plant("CREATE SCHEMA planted")
    plant("GRANT USAGE ON SCHEMA planted TO guichet_app")
    for name, kind in (("sha256(bytea)", "bytea"), ("host(inet)", "text")):
        body = f"SELECT CAST('planted' AS {kind})"
        plant(f"CREATE FUNCTION planted.{name} RETURNS {kind} LANGUAGE sql AS $$ {body} $$")
    owner_db.commit()
    before = last_seq()
    run = db.connection().exec_driver_sql
    run("SET LOCAL search_path = planted, pg_catalog")
    assert run("SELECT sha256('a')").scalar_one() == b"planted"
    run("SELECT audit.record('session.begun', 'done', p_address => '192.0.2.1')")
    db.commit()
    assert last_seq() == before + 1
    assert proved().whole


@pytest.mark.parametrize(
    "arguments",
    [
        "'nonsense', 'done'",
        "'Session.Begun', 'done'",
        "'session.begun', 'perhaps'",
        "'session.begun', 'done', p_target_kind => 'person'",
        """'session.begun', 'done', p_changes => '{"a": 1}'""",
        """'session.begun', 'done', p_changes => '{"a": ["b"]}'""",
        """'session.begun', 'done', p_changes => '{"a": ["b", 2]}'""",
        """'session.begun', 'done', p_personal => '{"a": [{}, null]}'""",
    ],
)
def test_the_function_refuses_what_it_could_not_prove(db, arguments):
    with pytest.raises(DBAPIError, match=r"of the trail is|violates check"):
        db.connection().exec_driver_sql(f"SELECT audit.record({arguments})")


def test_the_function_leaves_the_time_the_number_and_the_hash_to_nobody(db):
    names = db.execute(
        text("SELECT unnest(proargnames) FROM pg_proc WHERE oid = 'audit.record'\\:\\:regproc")
    )
    assert not {"p_seq", "p_at", "p_hash", "p_prev_hash"} & set(names.scalars())
