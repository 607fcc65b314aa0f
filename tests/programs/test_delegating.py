"""Who does what in the client portal, cell by cell, and how far: facts B1, B2, B5 and B6."""

from __future__ import annotations

import pytest

from app.base.days import BusinessDays, CalendarDays
from app.programs import library
from app.programs.rules import roles as rules
from app.programs.rules.roles import Reach

PORTAL = library.definition("carm")
BAM, PAM, EDITOR, READER = ROLES = (
    "business_account_manager",
    "program_account_manager",
    "editor",
    "reader",
)
NAMES = {
    BAM: ("Business account manager", "Gestionnaire de compte d’entreprise"),
    PAM: ("Program account manager", "Gestionnaire de compte de programme"),
    EDITOR: ("Editor", "Éditeur"),
    READER: ("Reader", "Lecteur"),
}
# Row of the matrix of facts B2 → the deed of the portal, and who may, in the order of ROLES.
CELLS = {
    "View program transactions, SOA, notices": ("transactions.view", "YYYY"),
    "Create/modify (ruling request, document, payment)": ("documents.send", "YYYN"),
    "Edit program registration data": ("profile.edit", "YYNN"),
    "Approve/reject/revoke employees": ("requests.answer", "YYNN"),
    "Approve/reject/revoke third parties": ("delegations.answer", "YYNN"),
    "Request relationship with a client": ("clients.ask", "YNNN"),
    "Manage client groups": ("clients.assign", "YNNN"),
    "Register/link the business": ("account.activate", "YNNN"),
}


@pytest.mark.parametrize("row", CELLS)
@pytest.mark.parametrize("place", range(4))
def test_each_cell_of_the_matrix_is_that_of_the_facts(row, place):
    action, cells = CELLS[row]
    assert (action in rules.actions_of(PORTAL, ROLES[place])) is (cells[place] == "Y")


@pytest.mark.parametrize("role", ROLES)
def test_roles_have_their_official_names(role):
    label = PORTAL.roles[role].label
    assert (label.en, label.fr) == NAMES[role]


def test_the_business_account_manager_reaches_the_account_and_the_others_a_program():
    reaches = {code: role.reach for code, role in PORTAL.roles.items()}
    assert reaches == {BAM: "account"} | dict.fromkeys((PAM, EDITOR, READER), "program_account")


def test_a_manager_is_never_missing_and_makes_other_managers():
    required = [code for code, role in PORTAL.roles.items() if role.required]
    assert required == [BAM] == [PORTAL.required_role.code]
    assert not PORTAL.roles[BAM].exclusive
    assert rules.may_give(PORTAL, BAM, BAM)
    assert not any(rules.may_give(PORTAL, role, BAM) for role in (PAM, EDITOR, READER))


def test_a_program_account_manager_accepts_employees_of_its_program_and_no_other_manager():
    assert set(PORTAL.roles[PAM].gives) == {EDITOR, READER}
    row = next(code for code, one in PORTAL.matrix.items() if "requests.answer" in one.actions)
    reached = [rules.reach(PORTAL, PORTAL.roles[role], row) for role in ROLES]
    assert reached == [Reach.ALL, Reach.GIVEN, Reach.NONE, Reach.NONE]


def test_nobody_is_added_and_nothing_changes_hands():
    assert PORTAL.users is None
    assert PORTAL.transfer is None
    assert not any(rules.moved(PORTAL, role) for role in ROLES)
    assert PORTAL.access_requests.program_account


def test_business_management_is_of_every_program_and_program_management_of_one():
    reaches = {one.label.en: one.reach for one in PORTAL.delegation.levels.values()}
    assert reaches == {"Business management": "account", "Program management": "program_account"}


def actions(rows):
    return {action for row in rows for action in PORTAL.matrix[row].actions}


def test_nobody_manages_the_people_of_a_client_or_its_other_third_parties():
    rule = PORTAL.delegation
    for one in (*rule.levels.values(), *rule.acting.values()):
        kinds = {action.partition(".")[0] for action in actions(one.may)}
        assert kinds <= {"account", "status", "transactions", "documents", "profile"}


def test_a_reader_for_a_client_changes_nothing_and_an_editor_no_profile():
    _manager, editor, reader = PORTAL.delegation.acting.values()
    assert actions(reader.may) == {"account.view", "status.view", "transactions.view"}
    assert actions(editor.may) - actions(reader.may) == {"documents.send"}


def test_at_first_a_third_party_sees_only_what_it_submitted_itself():
    switches = PORTAL.delegation.switches
    assert [one.default for one in (switches.own, switches.client, switches.others)] == [
        True,
        False,
        False,
    ]


def test_third_parties_act_five_business_days_later_and_are_reminded_three_times():
    assert PORTAL.delegation.opens_after == BusinessDays(5)
    assert PORTAL.delegation.reminders == tuple(CalendarDays(n) for n in (60, 30, 7))
    assert PORTAL.delegation.groups


def test_two_of_three_facts_prove_it_and_a_zero_only_of_a_transaction():
    rule = PORTAL.enrolment.shared_facts
    assert rule.ask == 2
    assert {one.kind: one.zero for one in rule.facts.values()} == {
        "transaction": True,
        "payment": False,
        "statement": False,
    }
    assert rule.program_account.pattern.fullmatch("RM0001")
    assert not rule.program_account.pattern.fullmatch("RT0001")


def test_support_answers_in_two_business_days_and_in_ten():
    standards = [one.within for one in PORTAL.service_standards.values()]
    assert standards == [BusinessDays(2), BusinessDays(10)]
