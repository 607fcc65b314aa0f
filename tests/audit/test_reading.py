"""Who reads which entries: staff their program's, the owner the account's, a person their own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.audit.events import Event, Outcome
from app.audit.models import Entry
from app.audit.queries import LARGEST_PAGE, Search, search
from app.audit.service import record
from app.authority.queries import find, visible
from app.base.context import Origin, set_origin
from app.base.db import apart, session
from app.base.errors import NotFound
from app.programs.models import RoleAction


def tell(event=Event.STANDING_CHANGED, **given):
    """Write one entry and return its number."""
    with apart() as own:
        record(own, event, **given)
    session.rollback()
    seq = session.query(Entry.seq).order_by(Entry.seq.desc()).limit(1).scalar()
    session.rollback()
    return seq


def seen(person, action, **wanted):
    """The numbers that the person reads, newest first."""
    session.rollback()
    page = search(session, visible(person.id, action, Entry), Search(**wanted), size=LARGEST_PAGE)
    return [entry.seq for entry in page.entries]


def test_the_owner_reads_the_entries_of_the_account_and_of_no_other(db, world):
    mine, other = world.account(), world.account()
    about_mine, about_other = tell(target=mine), tell(target=other)
    read = seen(world.owner(mine), "activity.view")
    assert about_mine in read
    assert about_other not in read


def test_only_roles_with_the_right_read_the_account_activity(db, world):
    account = world.account()
    entry = tell(target=account)
    asked = select(RoleAction.role_code).where(RoleAction.action_code == "activity.view")
    granted = set(session.scalars(asked))
    assert world.roles()[0].code in granted
    for role, person in world.with_each_role(account).items():
        assert (entry in seen(person, "activity.view")) == (role in granted), role


def test_a_former_owner_reads_the_account_no_more(db, world):
    account = world.account()
    owner = world.owner(account)
    entry = tell(target=account)
    world.close_account(account)
    assert entry not in seen(owner, "activity.view")


@pytest.mark.parametrize("kind", ["program_officer", "supervisor", "auditor", "administrator"])
def test_staff_read_the_entries_of_their_program_and_of_no_other(db, world, kind):
    here, there = world.program(), world.other_program()
    account, elsewhere = world.account(), world.account(program=there)
    one, other = tell(target=account), tell(target=elsewhere)
    agent, colleague = world.staff(kind, here), world.staff(kind, there)
    assert one in seen(agent, "staff.trail.read")
    assert other not in seen(agent, "staff.trail.read")
    assert other in seen(colleague, "staff.trail.read")
    assert one not in seen(colleague, "staff.trail.read")


def test_technical_support_reads_no_trail(db, world):
    tell(target=world.account())
    assert seen(world.staff("technical_support"), "staff.trail.read") == []


def test_staff_read_how_a_person_of_their_program_signed_in(db, world):
    account, elsewhere = world.account(), world.account(program=world.other_program())
    mine = tell(Event.SIGNED_IN, actor=world.owner(account).id)
    other = tell(Event.SIGNED_IN, actor=world.owner(elsewhere).id)
    read = seen(world.staff(), "staff.trail.read")
    assert mine in read
    assert other not in read


def test_entries_of_nobody_are_read_by_any_staff_who_may_read_the_trail(db, world):
    entry = tell(Event.PASSWORD_WRONG, outcome=Outcome.FAILED)
    assert entry in seen(world.staff(), "staff.trail.read")
    assert entry in seen(world.staff(program=world.other_program()), "staff.trail.read")


def test_people_read_what_they_did_themselves_and_nothing_of_others(db, world):
    one, other = world.people(2)
    mine, theirs = tell(Event.SIGNED_IN, actor=one.id), tell(Event.SIGNED_IN, actor=other.id)
    assert seen(one, "self.read") == [mine]
    assert seen(other, "self.read") == [theirs]


def test_a_client_reads_nothing_as_staff(db, world):
    account = world.account()
    tell(target=account)
    assert seen(world.owner(account), "staff.trail.read") == []


def test_one_entry_is_found_by_those_alone_who_may_read_it(db, world):
    account = world.account()
    entry = tell(target=account)
    owner, stranger = world.owner(account), world.person()
    assert find(session, owner.id, "activity.view", Entry, entry).seq == entry
    with pytest.raises(NotFound):
        find(session, stranger.id, "activity.view", Entry, entry)


def test_pages_follow_each_other_without_gap_or_repetition(db, world):
    account = world.account()
    written = [tell(target=account) for _ in range(7)]
    allowed = visible(world.owner(account).id, "activity.view", Entry)
    read, older = [], None
    for _ in range(4):
        page = search(session, allowed, Search(), older_than=older, size=2)
        read += [entry.seq for entry in page.entries]
        older = page.older_than
        tell(target=account)  # what is written meanwhile moves nothing
    assert read == sorted(written, reverse=True)
    assert older is None


@pytest.mark.parametrize("size", [0, -5, 10_000])
def test_a_page_is_never_empty_by_wish_nor_without_end(db, world, size):
    account = world.account()
    for _ in range(3):
        tell(target=account)
    allowed = visible(world.owner(account).id, "activity.view", Entry)
    page = search(session, allowed, Search(), size=size)
    assert 1 <= len(page.entries) <= LARGEST_PAGE


def test_the_search_narrows_by_every_field(db, world, clock):
    account, other = world.account(), world.account()
    officer = world.staff("supervisor")
    set_origin(Origin(session_id=5, address="203.0.113.8", request_id="q-5"))
    wanted = tell(
        Event.MEMBERSHIP_ENDED, actor=world.owner(account).id, target=world.member(account, 2)
    )
    set_origin(Origin(session_id=6, address="203.0.113.9", request_id="q-6"))
    clock.move(days=2)
    later = tell(Event.DEED_REFUSED, actor=7, target=other, outcome=Outcome.REFUSED)
    set_origin(Origin())
    entry = session.get(Entry, wanted)
    midway = entry.at + timedelta(days=1)
    for narrow in (
        {"events": [Event.MEMBERSHIP_ENDED]},
        {"outcome": Outcome.DONE, "target_kind": "membership"},
        {"actor_id": world.owner(account).id},
        {"account_id": account.id},
        {"target_kind": entry.target_kind, "target_id": entry.target_id},
        {"session_id": 5},
        {"request_id": "q-5"},
        {"address": "203.0.113.8"},
        {"until": midway, "target_kind": "membership"},
    ):
        assert seen(officer, "staff.trail.read", **narrow) == [wanted], narrow
    assert seen(officer, "staff.trail.read", since=midway) == [later]
    assert seen(officer, "staff.trail.read", program_id=account.program_id + 50) == []


def test_a_search_never_widens_what_may_be_read(db, world):
    account, other = world.account(), world.account()
    entry = tell(target=other)
    assert seen(world.owner(account), "activity.view", account_id=other.id) == []
    assert entry not in seen(world.owner(account), "activity.view", events=list(Event))
