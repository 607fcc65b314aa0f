"""Whoever is turned away at a page is written down, as at a deed."""

from __future__ import annotations

import pytest

from app.audit.models import Entry
from app.base.db import session


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
