"""Issue 2 §4: add a user by URN, family name and e-mail; accept; activate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.authority.models import Membership
from app.authority.queries import may
from app.authority.service import common
from app.authority.service.access import remove, suspend
from app.authority.service.members import accept_offer, activate, add_user, decline_offer
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded, TooMany
from app.identity.models import Credential
from app.programs.limits import limits
from app.programs.service import definition
from tests.authority.conftest import data_of


def test_the_owner_adds_a_user_by_the_three_data(world, account, owner, roles, acting, membership):
    newcomer = world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    row = membership(account, newcomer)
    assert (row.id, row.status, row.role_code) == (number, "offered", roles.full)


@pytest.mark.parametrize(
    ("family", "typed"),
    [
        ("Côté", "COTE"),
        ("St-Pierre", "st pierre"),
        ("O’Neill", "o'neill"),
        ("Lefebvre", "  Lefèbvre "),
        ("Œuvrard", "oeuvrard"),
    ],
)
def test_accents_case_and_spaces_are_forgiven(
    world, account, owner, roles, acting, membership, family, typed
):
    newcomer = world.person(family=family, email="Zoe.Cote@Mail.example")
    acting(owner)
    typed_urn = newcomer.urn.lower().replace("-", " ")
    given = data_of(newcomer, urn=typed_urn, family_name=typed, email=" zoe.cote@mail.EXAMPLE ")
    add_user(owner.id, account.id, given, roles.full)
    assert membership(account, newcomer).status == "offered"


def test_two_names_in_another_script_are_not_the_same(world, account, owner, roles, acting):
    newcomer = world.person(family="王")
    acting(owner)
    with pytest.raises(Invalid):
        add_user(owner.id, account.id, data_of(newcomer, family_name="李"), roles.full)
    add_user(owner.id, account.id, data_of(newcomer, family_name="王"), roles.full)


def test_no_hint_tells_which_of_the_three_was_wrong(world, account, owner, roles, acting):
    newcomer, disabled = world.person(), world.person(state="disabled")
    stranger = "N-1000000-N"
    answers = set()
    for given in (
        data_of(newcomer, urn=world.person().urn),
        data_of(newcomer, urn=stranger),
        data_of(newcomer, urn="nonsense"),
        data_of(newcomer, family_name="Nobody"),
        data_of(newcomer, email="nobody@mail.example"),
        data_of(disabled),
    ):
        adder = world.person()
        other = world.account(adder)
        acting(adder)
        with pytest.raises(Invalid) as refused:
            add_user(adder.id, other.id, given, roles.full)
        answers.add((str(refused.value), tuple(refused.value.values)))
    assert answers == {(": no_match", ())}


def test_unknown_and_disabled_people_cost_the_same_work(
    world, account, owner, roles, acting, engine, statements
):
    """Statement by statement, nothing tells a number that exists from one that does not."""
    newcomer, disabled = world.person(), world.person(state="disabled")
    acting(owner)
    seen, who, where = [], owner.id, account.id
    tries = [
        data_of(newcomer, family_name="Nobody"),
        data_of(disabled),
        data_of(newcomer, urn="N-1000000-N"),
    ]
    for given in tries:
        with statements(engine) as run, pytest.raises(Invalid):
            add_user(who, where, given, roles.full)
        seen.append(list(run))
    assert len(seen[0]) > 10
    assert seen[0] == seen[1] == seen[2]


def test_five_failures_an_hour_per_adder(world, account, owner, roles, acting, clock):
    newcomer = world.person()
    acting(owner)
    other = world.account(owner)
    for n in range(5):
        # Another account and another number each time: only the adder stays the same.
        place = account if n % 2 else other
        with pytest.raises(Invalid):
            add_user(owner.id, place.id, data_of(newcomer, urn=world.person().urn), roles.full)
    with pytest.raises(TooMany):
        add_user(owner.id, account.id, data_of(newcomer), roles.full)
    clock.move(timedelta(minutes=61))
    acting(owner)
    add_user(owner.id, account.id, data_of(newcomer), roles.full)


def test_five_failures_an_hour_per_account(world, account, people, roles, acting):
    newcomer = world.person()
    adders = [people[roles.owner], people[roles.proxy], people[roles.full]]
    for n in range(5):
        adder = adders[n % 3]
        acting(adder)
        with pytest.raises(Invalid):
            add_user(adder.id, account.id, data_of(newcomer, urn=world.person().urn), roles.full)
    last = people[roles.administrator]
    acting(last)
    with pytest.raises(TooMany):
        add_user(last.id, account.id, data_of(newcomer), roles.full)


def test_five_failures_an_hour_per_target_whoever_asks(world, roles, acting):
    newcomer = world.person()
    for _ in range(5):
        adder = world.person()
        acting(adder)
        with pytest.raises(Invalid):
            add_user(
                adder.id,
                world.account(adder).id,
                data_of(newcomer, email="guess@mail.example"),
                roles.full,
            )
    adder = world.person()
    acting(adder)
    with pytest.raises(TooMany):
        add_user(adder.id, world.account(adder).id, data_of(newcomer), roles.full)


def test_a_success_does_not_wash_failures_away(world, account, owner, roles, acting):
    newcomer, target = world.person(), world.person()
    acting(owner)
    for _ in range(4):
        with pytest.raises(Invalid):
            add_user(owner.id, account.id, data_of(target, email="no@mail.example"), roles.full)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    remove(owner.id, number)
    with pytest.raises(Invalid):
        add_user(owner.id, account.id, data_of(target, email="no@mail.example"), roles.full)
    with pytest.raises(TooMany):
        add_user(owner.id, account.id, data_of(newcomer), roles.full)


def test_successes_are_no_failures(world, account, owner, roles, acting):
    acting(owner)
    for newcomer in world.people(7):
        add_user(owner.id, account.id, data_of(newcomer), roles.full)


def test_a_failed_try_stays_counted_and_told_although_the_deed_is_undone(
    world, account, owner, roles, acting, trail
):
    acting(owner)
    with pytest.raises(Invalid):
        add_user(owner.id, account.id, data_of(world.person(), email="no@x.example"), roles.full)
    assert trail(account) == ["membership.add_failed"]


def test_a_failed_try_and_a_reached_limit_are_recorded_under_the_adders_role(
    world, account, owner, roles, acting, clock
):
    clock.stop()
    acting(owner)
    wrong = data_of(world.person(), family_name="Nobody")
    for number in range(limits().add_a_user.failures + 3):
        with pytest.raises(Invalid if number < limits().add_a_user.failures else TooMany):
            add_user(owner.id, account.id, wrong, roles.full)
    session.rollback()
    told = list(session.scalars(select(Entry).order_by(Entry.seq)))
    failed = [one for one in told if one.event == "membership.add_failed"]
    (full,) = [one for one in told if one.event == "limit.reached"]
    assert len(failed) == limits().add_a_user.failures
    for one in (*failed, full):
        assert (one.actor_id, one.role, one.account_id) == (owner.id, roles.owner, account.id)
    assert full.changes["limit"] == [None, "add_a_user"]
    assert full.outcome == "refused"


def test_an_outsider_spends_nothing_of_an_account(world, account, owner, roles, acting):
    outsider = world.person()
    acting(outsider)
    for _ in range(6):
        with pytest.raises(Refused):
            add_user(outsider.id, account.id, data_of(world.person()), roles.full)
    acting(owner)
    add_user(owner.id, account.id, data_of(world.person()), roles.full)


def test_an_account_that_does_not_exist_is_not_found(world, owner, roles, acting):
    acting(owner)
    with pytest.raises(NotFound):
        add_user(owner.id, 987_654, data_of(world.person()), roles.full)


def test_a_person_is_in_an_account_once(world, account, people, roles, acting):
    owner = people[roles.owner]
    acting(owner)
    for known in people.values():
        with pytest.raises(Invalid, match="already_user"):
            add_user(owner.id, account.id, data_of(known), roles.full)


def test_the_added_person_accepts_and_nobody_else(world, account, owner, roles, acting, db):
    newcomer, other = world.person(), world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    for stranger in (other, owner):
        acting(stranger)
        with pytest.raises(Refused):
            accept_offer(stranger.id, number)
    assert not may(db, newcomer.id, "account.view", world.fresh(account))
    acting(newcomer)
    assert accept_offer(newcomer.id, number) == "active"
    assert may(db, newcomer.id, "account.view", account)


def test_added_by_the_owner_is_active_on_acceptance(
    world, account, owner, roles, acting, membership, notices
):
    newcomer = world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    acting(newcomer)
    assert accept_offer(newcomer.id, number) == "active"
    row = membership(account, newcomer)
    assert row.starts_at is not None
    assert row.activated_by == owner.id
    assert notices(newcomer) == ["role_offered"]
    assert notices(owner) == ["role_accepted"]


@pytest.mark.parametrize("adder", ["proxy", "full", "administrator"])
def test_added_by_anyone_else_who_may_waits_for_the_owner(
    world, account, people, roles, acting, db, notices, adder
):
    newcomer, who = world.person(), people[getattr(roles, adder)]
    acting(who)
    number = add_user(who.id, account.id, data_of(newcomer), roles.full)
    acting(newcomer)
    assert accept_offer(newcomer.id, number) == "waiting"
    assert not may(db, newcomer.id, "account.view", world.fresh(account))
    owner = people[roles.owner]
    assert notices(owner) == ["role_waiting"]
    for other in (roles.proxy, roles.full, roles.administrator):
        acting(people[other])
        with pytest.raises(Refused):
            activate(people[other].id, number)
    acting(owner)
    activate(owner.id, number)
    assert may(db, newcomer.id, "account.view", account)
    assert notices(newcomer) == ["role_offered", "role_activated"]


def test_nobody_activates_themselves(world, account, people, roles, acting):
    newcomer = world.person()
    who = people[roles.proxy]
    acting(who)
    number = add_user(who.id, account.id, data_of(newcomer), roles.full)
    acting(newcomer)
    accept_offer(newcomer.id, number)
    with pytest.raises(Refused):
        activate(newcomer.id, number)


def test_an_offer_of_somebody_who_is_no_longer_the_owner_waits(
    world, account, owner, roles, acting
):
    newcomer = world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    heir = world.person()
    _hand_over(world, account, owner, heir, roles)
    acting(newcomer)
    assert accept_offer(newcomer.id, number) == "waiting"
    acting(heir)
    activate(heir.id, number)


def _hand_over(world, account, owner, heir, roles):
    """Swap the owner past the deeds, in one transaction as the database asks."""
    mine = world.db.scalars(
        select(Membership).where(
            Membership.account_id == account.id, Membership.person_id == owner.id
        )
    ).one()
    mine.status, mine.ended_at, mine.end_reason = "ended", mine.added_at, "transferred"
    world.db.flush()
    world.member(account, roles.owner, heir)


@pytest.mark.parametrize(
    ("adder", "role", "allowed"),
    [
        ("owner", "owner", False),
        ("owner", "proxy", True),
        ("owner", "full", True),
        ("owner", "administrator", True),
        ("proxy", "owner", False),
        ("proxy", "proxy", False),
        ("proxy", "full", True),
        ("proxy", "administrator", True),
        ("full", "owner", False),
        ("full", "proxy", False),
        ("full", "full", True),
        ("full", "administrator", True),
        ("administrator", "owner", False),
        ("administrator", "proxy", False),
        ("administrator", "full", True),
        ("administrator", "administrator", True),
    ],
)
def test_a_role_is_offered_only_by_those_who_may_give_or_propose_it(
    world, account, people, roles, acting, adder, role, allowed
):
    who, newcomer = people[getattr(roles, adder)], world.person()
    acting(who)
    if allowed:
        add_user(who.id, account.id, data_of(newcomer), getattr(roles, role))
    else:
        with pytest.raises(Refused):
            add_user(who.id, account.id, data_of(newcomer), getattr(roles, role))


def test_the_highest_role_asks_for_a_fresh_code(world, account, owner, roles, acting):
    newcomer = world.person()
    acting(owner, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        add_user(owner.id, account.id, data_of(newcomer), roles.proxy)
    add_user(owner.id, account.id, data_of(newcomer), roles.full)


def test_a_code_of_twenty_one_minutes_ago_is_not_fresh(world, account, owner, roles, acting, clock):
    newcomer = world.person()
    acting(owner)
    clock.move(timedelta(minutes=21))
    with pytest.raises(StepUpNeeded):
        add_user(owner.id, account.id, data_of(newcomer), roles.proxy)


def test_a_role_that_the_program_does_not_have_is_refused(world, account, owner, acting):
    acting(owner)
    with pytest.raises(Invalid, match="unknown"):
        add_user(owner.id, account.id, data_of(world.person()), "emperor")


def test_an_offer_lives_seven_calendar_days_to_the_end_of_the_last(
    world, account, owner, roles, acting, clock
):
    first, second = world.people(2)
    acting(owner)
    numbers = [add_user(owner.id, account.id, data_of(one), roles.full) for one in (first, second)]
    last = world.db.get(Membership, numbers[0]).offer_expires_at
    world.db.rollback()
    assert timedelta(days=6, hours=23) < last - clock.now() <= timedelta(days=8)
    clock.set(last - timedelta(seconds=5))
    acting(first)
    assert accept_offer(first.id, numbers[0]) == "active"
    clock.set(last + timedelta(seconds=1))
    acting(second)
    with pytest.raises(Conflict, match="lapsed"):
        accept_offer(second.id, numbers[1])


def test_a_late_offer_does_not_stand_in_the_way_of_a_new_one(
    world, account, owner, roles, acting, clock, membership
):
    newcomer = world.person()
    acting(owner)
    old = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    clock.move(days=9)
    acting(owner)
    new = add_user(owner.id, account.id, data_of(newcomer), roles.administrator)
    assert new != old
    assert world.fresh(world.db.get(Membership, old)).end_reason == "lapsed"
    assert membership(account, newcomer).id == new


def test_an_offer_is_answered_once(world, account, owner, roles, acting):
    newcomer = world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    acting(newcomer)
    accept_offer(newcomer.id, number)
    with pytest.raises(Conflict):
        accept_offer(newcomer.id, number)
    with pytest.raises(Conflict):
        decline_offer(newcomer.id, number)


def test_a_declined_offer_opens_nothing_and_is_told(
    world, account, owner, roles, acting, membership, notices, trail
):
    newcomer = world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    acting(newcomer)
    decline_offer(newcomer.id, number)
    assert membership(account, newcomer) is None
    assert notices(owner) == ["role_declined"]
    assert trail(account) == ["membership.offered", "membership.declined"]


def test_a_suspended_adder_opens_nothing_any_more(world, account, people, roles, acting):
    newcomer, who = world.person(), people[roles.full]
    acting(who)
    number = add_user(who.id, account.id, data_of(newcomer), roles.full)
    owner = people[roles.owner]
    acting(owner)
    mine = world.db.scalars(
        select(Membership.id).where(
            Membership.account_id == account.id, Membership.person_id == who.id
        )
    ).one()
    world.db.rollback()
    suspend(owner.id, mine)
    acting(newcomer)
    assert accept_offer(newcomer.id, number) == "waiting"


@pytest.fixture
def defined(world, monkeypatch):
    """`defined(waits_for_activation=False)`: the program's definition with other rules of users."""

    def switch(**rules):
        real = definition(world.program().code)
        users = real.users.model_copy(update=rules)
        switched = real.model_copy(update={"users": users})
        monkeypatch.setattr(common, "definition", lambda _code: switched)

    return switch


def test_a_definition_may_let_givers_offers_pass_without_the_owner(
    world, account, people, roles, acting, defined
):
    defined(waits_for_activation=False)
    for rank, status in ((roles.full, "active"), (roles.administrator, "waiting")):
        who, newcomer = people[rank], world.person()
        acting(who)
        number = add_user(who.id, account.id, data_of(newcomer), roles.full)
        acting(newcomer)
        assert accept_offer(newcomer.id, number) == status


def test_a_definition_may_ask_for_no_acceptance(
    world, account, people, roles, acting, defined, membership, notices, trail
):
    """The field's page adds at once; the switch is data. Then nobody is asked, and all are told."""
    defined(accepted_by_added_person=False)
    owner, proxy = people[roles.owner], people[roles.proxy]
    first, second = world.people(2)
    acting(owner)
    add_user(owner.id, account.id, data_of(first), roles.full)
    assert membership(account, first).status == "active"
    assert notices(first) == ["role_activated"]
    acting(proxy)
    add_user(proxy.id, account.id, data_of(second), roles.full)
    assert membership(account, second).status == "waiting"
    assert notices(owner) == ["role_waiting"]
    assert trail(account) == ["membership.offered", "membership.accepted"] * 2


def test_a_closed_account_takes_nobody_in(world, account, owner, roles, acting):
    newcomer = world.person()
    acting(owner)
    number = add_user(owner.id, account.id, data_of(newcomer), roles.full)
    world.close_account(account)
    acting(newcomer)
    with pytest.raises(Conflict, match="closed"):
        accept_offer(newcomer.id, number)
    acting(owner)
    with pytest.raises(Refused):
        add_user(owner.id, account.id, data_of(world.person()), roles.full)


def test_adding_somebody_shows_nothing_of_their_credentials(world, account, owner, roles, acting):
    newcomer = world.person()
    before = (newcomer.email, newcomer.row_version)
    acting(owner)
    add_user(owner.id, account.id, data_of(newcomer), roles.full)
    after = world.fresh(newcomer)
    assert (after.email, after.row_version) == before
    changed = world.db.scalar(
        select(Credential.changed_at).where(Credential.person_id == newcomer.id)
    )
    world.db.rollback()
    assert changed < world.now()
