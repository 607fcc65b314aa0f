"""The page checker itself: each fault it is there for makes it fail."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.web.security import HEADERS
from tests.web.checker import check_page

GOOD = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title></head>
<body><a class="skip" href="#main">{skip}</a>
<header><nav aria-label="Menu"><ul><li><a href="/x">Guichet</a></li></ul></nav></header>
<main id="main"><h1>{h1}</h1>{body}</main></body></html>"""
SENT = {**HEADERS, "Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8"}


def page(body: str = "", lang: str = "en", **changes: str) -> str:
    words = {"h1": "Users", "skip": "Skip"} if lang == "en" else {"h1": "Aide", "skip": "Passer"}
    values = {"lang": lang, "title": f"{words['h1']} – Guichet", **words, **changes}
    return GOOD.format(body=body, **values)


def check(html: str, lang: str = "en", status: int = 200, **headers: str) -> None:
    check_page(html, lang, status, {**SENT, **headers})


def test_a_good_page_passes():
    check(page())
    check(page(lang="fr", body="<p>Une phrase\u00a0: «\u00a0bien écrite\u00a0».</p>"), "fr")


def test_the_status_comes_first():
    with pytest.raises(AssertionError, match="status 500"):
        check("not even a page", status=500)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<p id="a"></p><p id="a"></p>', "ids repeated"),
        ('<p style="color:red">x</p>', "style attribute"),
        ("<script>1</script>", "inline script"),
        ('<button onclick="x()">Go</button>', "onclick"),
        ('<a href="javascript:x()">Go</a>', "a javascript: address"),
        ('<img src="/x.png">', "no alt"),
        ('<img alt="" src="https://elsewhere.example/x.png">', "not ours"),
        ('<form action="/x"><input type="text" name="a"></form>', "no label"),
        ('<form action="/x"><label for="a">A</label><input id="a"></form>', "no name"),
        ('<form method="post" action="/x"></form>', "no token"),
        ("<form></form>", "no action"),
        ('<form action="/x"><input type="hidden" name="csrf_token"></form>', "token in an address"),
        ("<button></button>", "nameless"),
        ('<a href="/x"></a>', "nameless"),
        ("<h1>Another</h1>", "2 <h1>"),
        ("<h3>Too deep</h3>", "heading jumps"),
        ('<a href="#nowhere">x</a>', "leads nowhere"),
        ('<label for="nowhere">x</label>', "leads nowhere"),
        ("<nav></nav>", "nav without a name"),
        ("<table><tr><td>1</td></tr></table>", "a table without a name"),
        (
            "<table><caption>x</caption><thead><tr><th>1</th></tr></thead></table>",
            "th without scope",
        ),
        ("<fieldset><p>x</p></fieldset>", "legend"),
        ("<svg></svg>", "nameless svg"),
        ("<p>Votre dossier</p>", "words of the other language"),
        ("<p><div></div></p>", "Unexpected end tag"),
    ],
)
def test_each_fault_is_found(body, fault):
    with pytest.raises(Exception, match=fault):
        check(page(body))


@pytest.mark.parametrize(
    "body",
    [
        "<p>L'apostrophe</p>",
        "<p>Deux points: collés</p>",
        "<p>Deux points : espace simple</p>",
        "<p>Trop d’espace\u00a0?</p>",
        "<p>1\u202f234</p>",
        "<p>Something of yours</p>",
        '<p title="Your role">x</p>',
    ],
)
def test_french_is_held_to_its_typography_and_to_french(body):
    with pytest.raises(AssertionError):
        check(page(body, "fr"), "fr")


def test_passages_that_say_their_language_and_names_are_left_out():
    check(page('<p lang="fr">Votre dossier est prêt</p><b translate="no">Les Vergers</b>'))


@pytest.mark.parametrize(
    "changes",
    [{"title": "Users"}, {"title": "Others – Guichet"}, {"title": "Errors: 2 – Users – Guichet"}],
)
def test_the_title_repeats_the_heading_and_counts_the_errors_that_are_there(changes):
    with pytest.raises(AssertionError):
        check(page(**changes))


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Security-Policy": "default-src 'self'"},
        {"Content-Security-Policy": SENT["Content-Security-Policy"] + "; img-src data:"},
        {"Cache-Control": "max-age=60"},
        {"X-Content-Type-Options": ""},
    ],
)
def test_headers_are_held_to_the_policy(headers):
    with pytest.raises(AssertionError):
        check(page(), **headers)


def test_the_language_of_the_page_is_the_one_asked_for(browser_of: FlaskClient):
    answer = browser_of.get("/fr/help")
    with pytest.raises(AssertionError, match="lang=fr"):
        check_page(answer.text, "en", answer.status_code, answer.headers)
