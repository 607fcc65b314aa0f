"""Every rule of every table, alone: the row that breaks it is refused, and by that rule.

The rules are listed from the models, and the models are equal to the database
(`tests/test_migrations.py`): a new rule without its row here fails, and so does one that is gone.
"""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from app.models import metadata
from tests.removal.rows import plain

DAY = dt.datetime(2026, 8, 31, 12, tzinfo=dt.UTC)
BEFORE = DAY - dt.timedelta(days=1)
TABLES = {table.fullname: table for table in metadata.sorted_tables}

CHECKS = {
    "ck_access_request_answered": [
        {"state": "asked", "answered_at": DAY},
        {"state": "approved", "answered_at": None},
    ],
    "ck_access_request_comment": [{"comment": ""}],
    "ck_access_request_nobody_answers_their_own": [
        {"state": "approved", "answered_by": 1, "person_id": 1}
    ],
    "ck_access_request_refusal_has_reason": [{"state": "refused"}],
    "ck_access_request_state": [{"state": "x"}],
    "ck_account_closed": [{"state": "closed"}, {"state": "authorised", "closed_at": DAY}],
    "ck_account_state": [{"state": "x"}],
    "ck_activation_code_letter_kind": [{"letter_kind": "notice"}],
    "ck_activation_code_state": [{"state": "x"}],
    "ck_activation_code_tries": [{"tries": -1}],
    "ck_activation_code_used": [{"state": "used"}, {"state": "valid", "used_at": DAY}],
    "ck_answer_unfit": [{"unfit_since": 2, "value": None}],
    "ck_announcement_dates": [{"starts_at": DAY, "ends_at": DAY}],
    "ck_assignment_one_assignee": [{"delegation_id": 1}, {"person_id": 1, "group_id": 1}],
    "ck_bulk_line_reason": [
        {"state": "skipped", "reason": None},
        {"state": "done", "reason": "x"},
    ],
    "ck_bulk_line_settled": [
        {"state": "waiting", "settled_at": DAY},
        {"state": "done", "settled_at": None},
    ],
    "ck_bulk_line_state": [{"state": "x"}],
    "ck_bulk_run_dates": [{"begun_at": DAY, "ended_at": BEFORE}],
    "ck_business_base": [{"base": "FR"}],
    "ck_business_bn": [{"bn": "12345678"}, {"bn": "1234567890"}, {"bn": "12345678a"}],
    "ck_business_identified": [{"base": "CA"}],
    "ck_business_tries_failures": [{"failures": -1}],
    "ck_business_tries_locked": [{"failures": 0, "locked_at": DAY}],
    "ck_business_tries_unlocked": [
        {"unlocked_at": DAY, "unlocked_by": 1},
        {"unlocked_at": DAY, "unlock_reason": "x"},
        {"unlocked_by": 1, "unlock_reason": "x"},
    ],
    "ck_case_move_ordinal": [{"ordinal": 0}],
    "ck_case_move_reason": [{"reason": ""}],
    "ck_case_part_labelled": [{"key": "", "label": "x"}],
    "ck_case_part_removed": [{"removed_at": DAY}, {"removed_by": 1}],
    "ck_challenge_decoy": [{"purpose": "sign_in", "person_id": None}],
    "ck_challenge_purpose": [{"purpose": "x"}],
    "ck_challenge_tries": [{"tries": -1}],
    "ck_client_ask_answer_of_a_request": [{"state": "answered"}],
    "ck_client_ask_comment": [{"comment": ""}],
    "ck_client_ask_number": [{"state": "asked", "number": value} for value in ("", "12345678")],
    "ck_client_ask_reason": [{"state": "skipped"}, {"state": "asked", "reason": "x"}],
    "ck_client_ask_settled": [{"state": "answered"}, {"state": "asked", "settled_at": DAY}],
    "ck_client_ask_state": [{"state": "x"}],
    "ck_client_case_closed_waits": [
        {"closed_at": DAY, "with_staff": True},
        {"closed_at": DAY, "with_staff": False, "due_at": DAY},
    ],
    "ck_client_case_dates": [{"opened_at": DAY, "closed_at": BEFORE}],
    "ck_consent_partner_dates": [
        {"begins": DAY.date(), "ends": DAY.date()},
        {"begins": DAY.date(), "ends": BEFORE.date()},
    ],
    "ck_credential_kind": [{"kind": "x"}],
    "ck_delegation_dates": [{"starts_at": DAY, "ends_at": DAY}],
    "ck_delegation_end_has_reason": [{"ended_at": DAY}, {"end_reason": "x"}],
    "ck_delegation_ended": [{"state": "ended"}, {"state": "active", "ended_at": DAY}],
    "ck_delegation_reminded": [{"reminded": 0}],
    "ck_delegation_state": [{"state": "x"}],
    "ck_delegation_request_answered": [
        {"state": "asked", "answered_at": DAY},
        {"state": "approved", "answered_at": None},
    ],
    "ck_delegation_request_comment": [{"comment": ""}],
    "ck_delegation_request_nobody_answers_their_own": [
        {"state": "approved", "answered_by": 1, "asked_by": 1}
    ],
    "ck_delegation_request_refusal_has_reason": [{"state": "refused"}],
    "ck_delegation_request_state": [{"state": "x"}],
    "ck_document_kind": [{"kind": "x"}],
    "ck_document_preview": [
        {"preview_width": 1},
        {"preview_height": 1},
        {"preview_type": "image/png", "preview_width": 1},
    ],
    "ck_document_preview_type": [{"preview_type": "text/html"}],
    "ck_document_purged_is_removed": [{"purged_at": DAY}],
    "ck_document_removed": [{"removed_at": DAY}, {"removed_by": 1}],
    "ck_document_scan": [{"scan": "x", "scanned_at": DAY}],
    "ck_document_scanned": [
        {"scan": "waiting", "scanned_at": DAY},
        {"scan": "clean", "scanned_at": None},
    ],
    "ck_document_sha256": [{"sha256": "x"}, {"sha256": "A" * 64}],
    "ck_document_size": [{"size": 0}],
    "ck_entry_event": [{"event": "x"}, {"event": "Session.begun"}, {"event": "a.b.c"}],
    "ck_entry_outcome": [{"outcome": "x"}],
    "ck_entry_target": [{"target_kind": "person"}, {"target_id": "1"}],
    "ck_factor_kind": [{"kind": "x"}],
    "ck_given_consent_dates": [{"given_at": DAY, "withdrawn_at": BEFORE}],
    "ck_given_consent_language": [{"language": "de"}],
    "ck_given_consent_withdrawn": [{"withdrawn_at": DAY}, {"withdrawn_by": 1}],
    "ck_head_one": [{"one": False}],
    "ck_letter_due_is_not_made": [{"state": "due", "made_at": DAY}],
    "ck_letter_kind": [{"kind": "x"}],
    "ck_letter_language": [{"language": "de"}],
    "ck_letter_made": [
        {"state": "prepared", "made_at": None, "made_by": 1, "number": "x"},
        {"state": "prepared", "made_at": DAY, "made_by": None, "number": "x"},
        {"state": "prepared", "made_at": DAY, "made_by": 1, "number": None},
    ],
    "ck_letter_posted_has_number": [
        {"state": "posted"},
        {"state": "delivered"},
        {"state": "returned"},
    ],
    "ck_letter_state": [{"state": "x"}],
    "ck_membership_end_has_reason": [{"ended_at": DAY}, {"end_reason": "x"}],
    "ck_membership_ended": [{"status": "ended"}, {"status": "active", "ended_at": DAY}],
    "ck_membership_offer_ends": [{"status": "offered"}],
    "ck_membership_required_has_no_end": [{"required": True, "ends_at": DAY}],
    "ck_membership_required_is_never_suspended": [
        {"required": True, "status": status} for status in ("offered", "waiting", "suspended")
    ],
    "ck_membership_status": [{"status": "x"}],
    "ck_notice_mail_state": [{"mail_state": "x"}],
    "ck_ownership_transfer_answered": [
        {"state": "offered", "answered_at": DAY},
        {"state": "accepted", "answered_at": None},
    ],
    "ck_ownership_transfer_attested": [{"state": "declined", "attested_at": DAY}],
    "ck_ledger_line_kind": [{"kind": "x"}],
    "ck_ledger_line_number": [{"number": ""}],
    "ck_ledger_line_payment": [
        {"kind": "payment", "amount": 1},
        {"kind": "payment", "amount": 0},
    ],
    "ck_ledger_line_program_account": [
        {"program_account": value}
        for value in ("", "RM001", "rm0001", "RM0001 Importer", "RM00012")
    ],
    "ck_ledger_line_state": [{"state": "x"}],
    "ck_ledger_line_submitted_by": [{"submitted_by": value} for value in ("", "12345678", "x" * 9)],
    "ck_ledger_upload_state": [{"state": "x"}],
    "ck_ownership_transfer_dates": [{"offered_at": DAY, "expires_at": DAY}],
    "ck_ownership_transfer_state": [{"state": "x"}],
    "ck_ownership_transfer_two_people": [{"from_person_id": 1, "to_person_id": 1}],
    "ck_party_kind": [{"kind": "x"}],
    "ck_person_language": [{"language": "de"}],
    "ck_person_state": [{"state": "x"}],
    "ck_personal_erased_whole": [
        {"salt": b"x", "values": "{}", "erased_at": DAY},
        {"salt": None, "values": "{}", "erased_at": None},
        {"salt": b"x", "values": None, "erased_at": None},
    ],
    "ck_program_role_reach": [{"reach": "x"}],
    "ck_program_role_required_reaches_the_account": [
        {"required": True, "reach": "program_account"}
    ],
    "ck_registration_activated": [
        {"state": "activated"},
        {"state": "letter", "activated_at": DAY},
    ],
    "ck_registration_activated_is_attested": [{"activated_at": DAY}],
    "ck_registration_decided_by": [{"decided_at": DAY}],
    "ck_registration_kind": [{"kind": "x"}],
    "ck_registration_letter_needs_registry": [
        {"state": "letter", "party_id": 1},
        {"state": "letter", "registry_entry_id": 1},
        {"state": "proved", "party_id": 1, "decided_at": DAY, "officer_id": 1},
    ],
    "ck_registration_matched_with_registry": [
        {"matched_at": DAY, "legal_name": "x", "address": "{}"},
        {"matched_at": DAY, "registry_entry_id": 1, "address": "{}"},
        {"matched_at": DAY, "registry_entry_id": 1, "legal_name": "x", "address": None},
    ],
    "ck_registration_officer_has_reason": [{"state": "officer"}],
    "ck_registration_officer_reason": [{"officer_reason": "x"}],
    "ck_registration_program_account": [
        {"program_account": value} for value in ("", "RM001", "rm0001", "RM0001 Importer")
    ],
    "ck_registration_proved_by_officer": [
        {"state": "proved", "party_id": 1, "registry_entry_id": 1}
    ],
    "ck_registration_refused_has_reason": [
        {"state": "refused", "decided_at": DAY},
        {"state": "refused", "refusal_reason": "x"},
    ],
    "ck_registration_state": [{"state": "x"}],
    "ck_registry_entry_base": [{"base": "FR"}],
    "ck_registry_entry_bn": [{"bn": "12345678"}, {"bn": "1234567890"}, {"bn": "12345678a"}],
    "ck_registry_entry_identified": [{"base": "CA"}],
    "ck_registry_entry_language": [{"language": "de"}],
    "ck_registry_entry_program_accounts": [
        {"program_accounts": value}
        for value in ('{"RM001"}', '{"RM0001 "}', '{"RM0001","x"}', "{NULL}")
    ],
    "ck_registry_upload_state": [{"state": "x"}],
    "ck_role_grant_kind": [{"kind": "x"}],
    "ck_saved_view_columns": [{"columns": "{}"}],
    "ck_saved_view_columns_only": [
        {"name": None, "program_id": 1, "columns": "{x}"},
        {"name": None, "columns": None},
        {"name": None, "columns": "{x}", "filters": '{"a": 1}'},
        {"name": None, "columns": "{x}", "order_column": "x"},
    ],
    "ck_saved_view_filters": [{"filters": "[]"}],
    "ck_saved_view_folded": [{"name": "X"}, {"name_folded": "x"}],
    "ck_saved_view_order_direction": [{"order_direction": "x"}],
    "ck_saved_view_order_whole": [{"order_column": "x"}, {"order_direction": "asc"}],
    "ck_sign_in_session_decoy": [
        {"purpose": "sign_in", "stage": "credential"},
        {"purpose": "password_reset", "stage": "code"},
    ],
    "ck_sign_in_session_ended": [{"ended_at": DAY}, {"end_reason": "x"}],
    "ck_sign_in_session_full": [{"stage": "full"}, {"stage": "code", "full_at": DAY}],
    "ck_sign_in_session_purpose": [{"purpose": "x"}],
    "ck_sign_in_session_stage": [{"stage": "x"}],
    "ck_submission_copy_sha256": [{"sha256": "x"}, {"sha256": "A" * 64}],
    "ck_submission_copy_size": [{"size": 0}],
    "ck_submission_language": [{"language": "de"}],
    "ck_submission_ordinal": [{"ordinal": 0}],
    "ck_submission_sha256": [{"sha256": "x"}, {"sha256": "A" * 64}],
    "ck_staff_assignment_dates": [{"starts_at": DAY, "ends_at": DAY}],
    "ck_terms_acceptance_kind": [{"kind": "x"}],
    "ck_terms_acceptance_language": [{"language": "de"}],
    "ck_terms_acceptance_program": [{"kind": "program"}, {"kind": "portal", "program_id": 1}],
    "ck_topic_aside_reason": [{"reason": ""}],
    "ck_upload_size": [{"size": 0}],
}
"""Rows that break a condition, each by itself."""

TWICE = {
    "ex_membership_exclusive_role": [
        {"account_id": 1, "role_code": "x", "exclusive": True, "status": "active"}
    ]
    * 2,
    "idx_api_key_lookup_hash": [{"lookup_hash": "x"}] * 2,
    "uq_ab_user_username_folded": [{"username": "Ann"}, {"username": "ANN"}],
    "uq_access_request_open": [{"person_id": 1, "account_id": 1, "state": "asked"}] * 2,
    "uq_activation_code_valid": [{"registration_id": 1, "state": "valid"}] * 2,
    "uq_case_state_initial": [
        {"program_id": 1, "version": 1, "case_type": "x", "code": code, "initial": True}
        for code in "ab"
    ],
    "uq_client_ask_open": [{"account_id": 1, "number": "123456789", "state": "asked"}] * 2,
    "uq_client_case_open": [{"account_id": 1, "case_type": "x", "only_one": True}] * 2,
    "uq_delegation_live": [{"account_id": 1, "delegate_id": 1, "state": "active"}] * 2,
    "uq_delegation_request_open": [{"account_id": 1, "delegate_id": 1, "state": "asked"}] * 2,
    "uq_letter_unposted": [
        {"registration_id": 1, "state": state} for state in ("due", "withheld", "prepared")
    ],
    "uq_membership_live": [
        {"person_id": 1, "account_id": 1, "status": status} for status in ("active", "suspended")
    ],
    "uq_ownership_transfer_open": [{"account_id": 1, "state": "offered"}] * 2,
    "uq_registration_draft": [{"person_id": 1, "program_id": 1, "state": "draft"}] * 2,
    "uq_registration_waiting": [
        {"person_id": 1, "program_id": 1, "registry_entry_id": 1, "party_id": 1, "state": state}
        for state in ("officer", "letter")
    ],
    "uq_saved_view_own": [{"person_id": 1, "screen": "x", "name_folded": "x"}] * 2,
    "uq_saved_view_team": [{"program_id": 1, "screen": "x", "name_folded": "x"}] * 2,
    "uq_staff_assignment_live": [{"person_id": 1, "program_id": 1, "staff_role": "x"}] * 2,
}
"""Rows of which the second is one too many, where it takes more than the same key twice."""


def rules(*kinds):
    """Table and name of every rule of these kinds in the models."""
    return [
        pytest.param(name, rule, id=f"{name}: {rule.name}")
        for name, table in TABLES.items()
        for rule in sorted(
            (one for one in (*table.constraints, *table.indexes) if isinstance(one, kinds)),
            key=lambda one: str(one.name),
        )
        if not isinstance(rule, Index) or rule.unique
    ]


def said_by(refusal):
    return refusal and refusal.diag.constraint_name


@pytest.mark.parametrize(("table", "rule"), rules(CheckConstraint))
def test_a_row_that_breaks_a_condition_is_refused_by_it(bare, table, rule):
    here = bare(table)
    here.only(rule.name)
    for row in CHECKS[rule.name]:
        assert said_by(here.insert(row)) == rule.name, row


def test_every_condition_has_rows_that_break_it_and_no_row_breaks_one_that_is_gone():
    assert set(CHECKS) == {param.values[1].name for param in rules(CheckConstraint)}


@pytest.mark.parametrize(("table", "rule"), rules(ForeignKeyConstraint))
def test_a_row_that_refers_to_nothing_is_refused(bare, table, rule):
    here = bare(table)
    here.only(rule.name)
    nowhere = {column.name: plain(column) for column in rule.columns}
    assert said_by(here.insert(nowhere)) == rule.name


@pytest.mark.parametrize(
    ("table", "rule"), rules(PrimaryKeyConstraint, UniqueConstraint, ExcludeConstraint, Index)
)
def test_the_same_key_twice_is_refused(bare, table, rule):
    here = bare(table)
    here.only(rule.name)
    same = [{column.name: plain(column) for column in rule.columns}] * 2
    first, *others = TWICE.get(rule.name, same)
    assert here.insert(first) is None
    for row in others:
        assert said_by(here.insert(row)) == rule.name, row


@pytest.mark.parametrize("table", TABLES)
def test_what_must_be_filled_is(bare, table):
    here = bare(table)
    here.only(filled=True)
    # What the database writes by itself cannot be left empty.
    columns = [one for one in TABLES[table].columns if one.computed is None]
    whole = {column.name: plain(column) for column in columns}
    assert here.insert(whole) is None
    for column in columns:
        if not column.nullable and not column.primary_key:
            refusal = here.insert(whole | {column.name: None})
            assert refusal is not None, column.name
            assert (refusal.sqlstate, refusal.diag.column_name) == ("23502", column.name)
