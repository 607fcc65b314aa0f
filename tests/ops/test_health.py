"""Machines are told the truth about the process, and no detail."""

import pytest
from flask import Flask

from app.base import db as base
from app.base.queue import enqueue
from app.ops import health


@pytest.fixture
def client():
    app = Flask("small")
    app.register_blueprint(health.pages)
    return app.test_client()


@pytest.fixture
def unreachable(free_port):
    engine = base.connect(
        f"postgresql+psycopg://guichet_app:secret@127.0.0.1:{free_port()}/guichet"
    )
    yield
    base.session.remove()
    engine.dispose()


def test_the_process_is_alive_without_a_database(client, unreachable):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"alive": True})


def test_ready_means_database_migrations_and_queue(client, session):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "ready": True,
        "database": True,
        "migrations": True,
        "queue": True,
        "oldest_due_job_seconds": 0,
    }


def test_without_its_database_it_is_not_ready_and_tells_nothing_internal(client, unreachable):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"] is False
    for inside in ("guichet_app", "127.0.0.1", "psycopg", "refused"):
        assert inside not in answer.text


def test_behind_its_migrations_it_is_not_ready(client, session, database):
    database.ask("UPDATE alembic_version SET version_num = '0001'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["database"], answer.json["migrations"]) == (True, False)


def waits(database, number, age):
    database.ask(
        "UPDATE procrastinate_events SET at = now() - CAST(%(age)s AS interval) "
        "WHERE job_id = %(id)s",
        age=age,
        id=number,
    )


def test_the_age_of_the_oldest_due_job_is_told(client, session, database):
    number = enqueue(session, "test.note")
    session.commit()
    waits(database, number, "2 minutes")
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert 120 <= answer.json["oldest_due_job_seconds"] < 140


def test_a_stuck_queue_is_not_ready(client, session, database):
    number = enqueue(session, "test.note")
    session.commit()
    waits(database, number, "6 minutes")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json["ready"], answer.json["queue"]) == (False, False)


def test_a_job_for_later_or_one_that_runs_is_not_due(client, session, database):
    number = enqueue(session, "test.note")
    session.commit()
    waits(database, number, "1 hour")
    database.ask("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'")
    assert client.get("/readyz").status_code == 200
    database.ask("UPDATE procrastinate_jobs SET scheduled_at = NULL, status = 'doing'")
    assert client.get("/readyz").json["oldest_due_job_seconds"] == 0


def test_answers_are_not_kept_by_caches(client, session):
    assert client.get("/readyz").headers["Cache-Control"] == "no-store"
    assert client.get("/healthz").headers["Cache-Control"] == "no-store"
