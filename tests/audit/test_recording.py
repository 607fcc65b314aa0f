"""Recording: who, when, on what, from where, under which role, before and after."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, text

from app.audit import labels
from app.audit.events import Event, Outcome
from app.audit.models import Entry
from app.audit.service import record, refused
from app.audit.targets import Target, describe
from app.authority.queries import authorise
from app.base.context import Origin, set_origin
from app.base.db import apart, deed, session
from app.base.errors import Invalid, NotFound, Refused
from app.parties.models import Account
from tests.audit.trail import last_seq, proved


def newest() -> Entry:
    session.rollback()
    entry = session.query(Entry).order_by(Entry.seq.desc()).first()
    session.rollback()
    return entry


def entries_since(seq: int) -> list[str]:
    session.rollback()
    found = session.query(Entry).filter(Entry.seq > seq).order_by(Entry.seq)
    return [entry.event for entry in found]


def test_an_entry_tells_who_when_on_what_from_where_and_what_changed(db, world, clock):
    person, account = world.person(), world.account()
    set_origin(Origin(person_id=person.id, session_id=12, address="2001:db8::7", request_id="q-17"))

    @deed
    def change(db):
        record(
            db,
            Event.MEMBERSHIP_CHANGED,
            target=world.member(account),
            changes={"role": ("full_access_user", "user_administrator")},
            personal={"contact_phone": (None, "+15145550100")},
        )

    change()
    entry = newest()
    assert (entry.event, entry.outcome) == ("membership.changed", "done")
    assert (entry.actor_id, entry.session_id, entry.request_id) == (person.id, 12, "q-17")
    assert (entry.account_id, entry.program_id) == (account.id, account.program_id)
    assert entry.target_kind == "membership"
    assert entry.changes == {"role": ["full_access_user", "user_administrator"]}
    assert entry.personal == {
        "contact_phone": [None, "+15145550100"],
        "address": [None, "2001:db8::7"],
    }
    assert abs((entry.at - clock.now()).total_seconds()) < 60


def test_a_deed_is_recorded_under_the_role_that_allowed_it(db, world):
    account = world.account()
    people = world.with_each_role(account)

    @deed
    def look(db, actor):
        authorise(db, actor, "status.view", db.get(Account, account.id))
        record(db, Event.STANDING_CHANGED, actor=actor, target=db.get(Account, account.id))

    for role, person in people.items():
        look(person.id)
        assert newest().role == role


def test_the_old_owner_is_recorded_under_the_role_held_when_it_was_allowed(db, world):
    """The deed may take the very role away that allowed it."""
    account = world.account()
    owner = world.owner(account)

    @deed
    def close(db):
        row = db.get(Account, account.id)
        authorise(db, owner.id, "account.view", row)
        row.state, row.closed_at = "closed", func.guichet_now()
        record(db, Event.ACCOUNT_CLOSED, actor=owner.id, target=row)

    close()
    assert newest().role == world.roles()[0].code


def test_a_staff_deed_is_recorded_under_the_kind_of_staff(db, world):
    account, officer = world.account(), world.staff("supervisor")

    @deed
    def look(db):
        row = db.get(Account, account.id)
        authorise(db, officer.id, "staff.accounts.read", row)
        record(db, Event.SCREEN_EXPORTED, actor=officer.id, target=row, changes={"rows": 3})

    look()
    assert newest().role == "supervisor"


def test_a_deed_of_somebody_sent_by_another_party_is_recorded_under_its_level(db, world):
    account, agent = world.account(), world.person()
    world.delegation(account, world.business(), level="broker", people=[agent])

    @deed
    def look(db):
        row = db.get(Account, account.id)
        authorise(db, agent.id, "account.view", row)
        record(db, Event.STANDING_CHANGED, actor=agent.id, target=row)

    look()
    assert newest().role == "broker"


def test_the_role_of_one_deed_is_not_carried_into_the_next(db, world):
    account = world.account()
    owner = world.owner(account)

    @deed
    def look(db):
        authorise(db, owner.id, "status.view", db.get(Account, account.id))

    @deed
    def sign_out(db):
        record(db, Event.SIGNED_OUT, actor=owner.id)

    look()
    sign_out()
    assert newest().role is None


def test_a_refused_deed_is_recorded_and_nothing_else_of_it_stays(db, world):
    account, stranger = world.account(), world.person()
    before = last_seq()

    @deed
    def meddle(db):
        row = db.get(Account, account.id)
        row.state, row.closed_at = "closed", func.guichet_now()
        record(db, Event.ACCOUNT_CLOSED, target=row)
        authorise(db, stranger.id, "users.modify", row)

    with pytest.raises(Refused):
        meddle()
    assert entries_since(before) == ["deed.refused"]
    entry = newest()
    assert entry.outcome == "refused"
    assert entry.actor_id == stranger.id
    assert (entry.target_kind, entry.target_id) == ("account", str(account.id))
    assert (entry.account_id, entry.program_id) == (account.id, account.program_id)
    assert entry.changes == {"action": [None, "users.modify"], "reason": [None, "not_granted"]}
    assert world.fresh(account).state == "authorised"


def test_a_refusal_is_recorded_once_whoever_reports_it(db, world):
    before = last_seq()

    @deed
    def inner(db):
        raise Refused("users.add")

    @deed
    def outer(db):
        inner()

    with pytest.raises(Refused) as caught:
        outer()
    refused(caught.value)
    assert entries_since(before) == ["deed.refused"]


@pytest.mark.parametrize("error", [Invalid({"": "wrong"}), NotFound("x"), ValueError("x")])
def test_what_is_no_refusal_is_not_recorded_as_one(db, error):
    before = last_seq()

    @deed
    def fail(db):
        raise error

    with pytest.raises(type(error)):
        fail()
    assert entries_since(before) == []


def test_a_deed_inside_a_deed_is_recorded_in_the_order_of_the_calls(db):
    before = last_seq()

    @deed
    def inner(db):
        record(db, Event.LETTER_REQUESTED)

    @deed
    def outer(db):
        record(db, Event.REGISTRATION_SENT)
        inner()
        record(db, Event.URN_ISSUED)

    outer()
    assert entries_since(before) == ["registration.sent", "letter.requested", "person.urn_issued"]
    assert proved().whole


def test_the_chain_is_not_locked_while_the_deed_still_works(db):
    """Recorded early, written last: another deed passes while this one is at work."""
    recorded, go_on = threading.Event(), threading.Event()

    @deed
    def slow(db):
        record(db, Event.REGISTRATION_SENT)
        recorded.set()
        assert go_on.wait(20)

    def work() -> None:
        slow()
        session.remove()

    thread = threading.Thread(target=work)
    thread.start()
    assert recorded.wait(20)
    with apart() as other:
        other.execute(text("SET LOCAL lock_timeout = '2s'"))
        record(other, Event.SIGNED_OUT)
    go_on.set()
    thread.join(20)
    session.rollback()
    found = session.query(Entry).order_by(Entry.seq.desc()).limit(2).all()
    assert [entry.event for entry in found] == ["registration.sent", "session.signed_out"]


def test_deferred_constraints_are_checked_before_the_chain_is_locked(db, world):
    """An account without an owner is refused by the deed itself, not by the commit."""
    account = world.account()
    before = last_seq()

    @deed
    def leave(db):
        db.execute(
            text(
                "UPDATE membership SET status = 'ended', ended_at = guichet_now(),"
                f" end_reason = 'left' WHERE account_id = {account.id}"
            )
        )
        record(db, Event.MEMBERSHIP_ENDED)

    with pytest.raises(Exception, match=f"would have no {world.roles()[0].code}"):
        leave()
    assert last_seq() == before


def test_a_field_that_the_event_does_not_declare_is_refused(db):
    with apart() as own, pytest.raises(ValueError, match="does not declare colour"):
        record(own, Event.SIGNED_UP, changes={"colour": "blue"})


@pytest.mark.parametrize("event", list(Event))
def test_a_personal_field_cannot_slip_into_the_chain(db, event):
    for name in event.personal:
        with apart() as own, pytest.raises(ValueError, match="does not declare"):
            record(own, event, changes={name: "x"})


@pytest.mark.parametrize("event", list(Event))
def test_no_field_is_both_plain_and_personal(event):
    assert not event.plain & event.personal


PERSONAL = {"email", "phone", "given_name", "family_name", "sign_in_name", "urn", "mailbox"}


@pytest.mark.parametrize("event", list(Event))
def test_what_identifies_a_person_is_personal_in_every_event(event):
    assert not {name for name in event.plain if PERSONAL & {name, name.removeprefix("contact_")}}


@pytest.mark.parametrize("fields", [("address", ""), ("", "phone address")])
def test_an_event_cannot_hide_a_value_behind_the_network_address(fields):
    """The database adds the network address under this name, over whatever stood there."""
    with pytest.raises(ValueError, match="name the kind of address"):
        Event._new_member_(Event, "person.moved", *fields)


def test_values_are_written_as_a_person_reads_them(db):
    with apart() as own:
        record(
            own,
            Event.REGISTRATION_STARTED,
            changes={
                "kind": ("self", Outcome.DONE),
                "lines": (None, ["importer", "é"]),
                "base": date(2026, 11, 22),
                "state": (datetime(2026, 11, 22, 3, 4, tzinfo=UTC), True),
            },
        )
    assert newest().changes == {
        "kind": ["self", "done"],
        "lines": [None, '["importer", "é"]'],
        "base": [None, "2026-11-22"],
        "state": ["2026-11-22T03:04:00+00:00", "true"],
    }


def test_what_the_database_cannot_hold_is_replaced_and_not_refused(db):
    with apart() as own:
        record(own, Event.DEED_REFUSED, changes={"action": "a\x00b\ud800c", "reason": "x"})
    assert newest().changes["action"] == [None, "a\ufffdb?c"]
    assert proved().whole


def test_a_row_that_was_not_written_yet_cannot_be_a_target(db):
    with pytest.raises(ValueError, match="flush the Account"):
        describe(Account(party_id=1, program_id=1, standing_code="x"))


def test_a_target_may_be_named_without_its_row(db):
    assert describe(Target("challenge", "ab-1")) == Target("challenge", "ab-1")


def test_the_account_that_is_given_counts_before_the_targets(db, world):
    person, account = world.person(), world.account()
    with apart() as own:
        record(own, Event.SIGNED_OUT, target=person, account_id=account.id, program_id=4)
    entry = newest()
    assert (entry.target_kind, entry.account_id, entry.program_id) == ("person", account.id, 4)


def test_every_event_and_outcome_has_its_words():
    assert set(labels.EVENTS) == set(Event)
    assert set(labels.OUTCOMES) == set(Outcome)


@pytest.mark.parametrize("event", list(Event))
def test_an_event_is_a_noun_and_a_verb(event):
    noun, _, verb = event.value.partition(".")
    assert noun.replace("_", "").isalpha()
    assert verb.replace("_", "").isalpha()
