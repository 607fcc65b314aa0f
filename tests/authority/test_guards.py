"""Each deed asks by itself: what no page of ours would send is refused all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.authority.contacts import Contact
from app.authority.queries_users import user
from app.authority.service import members, transfer
from app.authority.service.access import change_contact, change_role, leave, reactivate, suspend
from app.authority.service.members import accept_offer, activate, add_user, decline_offer
from app.authority.service.transfer import (
    accept_transfer,
    decline_transfer,
    withdraw_transfer,
)
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from tests.authority.conftest import data_of

NOWHERE = 987_654_321
CONTACT = Contact("Fleet manager", "+19025550142", "fleet@business.example")


@pytest.fixture
def row(world, account, roles):
    """`row(status)`: a membership with full access, of somebody new."""

    def make(status="active", role=roles.full, **columns):
        return world.member(account, role, status=status, **columns)

    return make


@pytest.fixture
def only_one_has_full_access(world, account, roles, owner_engine):
    """The program now says that one person at most holds the role; the account has that one."""
    with owner_engine.begin() as connection:
        connection.execute(
            text("UPDATE program_role SET exclusive = true WHERE code = :code"),
            {"code": roles.full},
        )
    world.db.expire_all()
    return world.member(account, roles.full)


def test_only_the_named_person_answers_an_offer(world, people, acting, row):
    offer = row("offered")
    for who in (*people.values(), world.person()):
        acting(who)
        with pytest.raises(Refused):
            accept_offer(who.id, offer.id)
        with pytest.raises(Refused):
            decline_offer(who.id, offer.id)
    assert world.fresh(offer).status == "offered"


def test_a_disabled_person_does_nothing_even_with_what_is_their_own(world, account, acting, roles):
    person = world.person(state="disabled")
    active = world.member(account, roles.full, person)
    other = world.account()
    offer = world.member(other, roles.full, person, status="offered")
    transfer = world.transfer(other, person)
    acting(person)
    for deed in (
        lambda: change_contact(person.id, active.id, CONTACT),
        lambda: leave(person.id, active.id),
        lambda: accept_offer(person.id, offer.id),
        lambda: decline_offer(person.id, offer.id),
        lambda: accept_transfer(person.id, transfer.id, attested=True),
        lambda: decline_transfer(person.id, transfer.id),
    ):
        with pytest.raises(Refused):
            deed()


def test_a_form_drawn_before_somebody_elses_change_is_refused(world, owner, acting, row):
    active, waiting = row(), row("waiting")
    person = world.person_of(active)
    acting(person)
    for deed in (
        lambda: change_contact(person.id, active.id, CONTACT, version=active.row_version + 1),
        lambda: leave(person.id, active.id, version=active.row_version + 1),
    ):
        with pytest.raises(Conflict, match="stale"):
            deed()
    acting(owner)
    with pytest.raises(Conflict, match="stale"):
        activate(owner.id, waiting.id, version=waiting.row_version + 1)


def test_what_has_ended_or_not_begun_is_left_as_it_is(world, owner, acting, roles, row):
    ended, offered = row("ended"), row("offered")
    person = world.person_of(ended)
    acting(person)
    with pytest.raises(Conflict, match="moved_on"):
        change_contact(person.id, ended.id, CONTACT)
    with pytest.raises(Conflict, match="moved_on"):
        leave(person.id, ended.id)
    acting(owner)
    with pytest.raises(Conflict, match="moved_on"):
        change_role(owner.id, offered.id, roles.administrator)


def test_a_transfer_that_was_answered_is_neither_declined_nor_accepted(world, account, acting):
    transfer = world.transfer(account)
    heir = transfer.to_person_id
    acting(heir)
    decline_transfer(heir, transfer.id)
    with pytest.raises(Conflict, match="moved_on"):
        decline_transfer(heir, transfer.id)
    with pytest.raises(Conflict, match="moved_on"):
        accept_transfer(heir, transfer.id, attested=True)


def test_what_does_not_exist_is_not_found(world, acting):
    person = world.person()
    acting(person)
    for deed in (accept_offer, decline_offer, leave, suspend, activate):
        with pytest.raises(NotFound):
            deed(person.id, NOWHERE)
    for deed in (decline_transfer, withdraw_transfer):
        with pytest.raises(NotFound):
            deed(person.id, NOWHERE)


def test_nobody_becomes_the_owner_of_a_closed_account(world, account, acting):
    transfer = world.transfer(account)
    world.close_account(account)
    acting(transfer.to_person_id)
    with pytest.raises(Conflict, match="closed"):
        accept_transfer(transfer.to_person_id, transfer.id, attested=True)


def test_a_second_holder_of_a_role_for_one_is_refused_in_words(
    world, account, owner, acting, roles, row, only_one_has_full_access
):
    """Not by the constraint, which stands behind and says nothing that a page could show."""
    suspended, waiting, offered = (
        row("suspended"),
        row("waiting"),
        row("offered", added_by=owner.id),
    )
    administrator = row(role=roles.administrator)
    acting(owner)
    for deed in (
        lambda: add_user(owner.id, account.id, data_of(world.person()), roles.full),
        lambda: change_role(owner.id, administrator.id, roles.full),
        lambda: reactivate(owner.id, suspended.id),
        lambda: activate(owner.id, waiting.id),
    ):
        with pytest.raises(Invalid, match="taken"):
            deed()
    acting(offered.person_id)
    with pytest.raises(Invalid, match="taken"):
        accept_offer(offered.person_id, offered.id)


def test_opening_the_highest_role_again_asks_for_a_fresh_code(owner, acting, roles, row):
    suspended, waiting = row("suspended", roles.proxy), row("waiting", roles.proxy)
    acting(owner, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        reactivate(owner.id, suspended.id)
    with pytest.raises(StepUpNeeded):
        activate(owner.id, waiting.id)


def test_whoever_activates_must_also_give_the_role(
    people, acting, roles, row, account, owner_engine
):
    """A definition may grant the line “activate” to a role that gives none."""
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO role_action (program_id, role_code, action_code)"
                " SELECT program_id, :role, action_code FROM role_action"
                " WHERE action_code = 'users.activate' LIMIT 1"
            ),
            {"role": roles.administrator},
        )
    who, waiting = people[roles.administrator], row("waiting")
    acting(who)
    with pytest.raises(Refused, match="role_not_given"):
        activate(who.id, waiting.id)


def test_the_offer_asks_again_after_the_try_is_counted(world, account, people, acting, roles):
    """Between the two, somebody may have lost the role."""
    who = people[roles.administrator]
    acting(who)
    with pytest.raises(Refused):
        members._offer(who.id, account.id, data_of(world.person()), roles.proxy)
    with pytest.raises(Refused):
        transfer._offer(who.id, account.id, data_of(world.person()), roles.proxy)


def test_who_is_no_user_of_the_account_reads_none_of_its_memberships(world, account, row, db):
    theirs = row()
    with pytest.raises(NotFound):
        user(db, world.person().id, account.id, theirs.id)


def test_a_page_of_an_account_has_its_own_action(
    app, account, people, roles, sign_in, client, owner_engine
):
    """Whoever opens the account may still lack the line of the matrix that a page belongs to."""
    sign_in(people[roles.proxy])
    client.get(f"/a/{account.id}/users/add")
    with owner_engine.begin() as connection:
        connection.execute(text("DELETE FROM role_action WHERE action_code = 'users.add'"))
    client.get(f"/a/{account.id}/users/add", expect=403)


def test_an_offer_is_withdrawn_by_who_may_transfer_and_while_there_is_one(
    app, account, people, roles, sign_in, client
):
    for role, status in ((roles.proxy, 403), (roles.owner, 409)):
        sign_in(people[role])
        token = client.token(f"/a/{account.id}/")
        path = f"/a/{account.id}/transfer/withdraw"
        client.post(path, {"csrf_token": token}, expect=status)
