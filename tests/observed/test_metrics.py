"""What Prometheus reads: right numbers, for nobody without the token, and nothing personal."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

import config
from app.base import metrics
from app.base import settings as base_settings
from app.base.db import session
from app.ops import metrics as ops
from app.ops import worker
from tests.support.mail import free_port
from tests.support.world import PASSWORD

TOKEN = "a token for the tests, " + "t" * 20
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def scraped(app, settings):
    """`scraped()`: every sample, by its name and labels."""
    base_settings.install(settings.model_copy(update={"metrics_token": TOKEN}))
    browser = app.test_client()

    def scrape():
        answer = browser.get("/metrics", headers=BEARER)
        assert answer.status_code == 200
        return samples(answer.text)

    return scrape


def samples(written):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(written)
        for sample in family.samples
    }


def grown(before, after, name, **labels):
    key = (name, *sorted(labels.items()))
    return after.get(key, 0) - before.get(key, 0)


def test_without_a_token_in_the_settings_there_is_no_such_page(client):
    assert client.http.get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer é"]
)
def test_whoever_does_not_show_the_token_reads_nothing(client, scraped, header):
    answer = client.http.get("/metrics", headers={"Authorization": header})
    assert answer.status_code == 401
    assert "guichet" not in answer.text


def test_requests_are_counted_by_endpoint_method_and_class_of_status(client, scraped):
    before = scraped()
    client.get("/help")
    client.get("/help/nothing-of-this-name", expect=404)
    client.get("/nowhere-at-all", expect=404)
    client.http.open("/en/help", method="BREW")
    after = scraped()
    for endpoint, method, status in (
        ("help.index", "GET", "2xx"),
        ("help.topic", "GET", "4xx"),
        ("none", "GET", "4xx"),
        ("none", "other", "4xx"),
    ):
        labels = {"endpoint": endpoint, "method": method, "status": status}
        assert grown(before, after, "guichet_requests_total", **labels) == 1
    assert grown(before, after, "guichet_request_seconds_count", endpoint="help.index") == 1


def test_sign_ins_codes_deeds_jobs_and_mails_are_counted(
    world, client, scraped, walk_in, mailbox, new_client
):
    person = world.person()
    before = scraped()
    name = world.sign_in_name(person)
    new_client().post_form("/sign-in", {"sign_in_name": name, "password": "wrong"}, expect=200)
    walk_in(person)
    after = scraped()
    assert grown(before, after, "guichet_sign_ins_total", outcome="done") == 1
    assert grown(before, after, "guichet_sign_ins_total", outcome="password_wrong") == 1
    assert grown(before, after, "guichet_codes_total", purpose="sign_in") == 1
    done = {"action": "session.begun", "outcome": "done"}
    assert grown(before, after, "guichet_deeds_total", **done) == 1
    sent = {"task": "identity.send_code", "outcome": "done"}
    assert grown(before, after, "guichet_jobs_total", **sent) == 1
    assert grown(before, after, "guichet_job_seconds_count", task="identity.send_code") == 1
    assert grown(before, after, "guichet_mails_total", outcome="sent") == 1


def test_a_refusal_and_a_full_limit_are_counted_once_each(world, client, sign_in, scraped):
    account = world.account()
    member = world.member(account, 3)
    sign_in(world.person_of(member))
    before = scraped()
    client.get(f"/a/{account.id}/transfer", expect=403)
    after = scraped()
    refused = [
        (key, after[key] - before.get(key, 0))
        for key in after
        if key[0] == "guichet_deeds_total" and ("outcome", "refused") in key
    ]
    assert [number for _, number in refused if number] == [1]


def test_a_limit_that_is_reached_is_counted(world, client, scraped):
    typed = {"sign_in_name": world.sign_in_name(world.person()), "password": PASSWORD}
    before = scraped()
    client.post_form("/sign-in", typed, expect=303)
    client.post_form("/sign-in", typed, expect=200)  # before the gap between two codes is over
    key = {"action": "resend", "outcome": "limit"}
    assert grown(before, scraped(), "guichet_deeds_total", **key) == 1


def test_a_deed_that_was_not_kept_is_not_counted(app, db, scraped):
    from app.audit.events import Event
    from app.audit.service import record
    from app.base.db import deed

    @deed
    def fails(db):
        record(db, Event.MEMBERSHIP_ENDED, changes={"status": "ended"})
        raise ValueError

    before = scraped()
    with pytest.raises(ValueError):  # noqa: PT011 (any end of the deed will do)
        fails()
    key = {"action": "membership.ended", "outcome": "done"}
    assert grown(before, scraped(), "guichet_deeds_total", **key) == 0


def test_a_mail_refused_for_good_and_one_refused_for_now_differ(world, client, scraped, mailbox):
    for refusal, outcome in (("550 No such mailbox", "refused"), ("451 Later", "failed")):
        typed = {"sign_in_name": world.sign_in_name(world.person()), "password": PASSWORD}
        type(client)(client.app).post_form("/sign-in", typed, expect=303)
        before = scraped()
        mailbox.sink.refuse = refusal
        try:
            mailbox.run_jobs()
        except OSError:
            assert outcome == "failed"
        mailbox.sink.refuse = None
        assert grown(before, scraped(), "guichet_mails_total", outcome=outcome) == 1


def test_the_database_says_what_waits_whichever_process_is_asked(world, db, owner_db, scraped):
    from app.base.queue import enqueue

    enqueue(session, "identity.prune")
    session.commit()
    owner_db.execute(text("UPDATE procrastinate_events SET at = now() - interval '100 seconds'"))
    owner_db.commit()
    found = scraped()
    assert found["guichet_database_up",] == 1
    assert found["guichet_migrations_at_head",] == 1
    assert found["guichet_queue_jobs", ("state", "todo")] == 1
    assert 100 <= found["guichet_queue_oldest_seconds",] < 160
    assert found["guichet_workers",] == 0
    assert found["guichet_database_pool_size",] > 0


def test_the_age_of_the_anchor_is_that_of_the_newest(app, world, db, clock, scraped):
    from app.audit.jobs import anchor_now

    assert ("guichet_anchor_age_seconds",) not in scraped()
    anchor_now()
    session.rollback()
    clock.move(hours=5)
    assert 5 * 3600 <= scraped()["guichet_anchor_age_seconds",] < 5 * 3600 + 120


def test_without_a_database_the_counts_are_still_there(app, scraped, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def away(*_):
        raise OperationalError("SELECT 1", {}, Exception("refused"))

    monkeypatch.setattr(ops, "_of_the_database", away)
    found = scraped()
    assert found["guichet_database_up",] == 0
    assert any(name == "guichet_requests_total" for name, *_ in found)


def test_no_label_tells_of_a_person(world, client, scraped, walk_in):
    person = world.person("Zibeline", "Thériault")
    walk_in(person)
    client.get("/nowhere/zibeline?email=zibeline@mail.example", expect=404)
    worker.import_jobs()
    allowed = re.compile(r"[a-zA-Z0-9_.+ ]*")
    for name, *labels in scraped():
        for _, value in labels:
            assert allowed.fullmatch(value), f"{name}: {value}"
            assert "zibeline" not in value.lower()


def test_the_worker_answers_at_its_own_port_and_only_with_the_token(settings):
    port = free_port()
    values = settings.model_copy(update={"metrics_token": TOKEN, "metrics_port": port})
    server = ops.serve(values)
    try:
        request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers=BEARER)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert "guichet_jobs_total" in answer.read().decode()
        for path, status in (("/metrics", 401), ("/", 404)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
            refused.value.close()
            assert refused.value.code == status
    finally:
        server.shutdown()
        server.server_close()


def test_without_a_port_the_worker_serves_nobody(settings):
    assert ops.serve(settings) is None


PROCESSES = """
import os, sys
from tools import measuring
measuring.make_folder()
from app.base import metrics
for number in range(3):
    child = os.fork()
    if child == 0:
        measuring.make_room()
        for _ in range(number + 1):
            metrics.count_request("help.index", "GET", 200, 0.02)
        os._exit(0)
    os.waitpid(child, 0)
sys.stdout.write(metrics.written().decode())
"""


def test_what_several_processes_counted_is_added_up_and_their_folder_goes_with_them():
    before = {k: v for k, v in os.environ.items() if k != metrics.FOLDER}
    done = subprocess.run(
        [sys.executable, "-c", PROCESSES],
        cwd=config.ROOT,
        env=before,
        capture_output=True,
        text=True,
        check=True,
    )
    found = samples(done.stdout)
    key = (
        "guichet_requests_total",
        ("endpoint", "help.index"),
        ("method", "GET"),
        ("status", "2xx"),
    )
    assert found[key] == 6
    assert found["guichet_request_seconds_count", ("endpoint", "help.index")] == 6


def test_a_process_without_room_for_its_files_counts_nothing_and_serves(tmp_path, monkeypatch):
    from tools import measuring

    monkeypatch.setenv(metrics.FOLDER, str(tmp_path / "gone"))
    monkeypatch.setitem(metrics._state, "counts", True)
    measuring.make_room()
    assert metrics._state["counts"] is False
    metrics.count_request("help.index", "GET", 200, 0.1)
