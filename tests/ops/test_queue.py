"""Jobs belong to the deed that makes them; none is lost with its worker."""

import ast
import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import procrastinate
import pytest
from flask import Flask, has_app_context

import config
from app.base import queue
from app.base.context import origin
from app.base.queue import enqueue
from app.ops import jobs, worker
from tests.ops.processes import gone_within

WORKER = """
import logging, os, sys, time
from types import SimpleNamespace
from flask import Flask
from app.base import db
from app.base.queue import job
from app.ops import worker
worker.HEARTBEAT, worker.STALLED_AFTER, worker.RESCUE_EVERY = 0.3, 1.5, 0.3
worker.DRAIN, worker.RESTART_AFTER = float(os.environ["DRAIN"]), 0.2
worker.POLL, worker.import_jobs = 0.3, lambda: None

@job("test.note")
def note(path, word):
    with open(path, "a") as file:
        file.write(f"{word} {os.getpid()}\\n")

@job("test.slow")
def slow(path, seconds):
    note(path, "began")
    time.sleep(seconds)
    note(path, "ended")

@job("test.once_slow")
def once_slow(path):
    again = os.path.exists(path)
    note(path, "began")
    if not again:
        time.sleep(60)
    note(path, "ended")

@job("test.fails", tries=2)
def fails(path):
    note(path, "tried")
    raise RuntimeError("on purpose")

db.connect(os.environ["URL"])
worker.run(SimpleNamespace(database_dsn=os.environ["URL"].replace("+psycopg", "")), Flask("small"))
"""


@pytest.fixture
def start_worker(database, tmp_path):
    running = []

    def start(drain=5):
        environment = os.environ | {"URL": database.app_url, "DRAIN": str(drain)}
        process = subprocess.Popen([sys.executable, "-c", WORKER], cwd=config.ROOT, env=environment)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()


def words(path):
    return [line.split()[0] for line in path.read_text().splitlines()] if path.exists() else []


def until(condition, seconds=15):
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.05)


def put(session, task, **arguments):
    number = enqueue(session, task, **arguments)
    session.commit()
    return number


def test_a_rollback_leaves_no_job(session, database):
    enqueue(session, "test.note", path="x", word="y")
    session.rollback()
    assert database.ask("SELECT count(*) FROM procrastinate_jobs") == [(0,)]


def test_a_job_is_there_when_its_deed_is(session, database):
    number = put(session, "test.note", lock="one", priority=3, path="été", word=7)
    assert database.ask(
        "SELECT id, queue_name, task_name, lock, priority, args, status::text "
        "FROM procrastinate_jobs"
    ) == [(number, "default", "test.note", "one", 3, {"path": "été", "word": 7}, "todo")]


def test_nobody_sees_a_job_before_its_deed_is_done(session, database):
    enqueue(session, "test.note", path="x", word="y")
    assert database.ask("SELECT count(*) FROM procrastinate_jobs") == [(0,)]
    session.commit()
    assert database.ask("SELECT count(*) FROM procrastinate_jobs") == [(1,)]


def test_what_is_not_json_is_refused_at_once(session):
    with pytest.raises(TypeError):
        enqueue(session, "test.note", path=datetime.now(UTC))


def test_the_worker_runs_a_job_soon_after_its_deed(session, start_worker, tmp_path):
    start_worker()
    note = tmp_path / "note"
    put(session, "test.note", path=str(note), word="first")
    until(lambda: words(note) == ["first"])
    put(session, "test.note", path=str(note), word="second")
    started = time.monotonic()
    until(lambda: words(note) == ["first", "second"])
    assert time.monotonic() - started < 2, "the worker is told, it does not only look now and then"


def test_a_job_waits_for_its_hour(session, start_worker, tmp_path):
    note = tmp_path / "note"
    later = datetime.now(UTC) + timedelta(hours=1)
    put(session, "test.note", schedule_at=later, path=str(note), word="late")
    put(session, "test.note", path=str(note), word="now")
    start_worker()
    until(lambda: words(note))
    time.sleep(0.5)
    assert words(note) == ["now"]


def test_jobs_of_one_lock_run_one_after_the_other(session, start_worker, tmp_path):
    note = tmp_path / "note"
    for _ in range(2):
        put(session, "test.slow", lock="one", path=str(note), seconds=0.5)
    start_worker()
    until(lambda: len(words(note)) == 4)
    assert words(note) == ["began", "ended", "began", "ended"]


def test_the_job_of_a_killed_worker_is_found_and_run_again(session, start_worker, tmp_path):
    note = tmp_path / "note"
    put(session, "test.once_slow", path=str(note))
    first = start_worker()
    until(lambda: words(note) == ["began"])
    first.kill()
    first.wait()
    start_worker()
    until(lambda: words(note) == ["began", "began", "ended"])


def test_a_killed_workers_job_runs_again_within_a_minute():
    notice = worker.STALLED_AFTER + worker.RESCUE_EVERY
    assert notice + worker.POLL < 60
    assert worker.HEARTBEAT * 3 < worker.STALLED_AFTER, "one late heartbeat is no death"


def test_a_failed_job_is_tried_again_and_then_given_up(session, database, start_worker, tmp_path):
    note = tmp_path / "note"
    number = put(session, "test.fails", path=str(note))
    start_worker()
    until(lambda: words(note) == ["tried"])
    # The pause before the next try grows by seconds; it need not be waited for here.
    until(lambda: database.ask("SELECT status::text FROM procrastinate_jobs") == [("todo",)])
    database.ask("UPDATE procrastinate_jobs SET scheduled_at = now()")
    until(lambda: database.ask("SELECT status::text FROM procrastinate_jobs") == [("failed",)])
    assert words(note) == ["tried", "tried"]
    assert number


def test_a_worker_asked_to_stop_lets_its_job_finish(session, start_worker, tmp_path):
    note = tmp_path / "note"
    put(session, "test.slow", path=str(note), seconds=1)
    process = start_worker()
    until(lambda: words(note) == ["began"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    assert words(note) == ["began", "ended"]


def test_a_worker_does_not_wait_for_ever_and_its_job_is_rescued(session, start_worker, tmp_path):
    note = tmp_path / "note"
    put(session, "test.once_slow", path=str(note))
    process = start_worker(drain=0.5)
    until(lambda: words(note) == ["began"])
    process.send_signal(signal.SIGTERM)
    assert gone_within([process.pid], 4) or process.poll() is not None
    start_worker()
    until(lambda: words(note) == ["began", "began", "ended"])


def test_the_worker_survives_a_restart_of_the_database(
    session, database, start_worker, server, tmp_path
):
    start_worker()
    note = tmp_path / "note"
    put(session, "test.note", path=str(note), word="before")
    until(lambda: words(note) == ["before"])
    # Not before it is written down as done: a job whose end the database never heard of is, by
    # design, done again by whoever rescues it.
    until(lambda: database.ask("SELECT status::text FROM procrastinate_jobs") == [("succeeded",)])
    server.stop()
    time.sleep(1)
    server.start()
    put(session, "test.note", path=str(note), word="after")
    until(lambda: words(note) == ["before", "after"], seconds=30)


# ── the rescue alone ────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def rescuer(database):
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(conninfo=database.app_dsn, min_size=1, max_size=2)
    )
    async with app.open_async():
        yield app


def rescue(database):
    async def once():
        async with rescuer(database) as app:
            return await worker.rescue(app)

    return asyncio.run(once())


def stall(database, *, heartbeat="1 hour", attempts=0):
    """A job that a worker holds whose last sign of life is so old."""
    database.ask(
        "INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now() - CAST(%(age)s AS interval))",
        age=heartbeat,
    )
    return database.ask(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, attempts) "
        "VALUES ('default', 'test.note', 'doing', "
        "(SELECT max(id) FROM procrastinate_workers), %(attempts)s) RETURNING id",
        attempts=attempts,
    )[0][0]


def status(database):
    return database.ask("SELECT status::text, attempts FROM procrastinate_jobs")


def test_the_application_role_may_rescue(database):
    number = stall(database)
    assert rescue(database) == [number]
    assert status(database) == [("todo", 1)]


def test_the_job_of_a_living_worker_is_left_alone(database):
    stall(database, heartbeat="1 second")
    assert rescue(database) == []
    assert status(database) == [("doing", 0)]


def test_the_job_of_a_forgotten_worker_is_rescued(database):
    stall(database)
    database.ask("DELETE FROM procrastinate_workers")
    assert len(rescue(database)) == 1


def test_a_job_that_kills_every_worker_fails_in_the_end(database):
    stall(database, attempts=worker.RESCUES)
    rescue(database)
    assert status(database)[0][0] == "failed"


def test_two_rescuers_never_give_one_job_out_twice(database, session):
    number = stall(database)
    session.connection().exec_driver_sql(
        "SELECT id FROM procrastinate_jobs WHERE id = %(id)s FOR UPDATE", {"id": number}
    )
    assert rescue(database) == [], "another rescuer holds it"
    session.rollback()
    assert rescue(database) == [number]
    assert rescue(database) == []


# ── what a job may rely on ──────────────────────────────────────────────────────────────


def test_a_job_runs_in_an_application_context_with_an_origin_and_a_clean_session(session):
    seen = []

    @queue.job("test.looks")
    def looks(word):
        seen.append((has_app_context(), origin().request_id, origin().person_id, word))
        session.connection()

    worker.perform(Flask("small"), "test.looks", 42, word="x")
    assert seen == [(True, "job-42", None, "x")]
    assert not session.registry.has(), "the session is given back"


def test_a_name_stands_for_one_job():
    queue.job("test.taken")(words)
    with pytest.raises(ValueError, match="two jobs"):
        queue.job("test.taken")(gone_within)


def test_an_unknown_job_is_an_error():
    with pytest.raises(LookupError, match=r"test\.unknown"):
        queue.find_job("test.unknown")


def test_scheduled_jobs_are_registered_with_their_schedule(database):
    app = worker.build(SimpleNamespace(database_dsn=database.app_dsn), Flask("small"))
    scheduled = {name for name, _ in app.periodic_registry.periodic_tasks}
    assert "ops.prune" in scheduled
    assert scheduled == {job.name for job in queue.registered() if job.cron}


def enqueued_names():
    """Every literal job name that the program enqueues, with its place."""
    for path in (config.ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "enqueue":
                task = node.args[1]
                assert isinstance(task, ast.Constant), f"{path}:{node.lineno} computes a job's name"
                yield task.value, f"{path.relative_to(config.ROOT)}:{node.lineno}"


def test_every_job_that_a_deed_enqueues_exists():
    worker.import_jobs()
    known = {job.name for job in queue.registered()}
    assert [place for name, place in enqueued_names() if name not in known] == []


def test_old_jobs_and_counters_are_pruned_and_young_ones_stay(session, database):
    for name, state, age in (
        ("old.done", "succeeded", "2 days"),
        ("new.done", "succeeded", "2 hours"),
        ("old.failed", "failed", "40 days"),
        ("new.failed", "failed", "20 days"),
        ("waiting", "todo", "90 days"),
    ):
        database.ask(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('default', %(name)s, CAST(%(state)s AS procrastinate_job_status))",
            name=name,
            state=state,
        )
        database.ask(
            "INSERT INTO procrastinate_events (job_id, type, at) "
            "SELECT max(id), 'started', now() - CAST(%(age)s AS interval) "
            "FROM procrastinate_jobs",
            age=age,
        )
    for age in ("100 days", "80 days"):
        database.ask(
            "INSERT INTO limit_event (kind, subject, at) "
            "VALUES ('resend', %(subject)s, now() - CAST(%(age)s AS interval))",
            subject=age,
            age=age,
        )
    jobs.prune()
    kept = {name for (name,) in database.ask("SELECT task_name FROM procrastinate_jobs")}
    assert kept == {"new.done", "new.failed", "waiting"}
    assert database.ask("SELECT subject FROM limit_event") == [("80 days",)]
