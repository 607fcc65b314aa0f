"""The database attacked as the application: what a break-in through the web still cannot do."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.enrolment import steps

NEVER = {
    "a registration of somebody else": "UPDATE registration SET person_id = :other",
    "a letter of another registration": "UPDATE letter SET registration_id = registration_id + 1",
    "a letter's number": "UPDATE letter SET number = 'L-2000-000001' WHERE number IS NOT NULL",
    "when a letter was made": "UPDATE letter SET made_at = made_at - interval '9 days'"
    " WHERE made_at IS NOT NULL",
    "a try given back": "UPDATE activation_code SET tries = tries - 1 WHERE tries > 0",
    "a session of somebody else": "UPDATE sign_in_session SET person_id = :other",
    "a session that began later": "UPDATE sign_in_session SET started_at = started_at"
    " + interval '1 hour'",
    "a reset that signs in": "UPDATE sign_in_session SET purpose = 'password_reset'",
    "a notice to somebody else": "UPDATE notice SET person_id = :other",
    "a notice that says something else": "UPDATE notice SET facts = '{}'",
    "another kind of staff": "UPDATE staff_assignment SET staff_role = 'administrator'",
    "another program's staff": "UPDATE staff_assignment SET program_id = program_id + 1",
    "an account closed without a day": "UPDATE account SET state = 'closed'",
    "an open account that was closed": "UPDATE account SET closed_at = guichet_now()",
    "an answer that nobody gave": "UPDATE ownership_transfer SET answered_at = guichet_now()",
    "an offer attested": "UPDATE ownership_transfer SET attested_at = guichet_now()",
    "an acceptance of no day": "UPDATE ownership_transfer SET state = 'accepted'",
    "an end without a reason": "UPDATE membership SET status = 'ended',"
    " ended_at = guichet_now() WHERE NOT required",
    "an import rewritten": "UPDATE registry_import SET sha256 = ''",
}


@contextmanager
def refused():
    with pytest.raises(DBAPIError) as problem:
        yield
    assert problem.value.orig.sqlstate in {"23001", "23514", "42501", "23503"}


@pytest.fixture
def filled(app, world, sign_in):
    """One row of each kind, and somebody else."""
    person, officer, other = world.person(), world.staff("program_officer"), world.person()
    account = world.account()
    world.member(account, 2)
    world.transfer(account, other)
    with app.app_context():
        row = steps.register(world, person, world.registry_entry())
        steps.make(officer, row)
    world.db.execute(text("UPDATE activation_code SET tries = 2"))
    world.db.commit()
    sign_in(person)
    return other.id


@pytest.mark.parametrize("what", NEVER)
def test_the_application_cannot_make(what, filled, engine):
    statement = text(NEVER[what])
    values = {"other": filled} if ":other" in NEVER[what] else {}
    with refused(), engine.begin() as connection:
        connection.execute(statement, values)
        connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_a_cancelled_letter_stays_cancelled(filled, engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE letter SET state = 'cancelled'"))
    with refused(), engine.begin() as connection:
        connection.execute(text("UPDATE letter SET state = 'due', made_at = NULL"))


def test_a_registration_has_one_letter_in_the_house(filled, engine):
    """`due` beside `prepared` would be two codes on their way to one person."""
    again = (
        "INSERT INTO letter (registration_id, program_id, language, address)"
        " SELECT registration_id, program_id, language, address FROM letter"
    )
    with pytest.raises(DBAPIError, match="uq_letter_unposted"), engine.begin() as connection:
        connection.execute(text(again))


def test_an_offer_ends_after_it_began(world):
    account = world.account()
    with pytest.raises(DBAPIError, match="ck_ownership_transfer_dates"):
        world.transfer(account, days=0, offered_at=world.now() + timedelta(days=1))


def test_a_table_of_ones_own_shadows_no_table_of_the_rules(owner_db):
    """With the right to make temporary tables, an empty `membership` would hide the owners."""
    settings = "SELECT proname, proconfig FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    found = {row.proname: row.proconfig for row in owner_db.execute(text(settings))}
    path = "search_path=pg_catalog, public, pg_temp"
    assert found["account_has_required_roles"] == [path]


def test_the_application_makes_no_table_and_empties_none(engine):
    for statement in (
        "CREATE TEMP TABLE membership (id int)",
        "CREATE TABLE public.anything (id int)",
        "TRUNCATE membership CASCADE",
        "TRUNCATE audit.entry CASCADE",
        "ALTER TABLE membership DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION guichet_now() RETURNS timestamptz RETURN now()",
        "SELECT setval('letter_number_seq', 1)",
        "DELETE FROM membership",
        "DELETE FROM account",
        "DELETE FROM ownership_transfer",
        "DELETE FROM activation_code",
        "DELETE FROM terms_acceptance",
        "UPDATE client_number SET number = '1'",
        "INSERT INTO staff_role_action VALUES ('auditor', 'staff.registry.import')",
        "INSERT INTO audit.entry DEFAULT VALUES",
        "SELECT audit.erase_personal('{1}', 'x')",
    ):
        with pytest.raises(DBAPIError) as problem, engine.begin() as connection:
            connection.execute(text(statement))
        assert problem.value.orig.sqlstate == "42501", statement
