"""Issue 2 §4: transfer of ownership, offered by the owner, accepted by the named person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.authority import jobs
from app.authority.models import Membership, OwnershipTransfer
from app.authority.queries import may
from app.authority.service import common, handover
from app.authority.service.members import add_user
from app.authority.service.transfer import (
    accept_transfer,
    decline_transfer,
    offer_transfer,
    withdraw_transfer,
)
from app.base.errors import Conflict, Invalid, Refused, StepUpNeeded, TooMany
from app.programs.limits import limits
from app.programs.service import definition
from tests.authority.conftest import data_of


@pytest.fixture
def owners(world):
    """`owners(account)`: the ids of who owns it now; the tests ask that it is one, always."""

    def find(account):
        found = world.db.scalars(
            select(Membership.person_id).where(
                Membership.account_id == account.id,
                Membership.required,
                Membership.status == "active",
            )
        ).all()
        world.db.rollback()
        return list(found)

    return find


@pytest.fixture
def offered(world, account, owner, roles, acting):
    """An offer to a person from outside; the owner would become proxy owner."""
    heir = world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    return number, heir


def test_the_offer_changes_nobodys_role(account, owner, owners, offered, membership):
    _number, heir = offered
    assert owners(account) == [owner.id]
    assert membership(account, heir) is None


def test_only_the_owner_may_transfer_the_account(world, account, people, roles, acting):
    heir = world.person()
    for role, who in people.items():
        if role == roles.owner:
            continue
        acting(who)
        with pytest.raises(Refused):
            offer_transfer(who.id, account.id, data_of(heir), roles.proxy)


def test_the_owner_names_an_existing_portal_user_by_three_data(
    world, account, owner, roles, acting
):
    heir, disabled = world.person(), world.person(state="disabled")
    acting(owner)
    for wrong in (
        data_of(heir, family_name="Nobody"),
        data_of(heir, email="no@mail.example"),
        data_of(heir, urn=world.person().urn),
        data_of(disabled),
    ):
        with pytest.raises(Invalid, match="no_match"):
            offer_transfer(owner.id, account.id, wrong, roles.proxy)
    offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)


def test_guesses_for_a_transfer_and_for_adding_share_one_limit(
    world, account, owner, roles, acting
):
    heir = world.person()
    acting(owner)
    for n in range(5):
        wrong = data_of(heir, email=f"no{n}@mail.example")
        deed, role = (add_user, roles.full) if n % 2 else (offer_transfer, roles.proxy)
        with pytest.raises(Invalid):
            deed(owner.id, account.id, wrong, role)
    with pytest.raises(TooMany):
        offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)


def test_offering_asks_for_a_fresh_code(world, account, owner, roles, acting, clock):
    heir = world.person()
    acting(owner, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    acting(owner)
    clock.move(minutes=21)
    with pytest.raises(StepUpNeeded):
        offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)


def test_the_swap_is_the_acceptance(
    world, account, owner, roles, acting, offered, owners, membership, db
):
    number, heir = offered
    acting(heir)
    assert accept_transfer(heir.id, number, attested=True) == account.id
    assert owners(account) == [heir.id]
    assert membership(account, owner).role_code == roles.proxy
    assert may(db, heir.id, "ownership.transfer", account)
    assert not may(db, owner.id, "ownership.transfer", account)
    row = world.db.get(OwnershipTransfer, number)
    assert row.state == "accepted"
    assert row.attested_at is not None
    world.db.rollback()


def test_the_old_owner_may_choose_to_leave(world, account, owner, acting, owners, membership, db):
    heir = world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), None)
    acting(heir)
    accept_transfer(heir.id, number, attested=True)
    assert owners(account) == [heir.id]
    assert membership(account, owner) is None
    assert not may(db, owner.id, "account.view", account)


def test_the_old_owner_may_not_choose_any_other_role(world, account, owner, roles, acting):
    acting(owner)
    for role in (roles.owner, roles.full, roles.administrator, "emperor"):
        with pytest.raises(Invalid, match="old_owner_role"):
            offer_transfer(owner.id, account.id, data_of(world.person()), role)


@pytest.mark.parametrize("status", ["offered", "waiting", "active", "suspended"])
@pytest.mark.parametrize("rank", ["proxy", "full", "administrator"])
def test_the_receiver_may_already_be_in_the_account(
    world, account, owner, roles, acting, owners, membership, rank, status
):
    row = world.member(account, getattr(roles, rank), status=status, contact_title="Manager")
    heir = world.person_of(row)
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    acting(heir)
    accept_transfer(heir.id, number, attested=True)
    assert owners(account) == [heir.id]
    assert membership(account, heir).contact_title == "Manager"
    assert world.fresh(row).status == "ended"


def test_without_attestation_nothing_is_accepted(account, owner, acting, offered, owners):
    number, heir = offered
    acting(heir)
    with pytest.raises(Invalid, match="attested"):
        accept_transfer(heir.id, number, attested=False)
    assert owners(account) == [owner.id]


def test_accepting_asks_for_a_fresh_code(account, owner, acting, offered, owners):
    number, heir = offered
    acting(heir, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        accept_transfer(heir.id, number, attested=True)
    assert owners(account) == [owner.id]


def test_only_the_named_person_accepts(world, account, people, roles, acting, owners):
    owner, heir = people[roles.owner], world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    for who in [*people.values(), world.person()]:
        acting(who)
        with pytest.raises(Refused):
            accept_transfer(who.id, number, attested=True)
        with pytest.raises(Refused):
            decline_transfer(who.id, number)
    assert owners(account) == [owner.id]


def test_a_disabled_receiver_cannot_accept(world, account, owner, acting, offered, owners):
    number, heir = offered
    world.set(heir, state="disabled")
    acting(heir)
    with pytest.raises(Refused):
        accept_transfer(heir.id, number, attested=True)
    assert owners(account) == [owner.id]


def test_it_is_accepted_within_seven_days(
    world, account, owner, roles, acting, offered, owners, clock
):
    number, heir = offered
    last = world.db.get(OwnershipTransfer, number).expires_at
    world.db.rollback()
    assert timedelta(days=6, hours=23) < last - clock.now() <= timedelta(days=8)
    clock.set(last + timedelta(seconds=1))
    acting(heir)
    with pytest.raises(Conflict, match="lapsed"):
        accept_transfer(heir.id, number, attested=True)
    clock.set(last - timedelta(seconds=5))
    acting(heir)
    accept_transfer(heir.id, number, attested=True)
    assert owners(account) == [heir.id]


def test_it_is_withdrawn_any_time_before(world, account, owner, acting, offered, owners, notices):
    number, heir = offered
    acting(owner)
    withdraw_transfer(owner.id, number)
    acting(heir)
    with pytest.raises(Conflict):
        accept_transfer(heir.id, number, attested=True)
    assert owners(account) == [owner.id]
    assert notices(heir) == ["transfer_offered", "transfer_withdrawn"]
    acting(owner)
    with pytest.raises(Conflict):
        withdraw_transfer(owner.id, number)


def test_only_the_owner_withdraws(world, account, people, roles, acting):
    owner, heir = people[roles.owner], world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    for who in (people[roles.proxy], people[roles.full], people[roles.administrator], heir):
        acting(who)
        with pytest.raises(Refused):
            withdraw_transfer(who.id, number)


def test_the_new_owner_cannot_undo_by_withdrawing(account, acting, offered, owners):
    number, heir = offered
    acting(heir)
    accept_transfer(heir.id, number, attested=True)
    with pytest.raises(Conflict):
        withdraw_transfer(heir.id, number)
    assert owners(account) == [heir.id]


def test_a_declined_offer_changes_nothing_and_is_told(
    account, owner, acting, offered, owners, notices
):
    number, heir = offered
    acting(heir)
    decline_transfer(heir.id, number)
    assert owners(account) == [owner.id]
    assert notices(owner) == ["transfer_begun", "transfer_declined"]
    with pytest.raises(Conflict):
        accept_transfer(heir.id, number, attested=True)


def test_one_offer_at_a_time(world, account, owner, roles, acting, offered):
    acting(owner)
    with pytest.raises(Conflict, match="transfer_open"):
        offer_transfer(owner.id, account.id, data_of(world.person()), roles.proxy)


def test_a_right_try_that_meets_an_open_offer_is_no_failure(
    world, account, owner, roles, acting, offered
):
    acting(owner)
    for _ in range(limits().add_a_user.failures + 1):
        with pytest.raises(Conflict, match="transfer_open"):
            offer_transfer(owner.id, account.id, data_of(world.person()), roles.proxy)


def test_a_late_offer_does_not_stand_in_the_way_of_a_new_one(
    world, account, owner, roles, acting, offered, clock, trail
):
    number, _heir = offered
    clock.move(days=9)
    acting(owner)
    offer_transfer(owner.id, account.id, data_of(world.person()), roles.proxy)
    assert world.fresh(world.db.get(OwnershipTransfer, number)).state == "lapsed"
    assert trail(account) == ["transfer.offered", "transfer.lapsed", "transfer.offered"]


def test_nobody_transfers_to_themselves(account, owner, roles, acting):
    acting(owner)
    with pytest.raises(Invalid, match="yourself"):
        offer_transfer(owner.id, account.id, data_of(owner), roles.proxy)


def test_both_are_told_by_email(world, account, owner, acting, offered, mailbox, app):
    number, heir = offered
    assert mailbox.all(heir.email)
    assert mailbox.all(owner.email)
    acting(heir)
    accept_transfer(heir.id, number, attested=True)
    assert len(mailbox.all(heir.email)) == 2
    assert len(mailbox.all(owner.email)) == 2


def test_the_attestation_is_in_the_trail(world, account, acting, offered):
    number, heir = offered
    acting(heir)
    accept_transfer(heir.id, number, attested=True, language="fr")
    entry = world.db.scalars(select(Entry).where(Entry.event == "transfer.accepted")).one()
    assert entry.actor_id == heir.id
    assert entry.changes["attested"] == [None, "true"]
    assert entry.changes["terms_language"] == [None, "fr"]
    world.db.rollback()


def test_the_job_closes_late_offers_once_and_tells_their_makers(
    world, account, owner, roles, acting, offered, clock, notices, db
):
    newcomer = world.person()
    acting(owner)
    add_user(owner.id, account.id, data_of(newcomer), roles.full)
    jobs.lapse_offers()
    assert "role_offer_lapsed" not in notices(owner)
    clock.move(days=9)
    jobs.lapse_offers()
    jobs.lapse_offers()
    told = notices(owner)
    assert told.count("role_offer_lapsed") == 1
    assert told.count("transfer_lapsed") == 1


def test_a_definition_may_assign_at_once(
    world, account, owner, roles, acting, owners, membership, notices, monkeypatch
):
    """ "attribuez lui le rôle de propriétaire du compte": the source waits for nobody."""
    real = definition(world.program().code)
    switched = real.model_copy(
        update={"transfer": real.transfer.model_copy(update={"immediate": True})}
    )
    monkeypatch.setattr(common, "definition", lambda _code: switched)
    heir = world.person()
    acting(owner)
    number = offer_transfer(owner.id, account.id, data_of(heir), roles.proxy)
    assert owners(account) == [heir.id]
    assert membership(account, owner).role_code == roles.proxy
    assert world.fresh(world.db.get(OwnershipTransfer, number)).attested_at is None
    assert notices(heir) == ["transfer_received"]
    assert notices(owner) == ["transfer_made"]


def test_whoever_owned_the_account_when_can_be_read_from_the_table(
    world, account, owner, acting, offered
):
    number, heir = offered
    acting(heir)
    accept_transfer(heir.id, number, attested=True)
    rows = world.db.scalars(
        select(Membership)
        .where(Membership.account_id == account.id, Membership.required)
        .order_by(Membership.id)
    ).all()
    first, second = rows
    assert (first.person_id, first.end_reason) == (owner.id, "transferred")
    assert (second.person_id, second.ended_at) == (heir.id, None)
    assert first.ended_at == second.starts_at
    world.db.rollback()


def test_an_owner_of_the_past_withdraws_nothing(world, account, owner, roles, acting, offered):
    number, heir = offered
    acting(heir)
    accept_transfer(heir.id, number, attested=True)
    second = world.person()
    new = offer_transfer(heir.id, account.id, data_of(second), roles.proxy)
    acting(owner)
    with pytest.raises(Refused):
        withdraw_transfer(owner.id, new)


def test_the_swap_needs_the_giver_to_own_the_account_still(world, account, owner, db, offered):
    stranger = world.person()
    with pytest.raises(Conflict, match="not_the_holder"):
        handover.held_by(db, db.get(type(account), account.id), _role(world), stranger.id)


def _role(world):
    return world.roles()[0].code
