"""What the application's role may do with each table: this much, and nothing more.

A break-in through the web has these rights and no others; the triggers and the conditions stand
behind them.
"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.models import metadata

LETTERS = {"SELECT": "s", "INSERT": "i", "UPDATE": "u", "DELETE": "d"}
ALL = (*LETTERS, "TRUNCATE", "REFERENCES", "TRIGGER")
RIGHTS = {
    "ab_api_key": "s",
    "ab_group": "s",
    "ab_group_role": "s",
    "ab_permission": "s",
    "ab_permission_view": "s",
    "ab_permission_view_role": "s",
    "ab_register_user": "s",
    "ab_role": "s",
    "ab_user": "siud",
    "ab_user_group": "s",
    "ab_user_role": "siud",
    "ab_view_menu": "s",
    "access_request": "siu",
    "account": "siu",
    "account_use": "si",
    "activation_code": "siu",
    "announcement": "siu",
    "answer": "siu",
    "assignment": "siud",
    "business_tries": "siu",
    "audit.entry": "s",
    "audit.head": "s",
    "audit.personal": "s",
    "bulk_line": "siud",
    "bulk_run": "siud",
    "business": "siu",
    "case_move": "si",
    "case_part": "siu",
    "case_state": "s",
    "case_step": "s",
    "challenge": "siud",
    "client_ask": "siu",
    "client_case": "siu",
    "client_group": "siu",
    "client_list": "siu",
    "client_number": "si",
    "consent_partner": "s",
    "credential": "siud",
    "delegation": "siu",
    "delegation_request": "siu",
    "document": "siu",
    "factor": "siud",
    "given_consent": "siu",
    "group_member": "siud",
    "kept_form": "siud",
    "ledger_import": "si",
    "ledger_line": "si",
    "ledger_upload": "sid",
    "ledger_upload_line": "si",
    "letter": "siu",
    "level_action": "s",
    "limit_event": "siud",
    "membership": "siu",
    "notice": "siu",
    "ownership_transfer": "siu",
    "party": "siud",
    "person": "siud",
    "program": "s",
    "program_account": "siu",
    "program_action": "s",
    "program_role": "s",
    "program_version": "s",
    "registration": "siu",
    "registry_entry": "siu",
    "registry_import": "si",
    "registry_line": "si",
    "registry_upload": "sid",
    "role_action": "s",
    "role_grant": "s",
    "saved_view": "siud",
    "sign_in_session": "siud",
    "staff_assignment": "siu",
    "staff_role_action": "s",
    "standing": "s",
    "submission": "si",
    "submission_copy": "si",
    "terms_acceptance": "si",
    "topic_aside": "siud",
    "upload": "sid",
}
"""s(elect), i(nsert), u(pdate), d(elete)."""
COLUMNS = {
    "account_use": {"used_at"},
    "ledger_line": {"description", "state", "due_on", "import_id"},
    "ledger_upload": {"state", "lines_read"},
    "registry_upload": {"state", "lines_read"},
}
"""The columns that may be changed in a table whose rows otherwise may not."""
CALLED = {"guichet_now", "record", "record_many"}
"""The functions that may be called."""


def given(connection, table):
    asked = ", ".join(f"has_table_privilege(:table, '{right}')" for right in ALL)
    found = connection.execute(text(f"SELECT {asked}"), {"table": table}).one()
    return {right for right, has in zip(ALL, found, strict=True) if has}


@pytest.mark.parametrize("table", sorted(table.fullname for table in metadata.sorted_tables))
def test_the_application_has_these_rights_and_no_others(as_application, table):
    wanted = {right for right, letter in LETTERS.items() if letter in RIGHTS[table]}
    assert given(as_application, table) == wanted
    changed = {
        column.name
        for column in metadata.tables[table].columns
        if as_application.execute(
            text("SELECT has_column_privilege(:t, :c, 'UPDATE')"), {"t": table, "c": column.name}
        ).scalar_one()
    }
    whole = {column.name for column in metadata.tables[table].columns}
    assert changed == (whole if "UPDATE" in wanted else COLUMNS.get(table, set()))


def test_the_application_calls_these_functions_and_no_others(as_application):
    found = as_application.execute(
        text(
            "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE nspname IN ('public', 'audit') AND proname !~ '^procrastinate_'"
            " AND prorettype <> 'trigger'::regtype AND has_function_privilege(p.oid, 'EXECUTE')"
            " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND deptype = 'e')"
        )
    )
    assert set(found.scalars()) == CALLED


def test_the_application_draws_numbers_and_sets_none(as_application):
    """A sequence that is set back would give a letter's number twice."""
    found = as_application.execute(
        text(
            "SELECT oid::regclass::text FROM pg_class WHERE CASE relkind"
            " WHEN 'S' THEN has_sequence_privilege(oid, 'UPDATE') END"
        )
    )
    assert set(found.scalars()) == set()


@pytest.mark.parametrize("schema", ["public", "audit"])
def test_the_application_makes_nothing_of_its_own(as_application, schema):
    asked = text("SELECT has_schema_privilege(:schema, 'CREATE')")
    assert as_application.execute(asked, {"schema": schema}).scalar_one() is False
