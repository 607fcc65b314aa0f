"""The chain to a delegation: each link with its dates, and the first that lacks something."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.authority.explain import GRANTED, explain

DEED = "users.view"


@pytest.fixture
def acting(world, account):
    """A broker's employee, put on the account's delegation by a group, in an acting role."""
    broker, person = world.business("Broker inc."), world.person()
    office = world.office(broker, world.program())
    team = world.group(person, of=office, name="Tuesday")
    world.level("looks", [DEED])
    act = world.delegation(account, broker, may=[DEED], groups=[team], acting="looks")
    return SimpleNamespace(person=person, office=office, team=team, act=act)


def chain(db, person, account):
    (link,) = explain(db, person.id, DEED, account)
    return link


def test_the_chain_goes_from_the_provider_through_the_group_to_the_account(db, account, acting):
    link = chain(db, acting.person, account)
    assert link.why == GRANTED
    assert [step.kind for step in link.chain] == [
        "membership", "group", "assignment", "delegation", "account",
    ]  # fmt: skip
    assert [step.name for step in link.chain][1:4] == ["Tuesday", "looks", "broker"]
    assert link.chain[0].since is not None
    assert {step.why for step in link.chain} == {GRANTED}


def test_who_left_the_provider_reads_that_they_work_there_no_more(db, world, account, acting):
    world.end(acting.person, acting.office)
    link = chain(db, acting.person, account)
    assert (link.why, link.chain[0].why, link.chain[1].why) == ("ended", "ended", GRANTED)


def test_who_never_worked_for_the_delegate_reads_so(db, world, account, acting):
    stranger = world.person()
    world.delegation(account, world.business(), may=[DEED], groups=[acting.team])
    world.db.execute(_joins(acting.team, stranger))
    world.db.commit()
    assert [link.why for link in explain(db, stranger.id, DEED, account)] == ["not_employed"] * 2


def test_a_deleted_group_an_acting_role_and_the_dates_say_what_they_lack(
    db, world, account, acting
):
    other = world.account()
    world.level("nothing", ["account.view"])
    broker = world.db.get_one(type(account), acting.office.id).party_id
    ended = world.now()
    world.delegation(
        other, SimpleNamespace(id=broker), may=[DEED], groups=[acting.team], acting="nothing"
    )
    assert chain(db, acting.person, other).why == "acting_not_granted"
    third = world.account()
    world.delegation(
        third, SimpleNamespace(id=broker), may=[DEED], groups=[acting.team], ends_at=ended
    )
    late = chain(db, acting.person, third)
    assert (late.why, late.until, late.chain[3].until) == ("expired", ended, ended)
    world.delete_group(acting.team)
    assert chain(db, acting.person, account).why == "deleted"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ("Client group: Tuesday", "The delegation does not allow it")),
        ("fr", ("Groupe de clients\u00a0: Tuesday", "La délégation ne le permet pas")),
    ],
)
def test_the_rule_shows_the_chain_in_words(world, account, acting, client, sign_in, lang, words):
    world.level("broker", ["account.view"])
    world.level("looks", ["account.view"])
    sign_in(acting.person)
    page = client.get("authority.rule", lang=lang, account_id=account.id, action="users.add")
    assert all(one in page.main for one in words)


def _joins(team, person):
    from sqlalchemy import insert

    from app.authority.models_delegation import GroupMember

    return insert(GroupMember).values(group_id=team.id, person_id=person.id)
