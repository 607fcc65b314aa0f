"""The error pages: in the visitor's language, with a reference, and nothing internal."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, abort, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded, TooMany
from app.web.context import Viewer, set_viewer
from tests.web.checker import check_page, text_of
from tests.web.small_app import small_app

REFERENCE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")
ENDS = {
    "not-found": (NotFound("account 7 of Acme"), 404),
    "refused": (Refused("users.add", "not_granted"), 403),
    "conflict": (Conflict("already_accepted"), 409),
    "invalid": (Invalid({"name": "taken"}), 400),
    "database": (OperationalError("SELECT secret", {}, Exception("password=hunter2")), 503),
    "bug": (ZeroDivisionError("secret in the message"), 500),
    "too-many": (TooMany("one_time_code", datetime.now(UTC)), 429),
}


@pytest.fixture(scope="module")
def failing() -> Flask:
    app = small_app(PROPAGATE_EXCEPTIONS=False)

    def fail(name: str) -> str:
        if name.isdigit():
            abort(int(name))
        if name == "too-many":  # ten minutes from this request, whenever the test runs
            raise TooMany("one_time_code", datetime.now(UTC) + timedelta(minutes=10))
        raise ENDS[name][0]

    app.add_url_rule("/fail/<name>", view_func=fail, methods=["GET", "POST"])
    app.add_url_rule("/deed", endpoint="deed", view_func=lambda: "done", methods=["POST"])

    def step_up() -> str:
        raise StepUpNeeded

    app.add_url_rule("/transfer", view_func=step_up)
    return app


@pytest.fixture
def visitor(failing: Flask) -> Iterator[FlaskClient]:
    yield failing.test_client()
    failing.extensions.pop("guichet.viewer", None)


def sent(visitor: FlaskClient, path: str) -> TestResponse:
    """What a form gets that comes with its token."""
    with visitor.application.test_request_context():
        token, value = generate_csrf(), session["csrf_token"]
    with visitor.session_transaction() as kept:
        kept["csrf_token"] = value
    return visitor.post(path, data={"csrf_token": token})


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("name", sorted(ENDS))
def test_each_end_of_a_deed_has_its_page(visitor: FlaskClient, caplog, lang, name):
    caplog.set_level(logging.INFO, "guichet.requests")
    answer = visitor.get(f"/{lang}/fail/{name}")
    page = check_page(answer.text, lang, answer.status_code, answer.headers, expect=ENDS[name][1])
    (reference,) = set(REFERENCE.findall(text_of(page.one("main"))))
    assert reference in caplog.text


@pytest.mark.parametrize("name", sorted(ENDS))
def test_an_error_page_says_nothing_internal(visitor: FlaskClient, name):
    text = visitor.get(f"/en/fail/{name}").text
    for inside in ("Acme", "not_granted", "already_accepted", "secret", "hunter2", "Traceback"):
        assert inside not in text


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("code", [400, 401, 403, 404, 410, 413, 415, 418, 429, 500, 501, 503])
def test_every_status_has_a_page(visitor: FlaskClient, lang, code):
    answer = visitor.get(f"/{lang}/fail/{code}")
    check_page(answer.text, lang, answer.status_code, answer.headers, expect=code)


def test_a_deed_s_address_that_is_opened_says_which_methods_it_takes(visitor: FlaskClient):
    answer = visitor.get("/fr/deed")
    check_page(answer.text, "fr", answer.status_code, answer.headers, expect=405)
    assert answer.headers["Allow"] == "OPTIONS, POST"


def test_a_form_without_its_token_is_told_that_it_is_too_old(visitor: FlaskClient):
    answer = visitor.post("/fr/gallery/form", data={"family_name": "Roy"})
    page = check_page(answer.text, "fr", answer.status_code, answer.headers, expect=400)
    assert text_of(page.one("h1")) == "Cette page est restée ouverte trop longtemps"
    assert 'href="/fr/gallery/form"' in answer.text


def test_a_limit_says_when_it_ends(visitor: FlaskClient):
    answer = visitor.get("/en/fail/too-many")
    assert 590 <= int(answer.headers["Retry-After"]) <= 600
    assert re.search(r"Try again after \d+:\d\d\u00a0[ap]m\u00a0ET", answer.text)


@pytest.mark.parametrize("name", ["database", "bug"])
def test_only_of_a_form_that_was_sent_it_is_said_that_nothing_was_saved(visitor: FlaskClient, name):
    """Above a page that was only read may stand the note of a form that was saved."""
    page = visitor.get(f"/en/fail/{name}").text
    assert "nothing was saved" not in page.lower()
    assert "page cannot be shown" in page
    assert "nothing was saved" in sent(visitor, f"/en/fail/{name}").text.lower()


def test_the_pages_hold_while_the_database_is_down(failing: Flask, visitor: FlaskClient):
    def look_up() -> Viewer:
        raise OperationalError("SELECT person", {}, Exception("connection refused"))

    set_viewer(failing, look_up)
    for name, code in (("404", 404), ("refused", 403), ("database", 503), ("bug", 500)):
        answer = visitor.get(f"/fr/fail/{name}")
        check_page(answer.text, "fr", answer.status_code, answer.headers, expect=code)


def test_an_error_without_language_is_in_the_browser_s(visitor: FlaskClient):
    answer = visitor.post("/fail/404", headers={"Accept-Language": "fr"})
    check_page(answer.text, "fr", answer.status_code, answer.headers, expect=404)


def test_a_deed_that_needs_a_fresh_code_leads_there_and_back(visitor: FlaskClient):
    assert visitor.get("/fr/transfer").location == "/fr/step-up?next=%2Ffr%2Ftransfer"


def test_a_fault_is_logged_with_its_cause_and_the_reference(visitor: FlaskClient, caplog):
    answer = visitor.get("/en/fail/bug")
    (reference,) = set(REFERENCE.findall(answer.text))
    (record,) = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert reference in record.getMessage()
    assert isinstance(record.exc_info[1], ZeroDivisionError)


def test_no_two_requests_share_a_reference(visitor: FlaskClient):
    found = {REFERENCE.findall(visitor.get("/en/fail/404").text)[0] for _ in range(20)}
    assert len(found) == 20


@pytest.mark.parametrize(
    ("lang", "kind", "said"),
    [
        ("en", "application/x-www-form-urlencoded", "What you sent is too large"),
        ("en", "multipart/form-data; boundary=x", "The file is too large"),
        ("fr", "application/x-www-form-urlencoded", "L’envoi est trop volumineux"),
        ("fr", "multipart/form-data; boundary=x", "Le fichier est trop volumineux"),
    ],
)
def test_what_is_too_large_is_called_a_file_only_where_a_file_was_sent(
    visitor: FlaskClient, lang, kind, said
):
    answer = visitor.get(f"/{lang}/fail/413", headers={"Content-Type": kind})
    page = check_page(answer.text, lang, answer.status_code, answer.headers, expect=413)
    assert text_of(page.one("h1")) == said


@pytest.mark.parametrize(
    ("name", "lang", "sentence"),
    [
        ("database", "en", "check whether it was saved before you send it again"),
        ("database", "fr", "vérifiez ce qui a été enregistré avant d’envoyer de nouveau"),
        ("bug", "en", "Something went wrong on our side after we had saved."),
        ("bug", "fr", "Un problème est survenu de notre côté après l’enregistrement."),
    ],
)
def test_nothing_was_saved_is_said_only_when_that_is_sure(
    visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, lang: str, sentence: str
):
    sure = {"en": "othing was saved", "fr": "ien n’a été enregistré"}[lang]
    assert sure in sent(visitor, f"/{lang}/fail/{name}").text
    monkeypatch.setattr("app.web.errors.may_be_saved", lambda: True)
    answer = sent(visitor, f"/{lang}/fail/{name}")
    page = check_page(answer.text, lang, answer.status_code, answer.headers, expect=ENDS[name][1])
    assert sentence in text_of(page.one("main"))
    assert sure not in answer.text
