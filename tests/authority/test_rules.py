"""The pure rules, without a database: giving, proposing, moving on, choosing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authority import rules
from app.authority.rules import Actor, Grant, Member, Move, Named, Role, RoleBook

KING, QUEEN, KNIGHT, PAWN = "king", "queen", "knight", "pawn"
BOOK = RoleBook(
    {
        KING: Role(KING, 1, exclusive=True, required=True),
        QUEEN: Role(QUEEN, 2),
        KNIGHT: Role(KNIGHT, 3),
        PAWN: Role(PAWN, 4),
    },
    frozenset(
        {
            Grant(KING, QUEEN, "give"),
            Grant(KING, KNIGHT, "give"),
            Grant(KING, PAWN, "give"),
            Grant(QUEEN, KNIGHT, "give"),
            Grant(QUEEN, PAWN, "give"),
            Grant(KNIGHT, PAWN, "give"),
            Grant(PAWN, PAWN, "propose"),
            # A definition that gives the required role by mistake: the rule refuses it still.
            Grant(QUEEN, KING, "give"),
            Grant(PAWN, KING, "propose"),
        }
    ),
)
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
roles = st.sampled_from([KING, QUEEN, KNIGHT, PAWN, "unknown"])
actors = st.builds(Actor, st.integers(1, 3), st.frozensets(roles, max_size=2))
statuses = st.sampled_from(["offered", "waiting", "active", "suspended", "ended"])
members = st.builds(
    Member, st.integers(1, 3), roles, statuses, st.one_of(st.none(), st.integers(1, 3))
)


def actor(*held, person=1):
    return Actor(person, frozenset(held))


def holder(role):
    """Somebody else, who holds the role and uses it."""
    return Member(2, role, "active")


@given(actors, roles)
def test_what_one_may_give_one_may_propose(who, role):
    assert rules.may_propose(BOOK, who, role) or not rules.may_give(BOOK, who, role)


@given(actors)
def test_a_role_that_only_changes_hands_is_never_given_and_never_proposed(who):
    assert not rules.may_give(BOOK, who, KING)
    assert not rules.may_propose(BOOK, who, KING)


@given(actors, members, roles)
def test_nobody_changes_their_own_role(who, member, role):
    if who.person_id == member.person_id:
        assert not rules.may_manage(BOOK, who, member)
        assert not rules.may_change_role(BOOK, who, member, role)
        assert not rules.may_take_back(BOOK, who, member)


@given(actors, members, roles)
def test_a_change_of_role_needs_the_old_one_and_the_new_one(who, member, role):
    if rules.may_change_role(BOOK, who, member, role):
        assert rules.may_give(BOOK, who, member.role)
        assert rules.may_give(BOOK, who, role)


@given(actors, members)
def test_who_may_end_what_is_effective_may_give_its_role(who, member):
    if member.status in {"active", "suspended"}:
        assert not rules.may_take_back(BOOK, who, member)


@given(actors, members)
def test_the_holder_of_a_role_that_only_changes_hands_is_managed_by_nobody_and_stays(who, member):
    if member.role == KING:
        assert not rules.may_manage(BOOK, who, member)
        assert not rules.may_leave(BOOK, member, {member.person_id, who.person_id})


@given(actors, members)
def test_a_contact_is_ones_own_or_of_whom_one_manages(who, member):
    allowed = rules.may_edit_contact(BOOK, who, member)
    own = who.person_id == member.person_id
    assert allowed == (
        own or rules.may_manage(BOOK, who, member) or rules.may_take_back(BOOK, who, member)
    )


def test_without_a_role_one_gives_nothing():
    assert rules.roles_to_offer(BOOK, actor()) == []
    assert rules.roles_to_give(BOOK, actor("unknown")) == []


def test_the_forms_offer_roles_from_the_highest():
    assert rules.roles_to_offer(BOOK, actor(KING)) == [QUEEN, KNIGHT, PAWN]
    assert rules.roles_to_offer(BOOK, actor(PAWN)) == [PAWN]
    assert rules.roles_to_give(BOOK, actor(PAWN)) == []


def test_only_the_highest_role_that_is_given_asks_for_a_fresh_code():
    assert [role for role in BOOK.roles if rules.needs_fresh_code(BOOK, role)] == [QUEEN]
    assert not rules.needs_fresh_code(BOOK, "unknown")


def test_what_a_proposer_named_is_taken_back_until_it_is_decided():
    mine = Member(2, PAWN, "waiting", added_by=1)
    assert rules.may_take_back(BOOK, actor(PAWN), mine)
    assert not rules.may_take_back(BOOK, actor(PAWN, person=3), mine)
    assert not rules.may_take_back(BOOK, actor("unknown"), mine)
    assert not rules.may_take_back(BOOK, actor(PAWN), Member(2, PAWN, "active", added_by=1))


@given(statuses)
def test_nothing_moves_an_ended_membership(status):
    for move in Move:
        assert rules.can_move(move, status) or status not in rules.MOVES_FROM[move]
        assert not rules.can_move(move, "ended")


@pytest.mark.parametrize(
    ("gives", "activates", "waits", "status"),
    [
        (True, True, True, "active"),
        (True, True, False, "active"),
        (True, False, True, "waiting"),
        (True, False, False, "active"),
        (False, True, True, "waiting"),
        (False, True, False, "waiting"),
        (False, False, False, "waiting"),
    ],
)
def test_an_accepted_offer_is_active_or_waits(gives, activates, waits, status):
    assert (
        rules.status_after_acceptance(
            adder_gives=gives, adder_activates=activates, waits_for_activation=waits
        )
        == status
    )


def test_an_offer_is_open_to_its_last_instant():
    assert rules.is_open(NOW, NOW)
    assert not rules.is_open(NOW, NOW + timedelta(microseconds=1))
    assert rules.is_open(None, NOW)


@pytest.mark.parametrize("state", ["accepted", "declined", "withdrawn", "lapsed"])
def test_an_answered_transfer_is_closed(state):
    assert not rules.can_answer_transfer(state, NOW, NOW)
    assert not rules.can_withdraw_transfer(state)


def test_a_late_transfer_can_be_withdrawn_and_not_answered():
    late = NOW + timedelta(days=1)
    assert not rules.can_answer_transfer("offered", NOW, late)
    assert rules.can_withdraw_transfer("offered")


def test_the_old_owner_is_asked_and_the_first_choice_is_the_definitions():
    assert rules.old_holder_choices(QUEEN, may_leave=True) == (QUEEN, None)
    assert rules.old_holder_choices(QUEEN, may_leave=False) == (QUEEN,)


@pytest.mark.parametrize("wrong", ["urn", "family_name", "email", None])
@pytest.mark.parametrize("live", [True, False])
def test_all_three_data_must_fit_a_live_person(wrong, live):
    known = Named("N-1", "roy", "a@b")
    values = {"urn": "N-1", "family_name": "roy", "email": "a@b"}
    given_data = Named(**(values | ({wrong: "x"} if wrong else {})))
    assert rules.is_same_person(given_data, known, live=live) is (live and wrong is None)


def test_a_user_is_managed_by_whoever_gives_their_role():
    managed = {
        giver: {role for role in BOOK.roles if rules.may_manage(BOOK, actor(giver), holder(role))}
        for giver in BOOK.roles
    }
    assert managed == {
        KING: {QUEEN, KNIGHT, PAWN},
        QUEEN: {KNIGHT, PAWN},
        KNIGHT: {PAWN},
        PAWN: set(),
    }


def test_a_role_is_changed_into_another_by_whoever_gives_both():
    assert rules.may_change_role(BOOK, actor(KING), holder(KNIGHT), QUEEN)
    assert rules.may_change_role(BOOK, actor(QUEEN), holder(KNIGHT), PAWN)
    assert not rules.may_change_role(BOOK, actor(QUEEN), holder(KNIGHT), QUEEN)
    assert not rules.may_change_role(BOOK, actor(QUEEN), holder(QUEEN), PAWN)


def test_what_nobody_has_decided_on_is_taken_back_by_whoever_gives_the_role_too():
    for status, taken in {
        "offered": True, "waiting": True, "active": False, "suspended": False, "ended": False,
    }.items():  # fmt: skip
        somebodys = Member(2, PAWN, status, added_by=3)
        assert rules.may_take_back(BOOK, actor(KNIGHT), somebodys) is taken
        assert rules.may_take_back(BOOK, actor(PAWN, person=3), somebodys) is taken
        assert not rules.may_take_back(BOOK, actor(PAWN), somebodys)


def test_a_contact_is_corrected_by_oneself_and_by_whoever_manages_or_proposed():
    assert rules.may_edit_contact(BOOK, actor(PAWN), Member(1, PAWN, "active"))
    assert rules.may_edit_contact(BOOK, actor(KING), holder(QUEEN))
    assert rules.may_edit_contact(BOOK, actor(PAWN), Member(2, PAWN, "offered", added_by=1))
    assert not rules.may_edit_contact(BOOK, actor(PAWN), holder(QUEEN))


def test_everybody_leaves_but_the_holder_of_a_role_that_only_changes_hands():
    assert rules.may_leave(BOOK, holder(QUEEN), ())
    assert not rules.may_leave(BOOK, holder(KING), {1, 2})
    assert rules.may_leave(BOOK, holder("unknown"), ()), "a role that the definition dropped"
    assert not rules.may_leave(BOOK, Member(2, QUEEN, "ended"), ())


def test_where_no_role_can_be_given_none_asks_for_a_fresh_code():
    alone = RoleBook({KING: BOOK.roles[KING]}, frozenset())
    assert not rules.needs_fresh_code(alone, KING)


def test_every_move_begins_in_its_own_states():
    everywhere = ("offered", "waiting", "active", "suspended", "ended")
    begins = {
        move: {status for status in everywhere if rules.can_move(move, status)} for move in Move
    }
    assert begins == {
        Move.ACCEPT: {"offered"},
        Move.DECLINE: {"offered"},
        Move.LAPSE: {"offered"},
        Move.ACTIVATE: {"waiting"},
        Move.SUSPEND: {"active"},
        Move.REACTIVATE: {"suspended"},
        Move.CHANGE_ROLE: {"active", "suspended"},
        Move.END: {"offered", "waiting", "active", "suspended"},
    }


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("offered", "withdrawn"),
        ("waiting", "refused"),
        ("active", "removed"),
        ("suspended", "removed"),
    ],
)
def test_an_end_is_called_by_what_was_ended(status, reason):
    assert rules.end_reason(status) == reason


def test_a_transfer_is_answered_to_its_last_instant():
    assert rules.can_answer_transfer("offered", NOW, NOW)
    assert not rules.can_answer_transfer("offered", NOW, NOW + timedelta(microseconds=1))


# ── a required role that several may hold ───────────────────────────────────────────────

CONSUL, TRIBUNE = "consul", "tribune"
REPUBLIC = RoleBook(
    {CONSUL: Role(CONSUL, 1, required=True), TRIBUNE: Role(TRIBUNE, 2)},
    frozenset({Grant(CONSUL, CONSUL, "give"), Grant(CONSUL, TRIBUNE, "give")}),
)
citizens = st.builds(Member, st.integers(1, 4), st.sampled_from([CONSUL, TRIBUNE]), statuses)
in_hands = st.frozensets(st.integers(1, 4))


def test_a_required_role_that_several_may_hold_is_given_by_its_holders_with_a_fresh_code():
    assert rules.roles_to_give(REPUBLIC, actor(CONSUL)) == [CONSUL, TRIBUNE]
    assert rules.roles_to_give(REPUBLIC, actor(TRIBUNE)) == []
    assert rules.needs_fresh_code(REPUBLIC, CONSUL)
    assert not rules.needs_fresh_code(REPUBLIC, TRIBUNE)


def test_one_manager_manages_another_and_never_themself():
    assert rules.may_manage(REPUBLIC, actor(CONSUL), Member(2, CONSUL, "active"))
    assert not rules.may_manage(REPUBLIC, actor(CONSUL), Member(1, CONSUL, "active"))


@given(citizens, in_hands)
def test_the_last_holder_of_a_required_role_is_the_last_whoever_else_held_it(member, hands):
    last = rules.is_last(REPUBLIC, member, hands)
    held = member.role == CONSUL and member.status == "active"
    assert last == (held and hands <= {member.person_id})
    if last:
        assert not rules.may_leave(REPUBLIC, member, hands)


@given(citizens, in_hands, st.integers(1, 4))
def test_whoever_else_holds_it_lets_a_holder_leave(member, hands, other):
    if other != member.person_id and member.status != "ended":
        assert rules.may_leave(REPUBLIC, member, hands | {other})


def test_a_role_that_the_definition_dropped_has_no_last_holder():
    assert not rules.is_last(REPUBLIC, holder("unknown"), ())
