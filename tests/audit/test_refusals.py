"""Whoever is turned away at a page is written down, as at a deed."""

from __future__ import annotations

import re

import pytest

from app.audit.models import Entry
from app.audit.service import refused
from app.audit.targets import describe
from app.base.db import session
from app.base.errors import Refused


def newest() -> Entry:
    session.rollback()
    entry = session.query(Entry).order_by(Entry.seq.desc()).first()
    session.rollback()
    return entry


def test_a_page_that_is_refused_is_written_down_once(client, world, sign_in):
    account = world.account()
    reader = world.person_of(world.member(account, 3))
    row = sign_in(reader)
    client.get(f"/a/{account.id}/transfer", expect=403)
    entry = newest()
    assert (entry.event, entry.outcome) == ("deed.refused", "refused")
    assert entry.actor_id == reader.id
    assert entry.session_id == row.id
    assert entry.address == "127.0.0.1"
    assert entry.request_id
    before = entry.seq
    client.get(f"/a/{account.id}/users")
    assert newest().seq == before


def test_a_screen_that_a_kind_of_staff_does_not_have_is_written_down(client, world, sign_in):
    agent = world.staff("technical_support")
    sign_in(agent)
    client.get("/staff/trail/list/", expect=403)
    entry = newest()
    assert (entry.event, entry.actor_id) == ("deed.refused", agent.id)


def test_a_deed_of_a_screen_that_is_refused_names_its_row(client, world, sign_in):
    account = world.account()
    agent = world.staff("auditor")
    sign_in(agent)
    owner = world.owner(account)
    client.get(f"/staff/persons/deed/disable/{owner.id}", expect=403)
    entry = newest()
    assert (entry.actor_id, entry.target_kind, entry.target_id) == (
        agent.id,
        "person",
        str(owner.id),
    )
    assert entry.changes["action"] == [None, "staff.persons.disable"]


@pytest.mark.parametrize("path", ["/nowhere", "/a/999999/users"])
def test_what_is_not_there_is_no_refusal(client, world, sign_in, path):
    sign_in(world.person())
    before = newest().seq
    client.get(path, expect=404)
    assert newest().seq == before


def test_the_reference_of_the_error_page_finds_the_entry(client, world, sign_in):
    """What somebody quotes on the telephone is the entry's request."""
    account = world.account()
    sign_in(world.person_of(world.member(account, 3)))
    page = client.get(f"/a/{account.id}/transfer", expect=403)
    assert newest().request_id in page.text


def test_a_business_of_somebody_else_is_a_refusal_that_only_the_trail_knows(client, world, sign_in):
    account = world.account()
    owner, transfer = world.owner(account), None
    transfer = world.transfer(account, world.person())
    offer = world.member(account, 3, status="offered")
    stranger = world.person()
    row = sign_in(stranger)
    hidden = {
        f"/a/{account.id}/": ("account", account.id),
        f"/transfers/{transfer.id}": ("ownership_transfer", transfer.id),
        f"/offers/{offer.id}": ("membership", offer.id),
    }
    for path, (kind, key) in hidden.items():
        page = client.get(path, expect=404)
        nothing = client.get("/a/999999/", expect=404)
        assert without_reference(page) == without_reference(nothing)
        entry = newest()
        assert (entry.event, entry.outcome, entry.actor_id) == (
            "deed.refused",
            "refused",
            stranger.id,
        )
        assert (entry.target_kind, entry.target_id) == (kind, str(key))
        assert entry.changes["reason"] == [None, "not_visible"]
        assert (entry.session_id, entry.address) == (row.id, "127.0.0.1")
        assert entry.request_id in page.text
        # Its owner would read there of people who have nothing to do with the business.
        assert entry.account_id is None
    assert owner.id != stranger.id


def without_reference(page) -> str:
    return re.sub(r"[2-9A-Z]{4}-[2-9A-Z]{4}", "", page.main)


def test_a_row_of_another_program_is_a_refusal_of_the_kind_of_staff(client, world, sign_in):
    account = world.account()
    agent = world.staff("program_officer", world.other_program())
    sign_in(agent)
    client.get(f"/staff/accounts/show/{account.id}", expect=404)
    entry = newest()
    assert (entry.event, entry.actor_id, entry.role) == (
        "deed.refused",
        agent.id,
        "program_officer",
    )
    assert (entry.target_kind, entry.target_id) == ("account", str(account.id))
    before = entry.seq
    client.get("/staff/accounts/show/999999", expect=404)
    assert newest().seq == before


def test_nobody_fills_the_trail_with_what_is_hidden_from_them(client, world, sign_in):
    account, other = world.account(), world.account()
    sign_in(world.person())
    before = newest().seq
    for _ in range(3):
        client.get(f"/a/{account.id}/", expect=404)
    assert newest().seq == before + 1
    client.get(f"/a/{other.id}/", expect=404)
    assert newest().seq == before + 2


def test_nobody_fills_the_trail_with_refusals(db, world, clock):
    person = world.person()
    clock.stop()
    before = newest().seq

    def knock(action: str, times: int) -> int:
        for _ in range(times):
            refused(Refused(action, person_id=person.id))
        return newest().seq - before

    assert knock("users.add", 30) == 20
    assert knock("users.modify", 1) == 21
    for number in range(100):
        knock(f"a.{number}", 1)
    assert newest().seq - before == 100
    clock.move(minutes=61)
    assert knock("users.add", 1) == 101


def test_a_refusal_tells_the_role_in_which_it_was_asked(db, world):
    account = world.account()
    for role, person in world.with_each_role(account).items():
        refused(Refused("account.close", person_id=person.id, target=describe(account)))
        assert newest().role == role
    agent = world.person()
    world.delegation(account, world.business(), level="broker", people=[agent])
    refused(Refused("users.add", person_id=agent.id, target=describe(account)))
    assert newest().role == "broker"
    refused(Refused("users.add", person_id=world.person().id, target=describe(account)))
    assert newest().role is None
    refused(Refused("staff.registry.import", person_id=world.staff("auditor").id))
    assert newest().role == "auditor"


def test_a_page_that_is_refused_tells_the_reader_s_role(client, world, sign_in):
    account = world.account()
    member = world.member(account, 3)
    sign_in(world.person_of(member))
    client.get(f"/a/{account.id}/transfer", expect=403)
    assert newest().role == member.role_code
    sign_in(world.staff("technical_support"))
    client.get("/staff/trail/list/", expect=403)
    assert newest().role == "technical_support"
