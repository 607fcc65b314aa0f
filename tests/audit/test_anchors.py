"""Anchors: what a rebuilt or shortened chain cannot take with it."""

from __future__ import annotations

import json

import pytest
from click.testing import Result

from app.audit import anchors
from app.audit.commands import prove
from app.audit.jobs import anchor, anchor_now
from app.base.db import session
from app.base.queue import find_job
from tests.audit.trail import last_seq, triggers_disabled, write


@pytest.fixture
def folder(settings):
    return settings.anchor_dir


def lines(folder):
    return (folder / anchors.FILE).read_text().splitlines()


def rewrite(folder, changed):
    (folder / anchors.FILE).write_text("".join(f"{line}\n" for line in changed))


def test_an_anchor_holds_the_head_and_verifies(db, folder):
    write(3)
    made = anchor_now()
    report = prove()
    assert report.whole
    assert report.anchors == 1
    assert made.seq == last_seq()


def test_the_worker_anchors_once_a_day(db):
    assert find_job("audit.anchor").work is anchor
    minute, hour, *rest = find_job("audit.anchor").cron.split()
    assert minute.isdigit()
    assert hour.isdigit()
    assert rest == ["*", "*", "*"]


def test_a_tail_that_was_cut_off_shows_even_when_the_head_was_moved_back(db, owner_db, folder):
    write(5)
    anchor_now()
    last = last_seq()
    with triggers_disabled(owner_db) as run:
        for table in ("personal", "entry"):
            run(f"DELETE FROM audit.{table} WHERE seq > {last - 2}")
        run(
            f"UPDATE audit.head SET seq = {last - 2},"
            f" hash = (SELECT hash FROM audit.entry WHERE seq = {last - 2})"
        )
    found = prove().breaks
    assert [one.seq for one in found] == [last - 1]
    assert "the end was cut off" in found[0].reason


def test_a_trail_written_anew_shows(db, owner_db, folder):
    """Cut off and grown again through the front door, the chain is without fault inside."""
    write(4)
    anchor_now()
    last = last_seq()
    with triggers_disabled(owner_db) as run:
        for table in ("personal", "entry"):
            run(f"DELETE FROM audit.{table} WHERE seq > {last - 2}")
        run(
            f"UPDATE audit.head SET seq = {last - 2},"
            f" hash = (SELECT hash FROM audit.entry WHERE seq = {last - 2})"
        )
    write(6, person=99)
    found = prove().breaks
    assert found[0].seq == last
    assert "written anew" in found[0].reason


def test_without_anchors_a_trail_written_anew_would_pass(db, owner_db, folder):
    """What the chain alone cannot see, which is why anchors exist."""
    write(4)
    last = last_seq()
    with triggers_disabled(owner_db) as run:
        for table in ("personal", "entry"):
            run(f"DELETE FROM audit.{table} WHERE seq > {last - 2}")
        run(
            f"UPDATE audit.head SET seq = {last - 2},"
            f" hash = (SELECT hash FROM audit.entry WHERE seq = {last - 2})"
        )
    write(2, person=99)
    assert prove().whole


@pytest.mark.parametrize("field", ["made", "seq", "hash", "before", "key", "signature"])
def test_a_changed_anchor_is_named(db, folder, field):
    write(1)
    anchor_now()
    anchor_now()
    kept = lines(folder)
    changed = json.loads(kept[1])
    changed[field] = changed[field] + 1 if field == "seq" else other(changed[field])
    rewrite(folder, [kept[0], json.dumps(changed)])
    assert str(prove().breaks[-1]).startswith("anchor 2 ")


def other(text):
    """The same text with another first figure."""
    return ("1" if text[0] == "0" else "0") + text[1:]


def test_a_removed_anchor_is_named(db, folder):
    write(1)
    for _ in range(3):
        anchor_now()
    kept = lines(folder)
    rewrite(folder, [kept[0], kept[2]])
    assert str(prove().breaks[-1]) == "anchor 2 does not follow the line before it"


def test_an_anchor_of_another_key_is_not_believed(db, folder, settings):
    write(1)
    stranger = anchors.append(folder, b"s" * 32, session.scalar(now()), last_seq(), bytes(32))
    assert str(prove().breaks[-1]) == f"anchor 1 is signed by an unknown key, {stranger.key}"


def now():
    from sqlalchemy import func, select

    return select(func.guichet_now())


def test_anchors_of_a_retired_key_count_when_it_is_named(db, folder):
    from sqlalchemy import select

    from app.audit.models import Head

    write(1)
    head = session.execute(select(Head)).scalar_one()
    made = anchors.append(folder, b"r" * 32, session.scalar(now()), head.seq, bytes(head.hash))
    assert not prove().whole
    assert prove((made.key,)).whole


def test_a_line_that_is_no_anchor_is_named(db, folder):
    write(1)
    anchor_now()
    rewrite(folder, [*lines(folder), "{}"])
    assert str(prove().breaks[-1]) == "anchor 2 cannot be read"


def test_the_anchor_file_is_readable_by_nobody_else(db, folder):
    write(1)
    anchor_now()
    assert folder.stat().st_mode & 0o077 == 0


def run(app, *arguments) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


def test_the_command_proves_the_trail(app, folder):
    write(2)
    assert run(app, "anchor").exit_code == 0
    result = run(app, "verify")
    assert result.exit_code == 0
    assert "The trail is whole." in result.output


def test_the_command_names_the_first_break_and_ends_with_status_1(app, owner_db, folder):
    write(3)
    victim = last_seq() - 1
    with triggers_disabled(owner_db) as attack:
        attack(f"UPDATE audit.entry SET role = 'account_owner' WHERE seq = {victim}")
    result = run(app, "verify")
    assert result.exit_code == 1
    assert f"BROKEN  entry {victim}: it was changed" in result.output


def test_the_command_trusts_a_retired_key_that_is_given(app, folder):
    write(1)
    made = anchors.append(folder, b"r" * 32, session.scalar(now()), 1, b"x")
    session.rollback()
    assert "unknown key" in run(app, "verify").output
    assert "unknown key" not in run(app, "verify", "--trust", made.key).output
