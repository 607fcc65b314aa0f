"""Issue 2 §4: change contact or role, suspend, restore, remove, leave."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.authority.contacts import Contact
from app.authority.models import Membership
from app.authority.queries import may
from app.authority.service.access import (
    change_contact,
    change_role,
    leave,
    reactivate,
    remove,
    suspend,
)
from app.authority.service.members import accept_offer, activate, add_user
from app.base.errors import Conflict, Invalid, Refused, StepUpNeeded
from app.base.phones import show_phone
from tests.authority.conftest import data_of

CONTACT = Contact("Fleet manager", "+19025550142", "fleet@business.example")
GIVEN = {
    "owner": {"proxy", "full", "administrator"},
    "proxy": {"full", "administrator"},
    "full": {"full", "administrator"},
    "administrator": set(),
}
"""Design §9, by rank and not by code: who gives which role."""
RANKS = ["owner", "proxy", "full", "administrator"]
PAIRS = [(actor, role) for actor in RANKS for role in RANKS]


@pytest.fixture
def target(world, account, people, roles):
    """`target("full")`: a second person in a role; the owner's is the owner's own."""

    def make(rank, status="active"):
        code = getattr(roles, rank)
        if rank == "owner":
            return world.db.scalars(
                select(Membership).where(
                    Membership.account_id == account.id, Membership.role_code == code
                )
            ).one()
        return world.member(account, code, status=status)

    return make


@pytest.mark.parametrize(("actor", "role"), PAIRS)
def test_a_user_is_suspended_by_those_who_may_give_that_role(
    world, account, people, roles, acting, target, db, actor, role
):
    who, row = people[getattr(roles, actor)], target(role)
    acting(who)
    if role in GIVEN[actor]:
        suspend(who.id, row.id)
        assert world.fresh(row).status == "suspended"
        assert not may(db, row.person_id, "account.view", account)
    else:
        with pytest.raises(Refused):
            suspend(who.id, row.id)
        assert world.fresh(row).status == "active"


@pytest.mark.parametrize(("actor", "role"), [pair for pair in PAIRS if pair[1] != "owner"])
def test_a_user_is_restored_by_those_who_may_give_that_role(
    world, account, people, roles, acting, target, db, actor, role
):
    who, row = people[getattr(roles, actor)], target(role, "suspended")
    acting(who)
    if role in GIVEN[actor]:
        reactivate(who.id, row.id)
        assert may(db, row.person_id, "account.view", account)
    else:
        with pytest.raises(Refused):
            reactivate(who.id, row.id)


@pytest.mark.parametrize(("actor", "role"), PAIRS)
def test_a_user_is_removed_by_those_who_may_give_that_role(
    world, account, people, roles, acting, target, db, actor, role
):
    who, row = people[getattr(roles, actor)], target(role)
    acting(who)
    if role in GIVEN[actor]:
        remove(who.id, row.id)
        gone = world.fresh(row)
        assert (gone.status, gone.end_reason) == ("ended", "removed")
        assert not may(db, row.person_id, "account.view", account)
    else:
        with pytest.raises(Refused):
            remove(who.id, row.id)
        assert world.fresh(row).status == "active"


@pytest.mark.parametrize("actor", RANKS)
def test_a_role_is_changed_by_those_who_may_give_the_old_and_the_new(
    world, account, people, roles, acting, target, membership, actor
):
    who = people[getattr(roles, actor)]
    acting(who)
    for old, new in PAIRS:
        row = target(old)
        person = world.person_of(row)
        if {old, new} <= GIVEN[actor] and old != new:
            number = change_role(who.id, row.id, getattr(roles, new))
            now = membership(account, person)
            assert (now.id, now.role_code, now.status) == (number, getattr(roles, new), "active")
            before = world.fresh(row)
            assert (before.status, before.end_reason) == ("ended", "role_changed")
        else:
            with pytest.raises((Refused, Invalid)):
                change_role(who.id, row.id, getattr(roles, new))
            assert membership(account, person).role_code == getattr(roles, old), (old, new)


@pytest.mark.parametrize("rank", RANKS)
def test_nobody_changes_their_own_role(world, account, people, roles, acting, membership, rank):
    who = people[getattr(roles, rank)]
    mine = membership(account, who)
    acting(who)
    for code in vars(roles).values():
        with pytest.raises((Refused, Invalid)):
            change_role(who.id, mine.id, code)
    for deed in (suspend, remove):
        with pytest.raises(Refused):
            deed(who.id, mine.id)
    assert membership(account, who).role_code == getattr(roles, rank)


@pytest.mark.parametrize("rank", ["proxy", "full", "administrator"])
def test_nobody_removes_suspends_or_changes_the_owner(
    world, account, people, roles, acting, membership, rank
):
    who, owner = people[getattr(roles, rank)], people[roles.owner]
    row = membership(account, owner)
    acting(who)
    for attempt in (
        lambda: remove(who.id, row.id),
        lambda: suspend(who.id, row.id),
        lambda: change_role(who.id, row.id, roles.full),
        lambda: change_contact(who.id, row.id, CONTACT),
    ):
        with pytest.raises(Refused):
            attempt()
    assert membership(account, owner).row_version == row.row_version


def test_the_highest_role_is_given_with_a_fresh_code_only(
    world, account, owner, roles, acting, target
):
    row = target("full")
    acting(owner, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        change_role(owner.id, row.id, roles.proxy)
    change_role(owner.id, row.id, roles.administrator)


def test_a_suspended_user_may_get_another_role_and_stays_suspended(
    world, account, owner, roles, acting, target, membership
):
    row = target("full", "suspended")
    acting(owner)
    change_role(owner.id, row.id, roles.administrator)
    assert membership(account, world.person_of(row)).status == "suspended"


def test_the_same_role_again_is_refused_in_words(world, owner, roles, acting, target):
    row = target("full")
    acting(owner)
    with pytest.raises(Invalid, match="same"):
        change_role(owner.id, row.id, roles.full)


@pytest.mark.parametrize(("actor", "role"), PAIRS)
def test_the_business_contact_is_changed_by_those_who_may_give_that_role(
    world, account, people, roles, acting, target, actor, role
):
    who, row = people[getattr(roles, actor)], target(role)
    own = row.person_id == who.id
    acting(who)
    if own or role in GIVEN[actor]:
        change_contact(who.id, row.id, CONTACT)
        now = world.fresh(row)
        assert (now.contact_title, now.contact_phone, now.contact_email) == (
            CONTACT.title,
            CONTACT.phone,
            CONTACT.email,
        )
    else:
        with pytest.raises(Refused):
            change_contact(who.id, row.id, CONTACT)


@pytest.mark.parametrize("rank", RANKS)
def test_everybody_keeps_their_own_business_contact(
    world, account, people, roles, acting, membership, rank
):
    who = people[getattr(roles, rank)]
    acting(who)
    change_contact(who.id, membership(account, who).id, CONTACT)
    assert membership(account, who).contact_title == CONTACT.title


def test_the_sign_in_email_of_another_is_never_touched(world, account, owner, acting, target):
    row = target("full")
    person = world.person_of(row)
    before = (person.email, person.email_folded, person.phone, person.row_version)
    acting(owner)
    change_contact(owner.id, row.id, CONTACT)
    after = world.fresh(person)
    assert (after.email, after.email_folded, after.phone, after.row_version) == before


def test_a_contact_that_stays_the_same_leaves_no_trace(
    world, account, owner, acting, target, trail
):
    row = target("full")
    acting(owner)
    change_contact(owner.id, row.id, CONTACT)
    version = world.fresh(row).row_version
    change_contact(owner.id, row.id, CONTACT)
    assert world.fresh(row).row_version == version
    assert trail(account) == ["membership.changed"]


def test_a_contact_is_kept_erasable_in_the_trail(world, account, owner, acting, target):
    row = target("full")
    acting(owner)
    change_contact(owner.id, row.id, CONTACT)
    entry = world.db.scalars(select(Entry).where(Entry.account_id == account.id)).one()
    assert CONTACT.email not in str(entry.changes)
    assert entry.role is not None
    world.db.rollback()


@pytest.mark.parametrize(
    ("typed", "stored", "shown"),
    [
        ("(902) 555-0142", "+19025550142", "902-555-0142"),
        ("1 902 555 0142", "+19025550142", "902-555-0142"),
        ("+44 20 7946 0018", "+442079460018", "+44 20 7946 0018"),
    ],
)
def test_a_telephone_number_is_typed_as_one_likes(
    world, account, owner, acting, target, typed, stored, shown
):
    row = target("full")
    acting(owner)
    change_contact(owner.id, row.id, Contact(" Manager ", typed, " "))
    now = world.fresh(row)
    assert (now.contact_title, now.contact_phone, now.contact_email) == ("Manager", stored, None)
    assert show_phone(stored) == shown


@pytest.mark.parametrize(
    ("contact", "errors"),
    [
        (Contact(phone="12"), {"phone": "phone"}),
        (Contact(phone="call me"), {"phone": "phone"}),
        (Contact(email="nobody"), {"email": "email"}),
        (Contact(email="a@b"), {"email": "email"}),
        (Contact(email="a b@mail.example"), {"email": "email"}),
        (Contact(title="x" * 81), {"title": "long"}),
        (Contact("x" * 81, "1", "@"), {"title": "long", "phone": "phone", "email": "email"}),
    ],
)
def test_a_contact_that_cannot_be_used_is_refused_field_by_field(
    owner, acting, target, contact, errors
):
    row = target("full")
    acting(owner)
    with pytest.raises(Invalid) as refused:
        change_contact(owner.id, row.id, contact)
    assert refused.value.errors == errors


@pytest.mark.parametrize("deed", [suspend, remove])
def test_a_form_drawn_before_somebody_elses_change_is_stale(
    world, account, owner, acting, target, deed
):
    row = target("full")
    version = row.row_version
    acting(owner)
    change_contact(owner.id, row.id, CONTACT, version)
    with pytest.raises(Conflict, match="stale"):
        deed(owner.id, row.id, version)
    deed(owner.id, row.id, world.fresh(row).row_version)


def test_a_stale_form_of_contact_or_role_changes_nothing(
    world, account, owner, roles, acting, target
):
    row = target("full")
    acting(owner)
    change_contact(owner.id, row.id, CONTACT, row.row_version)
    with pytest.raises(Conflict, match="stale"):
        change_contact(owner.id, row.id, Contact("Other"), 1)
    with pytest.raises(Conflict, match="stale"):
        change_role(owner.id, row.id, roles.administrator, 1)
    assert world.fresh(row).contact_title == CONTACT.title


def test_user_administrators_only_propose(world, account, people, roles, acting, target):
    """They add, and take back or correct what they proposed; nothing that is effective."""
    who, newcomer = people[roles.administrator], world.person()
    acting(who)
    number = add_user(who.id, account.id, data_of(newcomer), roles.full)
    change_contact(who.id, number, CONTACT)
    acting(newcomer)
    assert accept_offer(newcomer.id, number) == "waiting"
    acting(who)
    change_contact(who.id, number, Contact("Dispatcher"))
    acting(people[roles.owner])
    activate(people[roles.owner].id, number)
    acting(who)
    for attempt in (
        lambda: change_contact(who.id, number, CONTACT),
        lambda: suspend(who.id, number),
        lambda: change_role(who.id, number, roles.administrator),
        lambda: remove(who.id, number),
    ):
        with pytest.raises(Refused):
            attempt()


def test_who_proposed_may_take_it_back_until_it_is_decided(
    world, account, people, roles, acting, notices
):
    who, newcomer = people[roles.administrator], world.person()
    acting(who)
    number = add_user(who.id, account.id, data_of(newcomer), roles.full)
    acting(people[roles.proxy])
    other = world.member(account, roles.full, status="offered", added_by=people[roles.proxy].id)
    acting(who)
    with pytest.raises(Refused):
        remove(who.id, other.id)
    remove(who.id, number)
    assert world.fresh(world.db.get(Membership, number)).end_reason == "withdrawn"
    assert notices(newcomer) == ["role_offered", "role_withdrawn"]


def test_who_waits_may_be_refused(world, account, owner, roles, acting, target, notices):
    row = target("full", "waiting")
    acting(owner)
    remove(owner.id, row.id)
    assert world.fresh(row).end_reason == "refused"
    assert notices(world.person_of(row)) == ["role_refused"]


@pytest.mark.parametrize("rank", ["proxy", "full", "administrator"])
def test_a_person_leaves_by_themselves(
    world, account, people, roles, acting, membership, notices, rank
):
    who = people[getattr(roles, rank)]
    acting(who)
    leave(who.id, membership(account, who).id)
    assert membership(account, who) is None
    assert notices(people[roles.owner]) == ["member_left"]


def test_the_owner_cannot_leave(world, account, owner, acting, membership):
    acting(owner)
    with pytest.raises(Refused) as refused:
        leave(owner.id, membership(account, owner).id)
    assert refused.value.reason == "required_role"
    assert membership(account, owner).status == "active"


def test_nobody_leaves_for_another(world, account, owner, acting, target):
    row = target("full")
    acting(owner)
    with pytest.raises(Refused):
        leave(owner.id, row.id)


@pytest.mark.parametrize("status", ["offered", "waiting", "active", "suspended", "ended"])
def test_a_membership_moves_only_where_its_state_leads(
    world, account, owner, roles, acting, status
):
    allowed = {
        "offered": {remove},
        "waiting": {remove, activate},
        "active": {remove, suspend},
        "suspended": {remove, reactivate},
        "ended": set(),
    }[status]
    acting(owner)
    for deed in (remove, activate, suspend, reactivate):
        row = world.member(account, roles.full, status=status)
        if deed in allowed:
            deed(owner.id, row.id)
            assert world.fresh(row).status != status
        else:
            with pytest.raises(Conflict):
                deed(owner.id, row.id)
            assert world.fresh(row).status == status


def test_what_was_done_is_told_and_recorded(
    world, account, owner, roles, acting, target, notices, trail
):
    row = target("full")
    person = world.person_of(row)
    acting(owner)
    suspend(owner.id, row.id)
    reactivate(owner.id, row.id)
    new = change_role(owner.id, row.id, roles.administrator)
    remove(owner.id, new)
    assert notices(person) == [
        "role_suspended",
        "role_reactivated",
        "role_changed",
        "role_removed",
    ]
    assert trail(account) == [
        "membership.suspended",
        "membership.reactivated",
        "membership.changed",
        "membership.ended",
    ]


def test_a_refusal_is_in_the_trail_with_who_asked_and_on_what(
    world, account, people, roles, acting, target
):
    who, row = people[roles.administrator], target("full")
    acting(who)
    with pytest.raises(Refused):
        suspend(who.id, row.id)
    entry = world.db.scalars(select(Entry).where(Entry.event == "deed.refused")).one()
    assert (entry.actor_id, entry.account_id, entry.outcome) == (who.id, account.id, "refused")
    assert (entry.target_kind, entry.target_id) == ("membership", str(row.id))
    world.db.rollback()


def test_the_owner_of_another_business_may_do_nothing_here(world, account, roles, acting, target):
    stranger, row = world.person(), target("full")
    world.account(stranger)
    acting(stranger)
    for attempt in (
        lambda: suspend(stranger.id, row.id),
        lambda: remove(stranger.id, row.id),
        lambda: activate(stranger.id, row.id),
        lambda: change_role(stranger.id, row.id, roles.administrator),
        lambda: change_contact(stranger.id, row.id, CONTACT),
    ):
        with pytest.raises(Refused):
            attempt()
