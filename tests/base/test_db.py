"""A deed is one transaction, whole or not at all, tried again when two were in each other's way."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit.events import Event
from app.audit.service import record
from app.base import db as base
from app.base.db import apart, deed
from app.base.errors import Conflict, Refused
from app.base.limiting import LimitEvent
from tests.support.race import race, winners


def subjects(db):
    db.rollback()
    return {event.subject for event in db.query(LimitEvent).filter_by(kind="test")}


def write(db: Session, subject: str) -> None:
    db.add(LimitEvent(kind="test", subject=subject))


def test_a_deed_that_ends_well_is_kept(db):
    deed(write)("kept")
    assert subjects(db) == {"kept"}


@pytest.mark.parametrize(
    "error", [Conflict("late"), Refused("x"), ValueError(), KeyboardInterrupt()]
)
def test_a_deed_that_raises_leaves_nothing(db, error):
    @deed
    def half_done(session):
        write(session, "lost")
        session.flush()
        raise error

    with pytest.raises(type(error)):
        half_done()
    assert subjects(db) == set()


def test_a_deed_inside_a_deed_is_part_of_it(db):
    @deed
    def outer(session):
        deed(write)("inner")
        raise Conflict("after all")

    with pytest.raises(Conflict):
        outer()
    assert subjects(db) == set()


def test_a_deed_whose_counting_fails_is_done_all_the_same(db, monkeypatch, caplog):
    def fail(session):
        raise OSError("the folder of the counters is full")

    monkeypatch.setattr(base, "after_commit", [fail])
    assert deed(lambda session: write(session, "kept") or "done")() == "done"
    assert subjects(db) == {"kept"}
    assert "not counted" in caplog.text


def test_what_a_page_left_undone_is_not_saved_by_the_next_deed(db):
    write(db, "left behind by a page")
    deed(write)("wanted")
    assert subjects(db) == {"wanted"}


def test_what_is_counted_apart_stays_when_the_deed_does_not(db):
    @deed
    def tried(session):
        with apart() as own:
            write(own, "counted")
        write(session, "lost")
        raise Refused("x")

    with pytest.raises(Refused):
        tried()
    assert subjects(db) == {"counted"}


def test_a_refusal_is_told_once_nothing_of_the_deed_is_left(db, monkeypatch):
    told = []
    monkeypatch.setattr(
        base, "on_refused", [lambda refusal: told.append((refusal.action, subjects(base.session)))]
    )

    @deed
    def refused(session):
        write(session, "lost")
        raise Refused("users.add")

    with pytest.raises(Refused):
        refused()
    assert told == [("users.add", set())]


def test_two_deeds_in_deadlock_both_happen(db):
    write(db, "a")
    write(db, "b")
    db.commit()
    attempts = []

    def in_order(first, second):
        @deed
        def work(session):
            attempts.append(first)
            for subject in (first, second):
                session.execute(
                    text("UPDATE limit_event SET kind = kind || 'x' WHERE subject = :s"),
                    {"s": subject},
                )
                session.execute(text("SELECT pg_sleep(0.3)"))

        return work

    assert winners(race(in_order("a", "b"), in_order("b", "a"))) == [None, None]
    db.rollback()
    assert {event.kind for event in db.query(LimitEvent)} == {"testxx"}
    assert len(attempts) > 2, "without a deadlock this test proves nothing"


def test_another_database_error_is_not_tried_again(db):
    attempts = []

    @deed
    def wrong(session):
        attempts.append(1)
        session.execute(text("SELECT 1/0"))

    with pytest.raises(DBAPIError):
        wrong()
    assert len(attempts) == 1


def test_a_deed_gives_up_after_three_more_tries(db):
    attempts = []

    @deed
    def never(session):
        attempts.append(1)
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"))

    with pytest.raises(DBAPIError):
        never()
    assert len(attempts) == 4


def test_the_clock_goes_on_inside_a_transaction(db):
    before = base.now()
    db.execute(text("SELECT pg_sleep(0.2)"))  # as long as a deed may wait for a lock
    assert (base.now() - before).total_seconds() >= 0.2


# ── what a page may say of a deed whose end nobody saw ──────────────────────────────────


@deed
def tell_of_it(db: Session) -> None:
    record(db, Event.DETAILS_CHANGED, changes={"language": ("en", "fr")})


def broken_before_commit(db):
    """The connection ends between the deed's last statement and its commit."""
    pid = db.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with apart() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_only_a_deed_that_was_not_kept_for_sure_may_be_called_not_saved(db, monkeypatch):
    assert not base.may_be_saved()
    deed(write)("bookkeeping, of which nobody is told")
    assert not base.may_be_saved()
    monkeypatch.setattr(base, "before_commit", [*base.before_commit, broken_before_commit])
    with pytest.raises(DBAPIError):
        tell_of_it()
    assert base.may_be_saved(), "the server may have kept it: its answer never came"
    base.leave()
    assert not base.may_be_saved(), "the next request begins anew"


def test_a_deed_that_was_kept_is_remembered_until_the_request_ends(db):
    tell_of_it()
    assert base.may_be_saved()
    base.leave()
    assert not base.may_be_saved()


def test_a_connection_that_broke_is_left_without_an_error(db, caplog):
    pid = base.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with apart() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    base.leave()
    assert "a connection broke" in caplog.text
    assert base.session.execute(text("SELECT 1")).scalar_one() == 1
