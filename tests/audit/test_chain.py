"""The chain: whoever changes, removes, inserts, moves or cuts off an entry is found."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import text

from app.audit.canonical import Malformed, entry_hash
from app.audit.events import Event
from app.audit.models import Entry
from app.audit.service import record
from app.base.db import apart, deed
from tests.audit.trail import last_seq, proved, triggers_disabled, write
from tests.support.race import losers, race

UNTOUCHED = """
SET at = at + interval '1 microsecond' | SET event = 'session.begun' | SET outcome = 'failed'
SET actor_id = 8 | SET actor_id = NULL | SET role = 'account_owner' | SET account_id = 1
SET program_id = 1 | SET target_kind = 'person', target_id = '7' | SET session_id = 4
SET request_id = 'r-2' | SET changes = '{}' | SET changes = '{"language": ["fr", "en"]}'
SET changes = '{"language": ["en", null]}' | SET changes = '{"Language": ["en", "fr"]}'
SET digests = '{}'
"""
ATTACKS = [attack.strip() for attack in UNTOUCHED.replace("\n", "|").split("|") if attack.strip()]


def test_an_untouched_trail_verifies(db):
    write(5)
    report = proved()
    assert report.whole
    assert report.entries == last_seq()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_changed_entry_is_named(db, owner_db, attack):
    write(5)
    victim = last_seq() - 2
    with triggers_disabled(owner_db) as run:
        run(f"UPDATE audit.entry {attack} WHERE seq = {victim}")
    found = proved().breaks
    assert [(one.seq, one.reason) for one in found] == [(victim, "it was changed")]


@pytest.mark.parametrize(
    "changes",
    [
        '{"language": ["en", "fr", "hidden"]}',
        '{"language": {"0": "en", "1": "fr"}}',
        '{"language": ["en", {"fr": 1}]}',
        '"language"',
    ],
)
def test_what_the_hash_could_not_see_is_a_break_of_its_own(db, owner_db, changes):
    write(3)
    victim = last_seq() - 1
    with triggers_disabled(owner_db) as run:
        run(f"UPDATE audit.entry SET changes = '{changes}' WHERE seq = {victim}")
    assert proved().breaks[0].seq == victim


def test_a_changed_entry_whose_hash_was_made_anew_breaks_the_next_link(db, owner_db):
    write(4)
    victim = last_seq() - 2
    with triggers_disabled(owner_db) as run:
        run(f"UPDATE audit.entry SET actor_id = 99 WHERE seq = {victim}")
        row = run(f"SELECT * FROM audit.entry WHERE seq = {victim}").one()
        run(f"UPDATE audit.entry SET hash = '\\x{entry_hash(row).hex()}' WHERE seq = {victim}")
    found = proved().breaks[0]
    assert found.seq == victim + 1
    assert "does not follow" in found.reason


def test_a_removed_entry_is_named(db, owner_db):
    write(5)
    victim = last_seq() - 2
    with triggers_disabled(owner_db) as run:
        run(f"DELETE FROM audit.personal WHERE seq = {victim}")
        run(f"DELETE FROM audit.entry WHERE seq = {victim}")
    assert str(proved().breaks[0]) == f"entry {victim}: it is missing"


def test_a_removed_entry_is_named_when_the_others_are_renumbered(db, owner_db):
    write(5)
    victim, last = last_seq() - 2, last_seq()
    with triggers_disabled(owner_db) as run:
        run("ALTER TABLE audit.personal DROP CONSTRAINT fk_personal_seq")
        for table in ("personal", "entry"):
            run(f"DELETE FROM audit.{table} WHERE seq = {victim}")
            for seq in range(victim + 1, last + 1):
                run(f"UPDATE audit.{table} SET seq = seq - 1 WHERE seq = {seq}")
        run(f"UPDATE audit.head SET seq = {last - 1}")
    found = proved().breaks[0]
    assert found.seq == victim
    assert "does not follow" in found.reason


def test_an_inserted_entry_is_named(db, owner_db):
    write(3)
    forged = last_seq() + 1
    with triggers_disabled(owner_db) as run:
        run(
            "INSERT INTO audit.entry SELECT (jsonb_populate_record(entry, "
            f'\'{{"seq": {forged}, "actor_id": 99}}\')).* '
            f"FROM audit.entry WHERE seq = {forged - 1}"
        )
    assert proved().breaks[0].seq == forged


def test_two_entries_that_changed_places_are_named(db, owner_db):
    write(5)
    first = last_seq() - 3
    with triggers_disabled(owner_db) as run:
        run("ALTER TABLE audit.personal DROP CONSTRAINT fk_personal_seq")
        for table in ("personal", "entry"):
            for old, new in ((first, -1), (first + 1, first), (-1, first + 1)):
                run(f"UPDATE audit.{table} SET seq = {new} WHERE seq = {old}")
    found = proved().breaks[0]
    assert found.seq == first
    assert "does not follow" in found.reason


def test_a_tail_cut_off_is_told_by_the_head(db, owner_db):
    write(5)
    last = last_seq()
    with triggers_disabled(owner_db) as run:
        for table in ("personal", "entry"):
            run(f"DELETE FROM audit.{table} WHERE seq > {last - 2}")
    found = proved().breaks[0]
    assert found.seq == last - 1
    assert f"{last} were written" in found.reason


def test_a_changed_personal_value_is_named(db, owner_db):
    write(3)
    victim = last_seq() - 1
    with triggers_disabled(owner_db) as run:
        run(
            "UPDATE audit.personal SET values = jsonb_set(values, '{phone,1}', '\"+1\"') "
            f"WHERE seq = {victim}"
        )
    assert str(proved().breaks[0]) == f"entry {victim}: its personal value phone was changed"


def test_an_added_personal_value_is_named(db, owner_db):
    write(3)
    victim = last_seq() - 1
    more = json.dumps({"urn": [None, "N-1"]})
    with triggers_disabled(owner_db) as run:
        run(f"UPDATE audit.personal SET values = values || '{more}'::jsonb WHERE seq = {victim}")
    assert "not those that were written" in proved().breaks[0].reason


def test_removed_personal_values_are_named(db, owner_db):
    write(3)
    victim = last_seq() - 1
    with triggers_disabled(owner_db) as run:
        run(f"DELETE FROM audit.personal WHERE seq = {victim}")
    assert str(proved().breaks[0]) == f"entry {victim}: its personal values are missing"


def test_eight_threads_recording_at_once_give_one_unbroken_chain(db):
    write(1)
    begun = last_seq()

    def many() -> None:
        for _ in range(25):
            write(1)

    results = race(*[many] * 8)
    assert losers(results) == []
    report = proved()
    assert report.whole
    assert report.entries == begun + 8 * 25


def test_entries_are_in_the_order_of_their_times(db):
    race(*[lambda: write(10)] * 4)
    db.rollback()
    times = [entry.at for entry in db.query(Entry).order_by(Entry.seq)]
    assert times == sorted(times)


TEXTS = strategies.text(
    strategies.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12
)
VALUES = strategies.one_of(strategies.none(), TEXTS)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
@given(
    changes=strategies.dictionaries(TEXTS, strategies.tuples(VALUES, VALUES), max_size=4),
    personal=strategies.dictionaries(TEXTS, strategies.tuples(VALUES, VALUES), max_size=3),
    role=VALUES,
    request=VALUES,
)
def test_both_canonical_texts_agree_on_any_values(db, changes, personal, role, request):
    with apart() as own:
        own.execute(
            text(
                "SELECT audit.record('person.details_changed', 'done', p_role => :role,"
                " p_request => :request, p_changes => CAST(:changes AS jsonb),"
                " p_personal => CAST(:personal AS jsonb))"
            ),
            {
                "role": role,
                "request": request,
                "changes": json.dumps(changes),
                "personal": json.dumps(personal),
            },
        )
    report = proved()
    assert report.whole, str(report.breaks)


def test_two_fields_never_read_like_one(db):
    """Lengths stand before the parts, so text cannot move from one part to the next."""
    base = {"seq": 1, "event": "a.b", "outcome": "done", "prev_hash": b"", "digests": {}}
    empty = dict.fromkeys(Entry.__table__.columns.keys()) | base

    def hashed(**values):
        from datetime import UTC, datetime
        from types import SimpleNamespace

        moment = datetime(2026, 11, 22, tzinfo=UTC)
        return entry_hash(SimpleNamespace(**(empty | {"at": moment, "changes": {}} | values)))

    assert hashed(role="1:a;", request_id=None) != hashed(role="1", request_id=None)
    assert hashed(target_kind="ab", target_id="c") != hashed(target_kind="a", target_id="bc")
    assert hashed(role=None) != hashed(role="")
    assert hashed(role="-") != hashed(role=None)
    with pytest.raises(Malformed):
        hashed(changes={"a": ["b"]})


def test_times_in_the_trail_are_the_databases(db, clock):
    clock.move(timedelta(days=400))
    write(1)
    entry = db.query(Entry).order_by(Entry.seq.desc()).first()
    assert abs(entry.at - clock.now()) < timedelta(minutes=1)


def test_a_deed_that_fails_leaves_no_entry(db):
    before = last_seq()

    @deed
    def half(db):
        record(db, Event.SIGNED_OUT)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        half()
    assert last_seq() == before


def test_a_deed_without_its_entry_does_not_commit(db, world, owner_db):
    """The trail is written in the deed's own transaction: no entry, no change."""
    person = world.person(given="Before")
    owner_db.execute(text("REVOKE EXECUTE ON FUNCTION audit.record FROM guichet_app"))
    owner_db.commit()

    @deed
    def rename(db):
        from app.parties.models import Person

        db.get(Person, person.id).given_name = "After"
        record(db, Event.DETAILS_CHANGED, target=db.get(Person, person.id))

    with pytest.raises(Exception, match="permission denied"):
        rename()
    assert world.fresh(person).given_name == "Before"
