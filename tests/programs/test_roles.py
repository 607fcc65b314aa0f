"""The matrix of the field's page, cell by cell, and who gives or proposes which role."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programs import library
from app.programs.actions import Action
from app.programs.rules import roles as rules
from app.programs.schema.consents import CONSENTED

OWNER, PROXY, FULL, ADMINISTRATOR = (
    "account_owner",
    "proxy_account_owner",
    "full_access_user",
    "user_administrator",
)
ROLES = (OWNER, PROXY, FULL, ADMINISTRATOR)
# Row of the field's page → who may, in the order of ROLES.
CELLS = {
    "View users in the portal": "YYYY",
    "Modify users in the portal": "YYYY",
    "Add users in the portal": "YYYY",
    "View and update the company profile": "YYYN",
    "View and update the application profile": "YYYN",
    "View and update the security profile": "YYYN",
    "View membership status and system notifications": "YYYY",
    "Submit changes to the portal account": "YNNN",
    "Transfer account ownership": "YNNN",
}
OWNER_ONLY = (
    Action.ACCOUNT_ACTIVATE,
    Action.TERMS_ACCEPT,
    Action.ACCOUNT_SUBMIT,
    Action.APPLICATION_SUBMIT,
    Action.OWNERSHIP_TRANSFER,
    Action.USERS_ACTIVATE,
    Action.USERS_REACTIVATE,
)


def may(subject, role: str, action: Action) -> bool:
    return action in rules.actions_of(subject.definition, subject.code(role))


@pytest.mark.parametrize("label", CELLS)
@pytest.mark.parametrize("place", range(4))
def test_each_cell_of_the_matrix_is_that_of_the_page(pip, label, place):
    (row,) = [one for one in pip.definition.matrix.values() if one.label.en == label]
    for action in row.actions:
        expected = CELLS[label][place] == "Y"
        assert may(pip, ROLES[place], action) is expected


def test_the_nine_rows_of_the_page_come_first_but_for_the_activity_of_the_account():
    labels = [row.label.en for row in library.definition("pip").matrix.values()]
    assert [label for label in labels if label in CELLS] == list(CELLS)


@pytest.mark.parametrize("action", OWNER_ONLY)
def test_what_the_page_reserves_to_the_owner_is_the_owners_alone(pip, action):
    held = [role for role in ROLES if may(pip, role, action)]
    assert held == [OWNER]


def test_every_action_the_portal_asks_about_is_granted_to_somebody():
    granted, known = set(), set(Action)
    for one in library.definitions():
        granted |= set().union(*(rules.actions_of(one, role) for role in one.roles))
        known |= set(one.brought())
    assert granted == known


def test_only_the_owner_gives_a_consent_and_whoever_fills_profiles_in_reads_it(pip):
    (code,) = pip.definition.consents
    for role, deeds in zip(ROLES, ({"view", "give"}, {"view"}, {"view"}, set()), strict=True):
        actions = rules.actions_of(pip.definition, pip.code(role))
        assert {deed for deed in CONSENTED if f"{code}.{deed}" in actions} == deeds


def test_the_proxy_does_all_that_the_owner_does_except_what_is_the_owners_alone(pip):
    owner = rules.actions_of(pip.definition, pip.code(OWNER))
    owners_alone = {*OWNER_ONLY, *(f"{code}.give" for code in pip.definition.consents)}
    assert owner - rules.actions_of(pip.definition, pip.code(PROXY)) == owners_alone


def test_exactly_the_owner_role_is_required_and_exclusive(pip):
    for role in ROLES:
        one = pip.definition.roles[pip.code(role)]
        assert (one.required, one.exclusive) == ((True, True) if role == OWNER else (False, False))


GIVES = {
    OWNER: {PROXY, FULL, ADMINISTRATOR},
    PROXY: {FULL, ADMINISTRATOR},
    FULL: {FULL, ADMINISTRATOR},
    ADMINISTRATOR: set(),
}


@pytest.mark.parametrize("giver", ROLES)
@pytest.mark.parametrize("role", ROLES)
def test_owner_gives_every_role_but_owner_and_the_others_the_two_lower_ones(pip, giver, role):
    answer = rules.may_give(pip.definition, pip.code(giver), pip.code(role))
    assert answer is (role in GIVES[giver])


@pytest.mark.parametrize("role", ROLES)
def test_user_administrators_only_propose(pip, role):
    proposer = pip.code(ADMINISTRATOR)
    assert not rules.may_give(pip.definition, proposer, pip.code(role))
    expected = role in (FULL, ADMINISTRATOR)
    assert rules.may_propose(pip.definition, proposer, pip.code(role)) is expected


def test_the_old_owner_is_offered_proxy_first_and_may_leave(pip):
    first, second = rules.old_holder_choices(pip.definition, pip.definition.transfer)
    assert first is pip.definition.roles[pip.code(PROXY)]
    assert second is None


def test_roles_rank_from_the_owner_down(pip):
    assert [rules.rank(pip.definition, pip.code(role)) for role in ROLES] == [1, 2, 3, 4]


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_role_that_does_not_exist_gives_nothing_and_is_given_by_nobody(role, other):
    definition = library.definition("pip")
    if role in definition.roles:
        return
    assert not rules.may_give(definition, role, other)
    assert not rules.may_propose(definition, role, other)
    assert not rules.may_give(definition, OWNER, role)


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        (OWNER, rules.Reach.ALL),
        (PROXY, rules.Reach.GIVEN),
        (FULL, rules.Reach.GIVEN),
        (ADMINISTRATOR, rules.Reach.PROPOSED),
    ],
)
def test_a_line_on_users_reaches_as_far_as_the_role_hands_on(pip, role, reached):
    one = pip.definition.roles[pip.code(role)]
    rows = {code: row.actions for code, row in pip.definition.matrix.items()}
    for code, actions in rows.items():
        expected = rules.Reach.NONE if code not in one.may else rules.Reach.ALL
        if code in one.may and {Action.USERS_ADD, Action.USERS_MODIFY} & set(actions):
            expected = reached
        assert rules.reach(pip.definition, one, code) is expected


def test_deeds_on_users_are_adding_changing_and_activating_them_and_answering_their_requests():
    on_users = {Action.USERS_ADD, Action.USERS_MODIFY, Action.USERS_ACTIVATE}
    assert on_users | {Action.REQUESTS_ANSWER} == rules.ON_USERS
