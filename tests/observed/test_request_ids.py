"""One reference from the page to the job, to the mail, to the trail; who may choose it."""

from __future__ import annotations

import logging
from ipaddress import ip_network

import pytest
from sqlalchemy import select, text

from app.audit.models import Entry
from app.base import queue
from app.base.context import Origin, origin, set_origin
from app.base.db import session
from app.base.queue import enqueue
from app.ops import worker
from app.web.request_id import HEADER, PROXIES
from tests.enrolment.test_staff_pages import business, lines_of, own_form, send_file
from tests.support.world import PASSWORD


def entries(reference):
    session.rollback()
    found = session.scalars(select(Entry).where(Entry.request_id == reference).order_by(Entry.seq))
    return [entry.event for entry in found]


def jobs():
    session.rollback()
    asked = "SELECT task_name, args->>'_request' FROM procrastinate_jobs ORDER BY id"
    return [tuple(row) for row in session.execute(text(asked))]


def test_a_page_leads_by_its_reference_to_its_job_its_mail_and_its_entries(
    world, client, mailbox, caplog
):
    caplog.set_level(logging.INFO)
    person = world.person()
    typed = {"sign_in_name": world.sign_in_name(person), "password": PASSWORD}
    answer = client.post_form("/sign-in", typed, expect=303, to="/sign-in/code")
    reference = answer.response.headers[HEADER]
    assert jobs() == [("identity.send_code", reference)]
    assert "code.sent" in entries(reference)
    assert mailbox.latest(person.email).message[HEADER] == reference
    assert any(reference in record.getMessage() for record in caplog.records)


def test_what_a_job_writes_into_the_trail_names_the_page_that_asked_for_it(
    world, client, sign_in, mailbox
):
    sign_in(world.staff("program_officer"))
    sent = send_file(client, lines_of(business()), "en")
    mailbox.run_jobs()
    confirmed = own_form(sent.follow()).submit(expect=303)
    reference = confirmed.response.headers[HEADER]
    assert ("enrolment.import_registry", reference) in jobs()
    assert "registry.imported" not in entries(reference)
    mailbox.run_jobs()
    assert "registry.imported" in entries(reference)


def test_a_job_that_another_job_puts_in_comes_from_the_same_request(app, db):
    seen = []

    @queue.job("test.first")
    def first():
        enqueue(session, "test.second", word="x")
        session.commit()

    @queue.job("test.second")
    def second(word):
        seen.append((origin().request_id, origin().job, word))

    set_origin(Origin(request_id="ABCD-EFGH"))
    enqueue(session, "test.first")
    session.commit()
    for number in (1, 2):
        [(name, args)] = session.execute(
            text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        )
        session.rollback()
        worker.perform(app, name, number, **args)
    assert seen == [("ABCD-EFGH", "test.second job-2", "x")]


def test_a_mail_that_a_job_writes_does_not_make_it_forget_its_request(app, db):
    """Writing takes a request context of its own, for the language."""
    from app.correspondence import mail

    seen = []

    @queue.job("test.speaks")
    def speaks():
        with mail.speaking("fr"):
            pass
        seen.append(origin().request_id)

    worker.perform(app, "test.speaks", 7, _request="ABCD-EFGH")
    assert seen == ["ABCD-EFGH"]


def test_a_scheduled_job_is_named_by_its_own_number(app, db):
    seen = []

    @queue.job("test.by_itself")
    def by_itself():
        seen.append((origin().request_id, origin().job))

    worker.perform(app, "test.by_itself", 9)
    assert seen == [("job-9", "test.by_itself job-9")]


def test_whoever_runs_a_job_is_who_they_were_afterwards(app, db):
    @queue.job("test.nothing")
    def nothing():
        pass

    mine = Origin(person_id=3, request_id="ABCD-EFGH")
    set_origin(mine)
    worker.perform(app, "test.nothing", 1)
    assert origin() == mine


def test_an_error_page_shows_the_reference_of_its_answer(client):
    page = client.get("/nowhere", expect=404)
    assert page.response.headers[HEADER] in page.main


def test_the_next_request_of_a_thread_has_another_origin(client):
    client.get("/help")
    assert origin() == Origin()


@pytest.fixture
def trusting(app, monkeypatch):
    monkeypatch.setitem(app.config, PROXIES, (ip_network("127.0.0.1/32"),))


OURS = "0b7c3f0e-77aa-4d8f-9f4e-2f7f6f1f2a10"


def test_nobody_chooses_a_reference_unless_the_settings_name_them(client):
    answer = client.get("/help", headers={HEADER: OURS})
    assert answer.response.headers[HEADER] != OURS


def test_a_proxy_that_the_settings_name_chooses_the_reference(client, trusting):
    assert client.get("/help", headers={HEADER: OURS}).response.headers[HEADER] == OURS


def test_behind_a_proxy_the_proxy_is_believed_and_not_its_client(app, client, trusting):
    """ProxyFix puts the client's address in the place of the proxy's."""
    for peer, believed in (("127.0.0.1", True), ("198.51.100.7", False)):
        environ = {
            "REMOTE_ADDR": "127.0.0.1" if not believed else "198.51.100.7",
            "werkzeug.proxy_fix.orig": {"REMOTE_ADDR": peer},
        }
        answer = client.http.get("/en/help", headers={HEADER: OURS}, environ_overrides=environ)
        assert (answer.headers[HEADER] == OURS) is believed


@pytest.mark.parametrize(
    "odd", ["short", "a b c d e f g", "x" * 65, "<script>alert(1)</script>", ""]
)
def test_a_reference_that_is_oddly_written_is_not_taken(client, trusting, odd):
    assert client.get("/help", headers={HEADER: odd}).response.headers[HEADER] != odd
