"""The log of a real service: JSON lines that lead to a request, and nothing of what was typed."""

from __future__ import annotations

import io
import json
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.base import logs, queue
from app.base.context import Origin, set_origin
from app.base.errors import Refused
from app.ops import worker
from app.web.request_id import HEADER
from tests.support.world import PASSWORD


@pytest.fixture
def log():
    """Everything that is logged, as a real service writes it; nothing is filtered by its level."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonLines())
    # The mail server of the tests lives in this process; its log is not the portal's.
    handler.addFilter(lambda record: record.name != "mail.log")
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.setLevel(level)
    root.removeHandler(handler)


def test_a_line_of_a_request_has_its_fields_and_no_other(world, client, sign_in, log):
    person = world.person()
    sign_in(person)
    answer = client.get("/me?name=Marguerite")
    [line] = [one for one in log() if one["logger"] == "guichet.requests"]
    reference = answer.response.headers[HEADER]
    assert line.pop("duration_ms") > 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "guichet.requests",
        "message": f"{reference} GET identity.me 200",
        "request_id": reference,
        "endpoint": "identity.me",
        "status": 200,
        "person": person.id,
    }


def test_a_line_of_a_job_names_the_job_and_the_request_it_comes_from(world, client, mailbox, log):
    person = world.person()
    typed = {"sign_in_name": world.sign_in_name(person), "password": PASSWORD}
    asked = client.post_form("/sign-in", typed, expect=303)
    mailbox.run_jobs()
    [line] = [one for one in log() if one["message"] == "job done"]
    assert line["request_id"] == asked.response.headers[HEADER]
    assert line["task"] == "identity.send_code"
    assert line["job"].startswith("identity.send_code job-")
    [sent] = [one for one in log() if one["message"] == "a mail was sent"]
    assert sent["request_id"] == asked.response.headers[HEADER]


TYPED = {
    "given_name": "Zibeline-Marguerite",
    "family_name": "Saint-Zénon-Thériault",
    "sign_in_name": "zibeline.theriault",
    "email": "zibeline.private@mailbox.example",
    "password": "un mot de passe secret zibeline",
    "phone": "902-555-0199",
}


def test_a_journey_leaves_nothing_of_what_was_typed_in_the_log(
    app, world, client, mailbox, sign_in, log, monkeypatch
):
    """Sign-up with its code, a wrong password, a mail refused, a fault with a hostile value."""
    hidden = [*TYPED.values(), "Zibeline", "127.0.0.1", PASSWORD]
    page = client.get("/sign-up")
    form = page.form("email")
    known = {k: v for k, v in TYPED.items() if k in form.names}
    more = {"email_again": TYPED["email"], "password_again": TYPED["password"], "language": "en"}
    known |= {k: v for k, v in more.items() if k in form.names}
    form.submit(known, expect=303).follow()
    code = mailbox.code_for(TYPED["email"])
    client.post_form("/sign-up/code", {"code": code}, expect=303)

    person = world.person("Zibeline", "Private", email="zibeline.refused@mailbox.example")
    name = world.sign_in_name(person)
    typed = {"sign_in_name": name, "password": "wrong zibeline"}
    visitor = type(client)(app)
    visitor.post_form("/sign-in", typed, expect=200)
    mailbox.sink.refuse = f"550 No such mailbox {person.email}"
    visitor.post_form("/sign-in", {"sign_in_name": name, "password": PASSWORD}, expect=303)
    mailbox.run_jobs()
    mailbox.sink.refuse = None

    def breaks(*_ignored, **_options):
        raise ValueError(f"cannot use {TYPED['email']} ({TYPED['phone']})")

    monkeypatch.setitem(app.view_functions, "front.contact", breaks)
    app.view_functions["front.contact"].access = "public"
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    visitor.get(f"/contact?q={TYPED['email']}", expect=500)
    monkeypatch.undo()

    lines = log()
    told = json.dumps(lines, ensure_ascii=False)
    assert [one for one in [*hidden, code, person.email] if one in told] == []
    assert {"identity.sign_up", "identity.sign_in"} <= {one.get("endpoint") for one in lines}
    [fault] = [one for one in lines if "error" in one and one["logger"] == "guichet.errors"]
    assert fault["error"] == "ValueError"
    assert fault["stack"][-1].startswith("tests/observed/test_logs.py:")
    [refusal] = [one for one in lines if one["message"].startswith("a mail was refused")]
    assert refusal["message"] == "a mail was refused for good: SMTPRecipientsRefused 550"
    assert not any("@" in line["message"] for line in lines)


def test_a_broken_rule_is_named_and_its_values_are_not(owner_db, log):
    email = TYPED["email"]
    with pytest.raises(IntegrityError) as caught:
        owner_db.execute(
            text("INSERT INTO ab_role (id, name) VALUES (987654, :name), (987655, :name)"),
            {"name": email},
        )
    owner_db.rollback()
    assert email in str(caught.value), "what is to be hidden is there"
    fault = logging.getLogger("guichet.errors")
    fault.error("%s: our fault", "ABCD-EFGH", exc_info=caught.value)
    fault.error("the database says %s", caught.value)
    fault.error("the database says %s", str(caught.value))
    told = json.dumps(log())
    assert email not in told
    assert "IntegrityError 23505 ab_role" in told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("DETAIL:  Key (email)=(a@b.example) already exists.", "DETAIL left out"),
        ("failed [SQL: SELECT 1] [parameters: {'n': 'Ann'}]", "failed [SQL left out]"),
        ("Key (phone)=(902 555 0142) is taken", "Key (…)=(…) is taken"),
        ("mail for <ann.roy@mail.example> bounced", "mail for <…@…> bounced"),
    ],
)
def test_what_libraries_quote_is_left_out(message, told):
    record = logging.LogRecord("library", logging.ERROR, __file__, 1, message, None, None)
    assert logs.message_of(record).replace("  ", " ") == told


def test_what_a_library_adds_to_a_line_is_left_out(log):
    extra = {"job": {"args": {"email": TYPED["email"]}}, "action": "job_error"}
    logging.getLogger("procrastinate.worker").error("Job ended", extra=extra)
    assert set(log()[-1]) == {"time", "level", "logger", "message"}


def test_a_fault_that_nobody_caught_ends_up_in_the_log_without_its_text(log):
    logs._uncaught(ValueError, ValueError(TYPED["email"]), None)
    line = log()[-1]
    assert (line["level"], line["error"]) == ("CRITICAL", "ValueError")
    assert TYPED["email"] not in json.dumps(line)


def test_an_error_tells_what_it_was_raised_from_and_our_own_codes(log):
    refusal = Refused("users.add", "not_granted")
    refusal.__cause__ = KeyError(TYPED["email"])
    logging.getLogger("guichet").error("a test", exc_info=refusal)
    assert log()[-1]["error"] == "Refused (users.add: not_granted) from KeyError"


def test_a_laptops_line_is_plain_and_names_the_request():
    set_origin(Origin(request_id="ABCD-EFGH"))
    record = logging.LogRecord("app.ops", logging.WARNING, __file__, 1, "a %s", ("word",), None)
    assert logs.PlainLines().format(record) == "WARNING app.ops: a word [ABCD-EFGH]"
    set_origin(Origin())


def test_a_job_that_fails_is_told_with_its_task(app, db, log):
    @queue.job("test.breaks")
    def breaks():
        raise ValueError(TYPED["email"])

    with pytest.raises(ValueError, match=r"zibeline\.private"):
        worker.perform(app, "test.breaks", 5)
    line = log()[-1]
    assert (line["message"], line["task"], line["level"]) == (
        "job failed",
        "test.breaks",
        "WARNING",
    )
