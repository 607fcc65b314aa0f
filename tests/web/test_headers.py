"""Headers on every answer."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.security import CSP
from tests.web.checker import check_headers


@pytest.mark.parametrize("path", ["/", "/en/", "/fr/help", "/en/nowhere", "/help"])
def test_every_answer_forbids_inline_code_and_copies(browser_of: FlaskClient, path):
    check_headers(browser_of.get(path).headers)


def test_the_policy_names_no_other_host_and_no_exception():
    assert CSP == (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )


def test_browsers_are_told_to_stay_on_tls_when_they_came_by_it(browser_of: FlaskClient):
    plain = browser_of.get("/en/")
    safe = browser_of.get("/en/", base_url="https://localhost")
    assert "Strict-Transport-Security" not in plain.headers
    assert int(safe.headers["Strict-Transport-Security"].split("=")[1].split(";")[0]) >= 31_536_000


def test_the_language_cookie_cannot_be_read_by_scripts(browser_of: FlaskClient):
    cookies = browser_of.get("/fr/", base_url="https://localhost").headers.getlist("Set-Cookie")
    (ours,) = [c for c in cookies if c.startswith("guichet_language=")]
    for wanted in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert wanted in ours


def test_a_file_is_kept_for_ever_under_the_mark_of_its_content(shell_app: Flask):
    client = shell_app.test_client()
    page = client.get("/en/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    marked, bare = client.get(address), client.get("/static/guichet.css")
    assert "immutable" in marked.headers["Cache-Control"]
    assert "immutable" not in bare.headers["Cache-Control"]
    assert client.get("/static/none.css").headers["Cache-Control"] == "no-store"
    for answer in (marked, bare):
        answer.close()


def test_machines_find_what_they_ask_for_without_a_language(browser_of: FlaskClient):
    assert browser_of.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    assert browser_of.get("/favicon.ico").location.startswith("/static/favicon.svg?v=")
    said = browser_of.get("/.well-known/security.txt").text
    assert "Contact: mailto:" in said
    assert "Expires: 2027-11-22T00:00:00Z" in said
    for path in ("/fr/robots.txt", "/en/.well-known/security.txt"):
        assert browser_of.get(path).status_code == 404
