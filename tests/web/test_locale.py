"""The language in the address, and the switch that loses nothing."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from app.web.context import Viewer, begin_form, begin_search, page_form, set_viewer
from app.web.locale import COOKIE
from tests.web.checker import Page, check_page, text_of

X = "{http://www.w3.org/1999/xhtml}"


def switch_of(html: str) -> tuple[str, str, dict[str, str]]:
    """How the header changes the language: *link* or *button*, where to, its attributes."""
    page = Page(html)
    for element in page.all("a", "button"):
        if text_of(element) in {"Français", "English"} and element.get("lang"):
            tag = str(element.tag).removeprefix(X)
            address = element.get("href") or element.get("formaction") or ""
            return ("link" if tag == "a" else "button"), address, dict(element.attrib)
    raise AssertionError("no language switch")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_language_is_the_one_of_the_address(browser_of: FlaskClient, lang):
    answer = browser_of.get(
        f"/{lang}/help", headers={"Accept-Language": "de, fr;q=0.9", "Cookie": f"{COOKIE}=fr"}
    )
    check_page(answer.text, lang, answer.status_code, answer.headers)


def test_two_tabs_keep_their_own_language(browser_of: FlaskClient):
    assert 'lang="fr"' in browser_of.get("/fr/help").text[:200]
    assert 'lang="en"' in browser_of.get("/en/help").text[:200]
    assert 'lang="fr"' in browser_of.get("/fr/help").text[:200]


def test_every_address_the_shell_makes_stays_in_the_language(browser_of: FlaskClient):
    page = Page(browser_of.get("/fr/help").text)
    for link in page.all("a"):
        href = str(link.get("href"))
        if href.startswith("/") and text_of(link) != "English":
            assert href.startswith("/fr/"), href


def test_files_have_no_language(browser_of: FlaskClient):
    with browser_of.get("/static/guichet.css") as file:
        assert file.status_code == 200
    assert browser_of.get("/fr/static/guichet.css").status_code == 404
    assert "/fr/static/" not in browser_of.get("/fr/help").text


def test_an_address_without_language_leads_to_the_browser_s_own(browser_of: FlaskClient):
    french = {"Accept-Language": "fr-CA, en;q=0.5"}
    answer = browser_of.get("/help?topic=a%20b", headers=french)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/fr/help?topic=a%20b"
    assert answer.headers["Vary"] == "Accept-Language, Cookie"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_language_chosen_before_goes_before_the_browser_s(browser_of: FlaskClient):
    browser_of.get("/en/help")
    answer = browser_of.get("/help", headers={"Accept-Language": "fr"})
    assert answer.headers["Location"] == "/en/help"


def test_the_person_s_own_language_goes_before_all(shell_app: Flask):
    set_viewer(shell_app, lambda: Viewer(name="Zoé Roy", language="fr"))
    try:
        client = shell_app.test_client()
        client.set_cookie(COOKIE, "en")
        answer = client.get("/help", headers={"Accept-Language": "en"})
    finally:
        shell_app.extensions.pop("guichet.viewer")
    assert answer.headers["Location"] == "/fr/help"


def test_a_browser_that_speaks_neither_gets_english(browser_of: FlaskClient):
    assert browser_of.get("/help", headers={"Accept-Language": "de"}).location == "/en/help"


def test_the_bare_address_offers_both_languages_to_a_first_visit(browser_of: FlaskClient):
    answer = browser_of.get("/", headers={"Accept-Language": "fr"})
    page = check_page(answer.text, "fr", answer.status_code, answer.headers)
    doors = {text_of(link): link for link in page.all("a")}
    assert doors["English"].get("href") == "/en/"
    assert doors["Français"].get("href") == "/fr/"
    assert doors["English"].get("lang") == "en"


def test_the_bare_address_leads_on_once_a_language_was_chosen(browser_of: FlaskClient):
    browser_of.get("/fr/")
    assert browser_of.get("/").location == "/fr/"


def test_no_form_is_taken_without_a_language(browser_of: FlaskClient):
    assert browser_of.post("/help").status_code == 404


def test_an_address_never_leads_to_another_host(browser_of: FlaskClient):
    answer = browser_of.get("//evil.example/x")
    assert answer.status_code in {302, 308}
    assert re.match(r"^(http://localhost)?/(en/|evil)", answer.headers["Location"])


@pytest.mark.parametrize("path", ["/fr/engine", "/english", "/frites", "/en-CA/help"])
def test_a_word_that_begins_like_a_language_is_none(browser_of: FlaskClient, path):
    answer = browser_of.get(path, headers={"Accept-Language": "en"})
    if path.startswith("/fr/"):
        assert answer.status_code == 404
    else:
        assert answer.location == f"/en{path}"


def test_the_switch_of_a_page_without_form_is_a_link_to_the_same_page(browser_of: FlaskClient):
    kind, address, _ = switch_of(browser_of.get("/en/help/roles?a=1&b=%C3%A9").text)
    assert (kind, address) == ("link", "/fr/help/roles?a=1&b=%C3%A9")


def test_the_switch_of_a_form_keeps_what_was_typed(browser_of: FlaskClient):
    page = browser_of.get("/en/gallery/form?from=here")
    kind, address, attributes = switch_of(page.text)
    assert (kind, address) == ("button", "/fr/gallery/form?from=here")
    token = next(
        str(e.get("value")) for e in Page(page.text).all("input") if e.get("name") == "csrf_token"
    )
    typed = {
        "csrf_token": token,
        "family_name": "Brûlé <Castonguay>",
        "role": "proxy",
        "reviewed_by": "hired",
        "lines": ["importer", "carrier"],
        "reviewed_on-year": "2026",
        "reviewed_on-month": "02",
        "reviewed_on-day": "30",
        "note": "Première ligne\r\nSeconde",
        "terms": "y",
        "password": "not to be shown again",
        attributes["name"]: attributes["value"],
    }
    answer = browser_of.post(address, data=typed)
    shown = check_page(answer.text, "fr", answer.status_code, answer.headers)
    values = {e.get("name"): e for e in shown.all("input") if e.get("type") in {"text", "email"}}
    assert values["family_name"].get("value") == "Brûlé <Castonguay>"
    assert [values[f"reviewed_on-{p}"].get("value") for p in ("year", "month", "day")] == [
        "2026",
        "02",
        "30",
    ]
    checked = {e.get("value") for e in shown.all("input") if e.get("checked") is not None}
    assert {"hired", "importer", "carrier", "y"} == checked
    (chosen,) = [e for e in shown.all("option") if e.get("selected") is not None]
    assert chosen.get("value") == "proxy"
    assert (shown.one("textarea").text or "").split() == ["Première", "ligne", "Seconde"]
    assert "not to be shown again" not in answer.text


def test_the_switch_asks_for_nothing_and_blames_nobody(browser_of: FlaskClient):
    page = browser_of.get("/en/gallery/form")
    token = next(
        str(e.get("value")) for e in Page(page.text).all("input") if e.get("name") == "csrf_token"
    )
    data = {"csrf_token": token, "_switch_language": "fr"}
    answer = browser_of.post("/fr/gallery/form", data=data)
    shown = check_page(answer.text, "fr", answer.status_code, answer.headers)
    assert not [e for e in shown.all("div") if e.get("id") == "errors"]


def test_enter_presses_the_form_s_own_button_and_not_the_switch(browser_of: FlaskClient):
    """The default button is the first of the form in the page's order, and the header is before."""
    page = Page(browser_of.get("/en/gallery/form").text)
    of_form = [
        b
        for b in page.all("button")
        if b.get("form") == "form" or page.inside(b, "form") is not None
    ]
    assert of_form[0].get("name") != "_switch_language"
    assert text_of(of_form[0]) == "Save and continue"
    assert of_form[0].get("tabindex") == "-1"


def test_the_switch_after_a_button_s_post_leads_to_a_page_that_opens(browser_of: FlaskClient):
    answer = browser_of.post("/en/help")
    assert answer.status_code in {400, 405}
    kind, address, _ = switch_of(answer.text)
    assert kind == "link"
    assert browser_of.get(address).status_code == 200


def test_the_switch_of_a_page_that_asks_by_get_sends_its_form_by_get(shell_app: Flask):
    """A search or the filters of a list: no word is lost that was typed and not sent yet."""
    with shell_app.test_request_context("/help?q=Bor"):
        begin_search("search", "Search", "find")
        drawn = render_template("layout/base.html")
    page = Page(drawn)
    kind, address, button = switch_of(drawn)
    assert (kind, address) == ("button", "/fr/help?q=Bor")
    assert button["form"] == "search"
    assert "name" not in button
    (first, *_rest) = [b for b in page.all("button") if b.get("form") == "search"]
    assert (first.get("name"), first.get("value")) == ("find", "yes")


def test_a_form_that_posts_is_kept_before_a_search_beside_it(shell_app: Flask):
    with shell_app.test_request_context("/help"):
        begin_search("search", "Search", "find")
        begin_form(None, "form", here=True)
        assert page_form().id == "form"
