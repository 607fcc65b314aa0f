"""Every trigger, alone: the change that it is there for is refused, and no other rule stands by.

The triggers of the trail are attacked in `tests/audit/test_grants.py`, those that keep an owner
in every account in `tests/authority/test_constraints.py`, those that lead a case from state to
state and keep what a scanner said in `tests/cases/test_tables.py`, those of a case’s history in
`tests/cases/test_moving.py`, those that keep the ledger's lines in `tests/ledger/test_lines.py`,
those of delegation in `tests/authority/test_delegation_tables.py`.
"""

from __future__ import annotations

import datetime as dt
import decimal

import pytest
from sqlalchemy import text

from app.models import metadata
from tests.removal.rows import plain

WRITTEN_ONCE = "23001"  # restrict_violation
DAY = dt.datetime(2026, 8, 31, 12, tzinfo=dt.UTC)

KEPT = {
    "access_request_keeps_its_subject": (
        "account_id", "program_id", "program_account_id", "person_id", "comment", "asked_at",
    ),
    "account_keeps_its_subject": ("party_id", "program_id", "authorised_at"),
    "activation_code_keeps_its_subject": (
        "registration_id", "letter_id", "program_id", "key_id", "digest", "made_at", "expires_at",
    ),
    "answer_keeps_its_subject": ("part_id", "question"),
    "case_part_keeps_its_subject": ("case_id", "section", "copied_from_id", "made_by", "made_at"),
    "challenge_keeps_its_subject": (
        "person_id", "purpose", "session_id", "key_id", "mailbox", "made_at", "expires_at",
    ),
    "client_ask_keeps_its_subject": (
        "account_id", "list_id", "number", "comment", "asked_by", "asked_at",
    ),
    "client_case_keeps_its_subject": (
        "account_id", "program_id", "case_type", "only_one", "opened_by", "opened_at",
    ),
    "client_list_keeps_its_subject": ("account_id", "token", "begun_by", "begun_at"),
    "client_group_keeps_its_subject": ("account_id", "name_folded", "made_by", "made_at"),
    "delegation_keeps_its_subject": (
        "account_id", "program_id", "program_account_id", "delegate_id", "made_at", "made_by",
        "request_id",
    ),
    "delegation_request_keeps_its_subject": (
        "account_id", "program_id", "delegate_id", "asked_by", "comment", "asked_at",
    ),
    "given_consent_keeps_its_subject": (
        "account_id", "program_id", "consent", "partner", "definition_version", "wording",
        "language", "given_by", "given_at",
    ),
    "business_tries_keeps_its_subject": ("program_id", "number"),
    "document_keeps_what_came": (
        "part_id", "question", "key", "name", "kind", "size", "sha256", "pages", "sent_by",
        "sent_at",
    ),
    "ledger_line_keeps_what_it_is": (
        "program_id", "registry_entry_id", "program_account", "kind", "number", "dated", "amount",
        "submitted_by",
    ),
    "letter_keeps_its_subject": ("registration_id", "program_id", "kind", "replaces_id", "due_at"),
    "membership_keeps_its_subject": (
        "person_id", "account_id", "program_id", "program_account_id", "added_by", "added_at",
    ),
    "notice_keeps_what_was_said": (
        "person_id", "account_id", "program_id", "template", "facts", "path", "made_at",
    ),
    "person_keeps_its_user": ("user_id",),
    "registration_keeps_its_subject": ("program_id", "person_id", "kind", "made_at"),
    "sign_in_session_keeps_its_subject": ("person_id", "purpose", "started_at"),
    "staff_assignment_keeps_its_subject": (
        "person_id", "program_id", "staff_role", "starts_at", "made_by",
    ),
    "topic_aside_keeps_its_subject": ("part_id", "topic"),
    "transfer_keeps_its_subject": (
        "account_id", "role_code", "from_person_id", "to_person_id", "offered_at", "expires_at",
    ),
}  # fmt: skip
"""What a row is about, which never changes."""

SET_ONCE = {
    "case_part_is_removed_once": ("removed_by", "removed_at"),
    "challenge_is_used_once": ("consumed_at", "replaced_at"),
    "client_group_is_deleted_once": ("deleted_at",),
    "given_consent_is_withdrawn_once": ("withdrawn_by", "withdrawn_at"),
    "document_is_purged_once": ("purged_at",),
    "letter_is_made_once": (
        "number", "made_at", "made_by", "printed_at", "posted_at", "mail_number", "delivered_at",
        "returned_at",
    ),
    "sign_in_session_ends_once": ("ended_at", "end_reason"),
    "staff_assignment_ends_once": ("ends_at",),
}  # fmt: skip
"""What is empty at first, and stays once it is written."""

FINAL = {
    "access_request_is_answered_once": ("state", "approved", "refused", "withdrawn"),
    "activation_code_ends_for_good": ("state", "used", "replaced", "locked"),
    "delegation_ends_for_good": ("state", "ended"),
    "delegation_request_is_answered_once": ("state", "approved", "refused", "withdrawn"),
    "client_ask_is_settled_once": ("state", "withdrawn", "answered", "skipped"),
    "letter_ends_for_good": ("state", "delivered", "returned", "replaced", "cancelled"),
    "membership_ends_for_good": ("status", "ended"),
    "registration_ends_for_good": ("state", "activated", "refused", "lapsed", "withdrawn"),
    "transfer_is_answered_once": ("state", "accepted", "declined", "withdrawn", "lapsed"),
}
"""The states that a row never leaves, after the column that holds them."""

GROWING = {
    "activation_code_counts_up": ("tries", "reminders"),
    "challenge_counts_up": ("tries",),
}
WHOLE = (
    "case_move", "case_state", "case_step", "client_number", "consent_partner", "program_version",
    "submission", "submission_copy", "terms_acceptance",
)  # fmt: skip
"""Tables whose rows are neither changed nor removed."""
ELSEWHERE = {
    "account_has_required_roles",
    "case_move_goes_on",
    "case_move_is_not_emptied",
    "submission_is_not_emptied",
    "case_state_follows_moves",
    "client_group_is_never_removed",
    "delegation_is_to_another",
    "delegation_request_is_of_another",
    "document_verdict_stays",
    "ledger_line_has_its_account",
    "ledger_line_is_never_removed",
    "ledger_line_is_not_emptied",
    "membership_reaches_as_its_role",
    "membership_leaves_required_roles",
    "entry_is_append_only",
    "entry_is_not_emptied",
    "head_is_not_emptied",
    "head_is_one_row",
    "head_only_moves_on",
    "personal_is_not_deleted",
    "personal_is_not_emptied",
    "personal_is_only_erased",
}

_STEMS = {"transfer": "ownership_transfer"}


def table_of(trigger):
    """The table whose name the trigger's begins with."""
    tables = [table.name for table in metadata.sorted_tables]
    stem = next((stem for stem in _STEMS if trigger.startswith(stem)), "")
    return _STEMS.get(stem) or max(
        (table for table in tables if trigger.startswith(f"{table}_")), key=len
    )


def column(table, name):
    return metadata.tables[table].columns[name]


def another(value):
    """A value of the same kind that is not the same."""
    match value:
        case bool():
            return not value
        case int() | decimal.Decimal():
            return value + 1
        case bytes():
            return value + b"x"
        case dt.date():  # and an instant, which is one
            return value + dt.timedelta(days=1)
        case "{}":
            return '{"a": 1}'
        case _ if hasattr(value, "hex"):
            return type(value)(int=value.int + 1)
        case _:
            return value + "x"


@pytest.fixture
def filled(bare):
    """`filled(trigger, row)`: the trigger's table with this row, and no rule but the trigger."""

    def fill(trigger, row, table=None):
        here = bare(table or table_of(trigger))
        here.only(trigger)
        assert here.insert(row) is None
        return here

    return fill


def state(refusal):
    return refusal and refusal.sqlstate


@pytest.mark.parametrize("trigger", KEPT)
def test_what_a_row_is_about_never_changes(filled, trigger):
    table = table_of(trigger)
    row = {name: plain(column(table, name)) for name in KEPT[trigger]}
    here = filled(trigger, row)
    for name, value in row.items():
        assert state(here.update({name: another(value)})) == WRITTEN_ONCE, name
        assert state(here.update({name: None})) == WRITTEN_ONCE, name
    assert here.update(row) is None, "the same again is no change"


@pytest.mark.parametrize("trigger", SET_ONCE)
def test_what_is_written_once_stays(filled, trigger):
    table = table_of(trigger)
    row = {name: plain(column(table, name)) for name in SET_ONCE[trigger]}
    here = filled(trigger, dict.fromkeys(row))
    assert here.update(row) is None, "it may be written"
    for name, value in row.items():
        assert state(here.update({name: another(value)})) == WRITTEN_ONCE, name
        assert state(here.update({name: None})) == WRITTEN_ONCE, name


@pytest.mark.parametrize("trigger", FINAL)
def test_a_closed_row_stays_closed(filled, trigger):
    name, *states = FINAL[trigger]
    here = filled(trigger, {name: "begun"})
    for last in states:
        assert here.update({name: "begun"}) is None
        with here.connection.begin_nested() as nested:
            assert here.update({name: last}) is None, "it may be closed"
            for other in {"begun", *states} - {last}:
                assert state(here.update({name: other})) == WRITTEN_ONCE, (last, other)
            nested.rollback()


@pytest.mark.parametrize("trigger", GROWING)
def test_a_try_is_never_given_back(filled, trigger):
    here = filled(trigger, dict.fromkeys(GROWING[trigger], 2))
    for name in GROWING[trigger]:
        assert state(here.update({name: 1})) == WRITTEN_ONCE, name
        assert here.update({name: 3}) is None


@pytest.mark.parametrize("table", WHOLE)
def test_what_happened_is_neither_changed_nor_removed(filled, table):
    columns = metadata.tables[table].columns
    row = {one.name: plain(one) for one in columns if not one.computed and not one.identity}
    here = filled(f"{table}_is_written_once", row, table)
    for name, value in row.items():
        assert state(here.update({name: another(value)})) == WRITTEN_ONCE, name
    assert state(here.refusal(f"DELETE FROM {table}")) == WRITTEN_ONCE


def test_every_trigger_is_attacked(as_owner):
    named = {*KEPT, *SET_ONCE, *FINAL, *GROWING, *ELSEWHERE}
    there = as_owner.execute(
        text(
            "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE NOT tgisinternal AND relname !~ '^procrastinate_'"
        )
    )
    assert set(there.scalars()) == named | {f"{table}_is_written_once" for table in WHOLE}


def test_the_trail_is_not_emptied_even_alone(bare):
    """Beside it stands `personal`, which refers to it and refuses as well."""
    here = bare("audit.entry")
    here.connection.exec_driver_sql("ALTER TABLE audit.personal DROP CONSTRAINT fk_personal_seq")
    assert state(here.refusal("TRUNCATE audit.entry")) == WRITTEN_ONCE
