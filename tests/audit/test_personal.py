"""Personal values: kept beside the chain, forgotten without breaking it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit.models import Entry
from tests.audit.trail import last_seq, proved, triggers_disabled, write


def erase(owner_db, *entries, reason="asked for by the person"):
    erased = owner_db.execute(
        text("SELECT audit.erase_personal(:entries, :reason)"),
        {"entries": list(entries), "reason": reason},
    ).scalar_one()
    owner_db.commit()
    return erased


def test_no_personal_value_stands_in_the_chain(db):
    write(1)
    row = db.execute(text("SELECT entry::text FROM audit.entry AS entry ORDER BY seq DESC")).first()
    assert "514555" not in row[0]
    assert "192.0.2.9" not in row[0]


def test_a_reader_sees_the_values_and_where_they_came_from(db):
    write(1)
    entry = db.query(Entry).order_by(Entry.seq.desc()).first()
    assert entry.personal["phone"] == ["+15145550000", "+14185550000"]
    assert entry.address == "192.0.2.9"
    assert not entry.erased


def test_erased_values_are_gone_and_the_chain_still_verifies(db, owner_db):
    write(4)
    seq = last_seq() - 1
    assert erase(owner_db, seq) == 1
    report = proved()
    assert report.whole
    assert report.erased == 1
    db.expire_all()
    entry = db.get(Entry, seq)
    assert (entry.personal, entry.address, entry.erased) == ({}, None, True)
    left = db.execute(text(f"SELECT salt, values FROM audit.personal WHERE seq = {seq}")).one()
    assert left == (None, None)


def test_the_chain_says_what_was_erased_and_why(db, owner_db):
    write(3)
    last = last_seq()
    erase(owner_db, last, last - 2, 999_999, reason="two years over")
    entry = db.query(Entry).order_by(Entry.seq.desc()).first()
    assert entry.event == "trail.erased"
    assert entry.changes == {
        "entries": [None, f"{last - 2} {last}"],
        "reason": [None, "two years over"],
    }


def test_erasing_what_is_erased_does_nothing(db, owner_db):
    write(1)
    seq = last_seq()
    assert erase(owner_db, seq) == 1
    assert erase(owner_db, seq) == 0
    assert last_seq() == seq + 1
    assert proved().whole


def test_values_erased_behind_the_chains_back_are_named(db, owner_db):
    write(3)
    seq = last_seq() - 1
    with triggers_disabled(owner_db) as run:
        run(
            "UPDATE audit.personal SET salt = NULL, values = NULL, erased_at = now()"
            f" WHERE seq = {seq}"
        )
    assert str(proved().breaks[0]) == f"entry {seq}: its personal values are gone, unexplained"


def test_the_application_may_not_erase(db):
    write(1)
    with pytest.raises(DBAPIError, match="permission denied"):
        db.execute(text("SELECT audit.erase_personal(ARRAY[1\\:\\:bigint], 'me')"))


@pytest.mark.parametrize(
    "change",
    [
        "SET values = '{}'",
        "SET salt = 'other'",
        "SET seq = 1",
        "SET values = NULL, salt = NULL, erased_at = now(), seq = 1",
    ],
)
def test_the_owner_may_erase_values_but_never_replace_them(db, owner_db, change):
    write(2)
    with pytest.raises(DBAPIError, match=r"append-only|violates check"):
        owner_db.execute(text(f"UPDATE audit.personal {change} WHERE seq = {last_seq()}"))


def test_an_erased_value_cannot_be_put_back(db, owner_db):
    write(1)
    seq = last_seq()
    erase(owner_db, seq)
    with pytest.raises(DBAPIError, match="append-only"):
        owner_db.execute(
            text(
                "UPDATE audit.personal SET salt = 's', values = '{}', erased_at = NULL"
                f" WHERE seq = {seq}"
            )
        )


def test_equal_values_have_different_digests(db):
    """A salt an entry: nobody finds the people who share a telephone by comparing digests."""
    write(1)
    write(1)
    entries = db.query(Entry).order_by(Entry.seq.desc()).limit(2).all()
    assert entries[0].personal["phone"] == entries[1].personal["phone"]
    assert entries[0].digests["phone"] != entries[1].digests["phone"]
    assert entries[0].digests["phone"][0] != entries[0].digests["phone"][1]
