"""The pages for everybody: front, contact, privacy, accessibility, help, the gallery."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.programs.limits import limits
from app.web.help_pages import FOLDER, TOPICS
from tests.web.checker import check_page, text_of

PAGES = [
    "",
    "contact",
    "privacy",
    "accessibility",
    "help",
    *(f"help/{name}" for name in TOPICS),
    "gallery/",
    "gallery/form",
    "gallery/form/filled",
    "gallery/code",
    "gallery/confirm",
]


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_the_page_passes_the_checker_in_both_languages(browser_of: FlaskClient, lang, path):
    answer = browser_of.get(f"/{lang}/{path}")
    check_page(answer.text, lang, answer.status_code, answer.headers)


def test_every_help_topic_exists_in_both_languages_and_none_besides():
    for lang in ("en", "fr"):
        assert {p.stem for p in (FOLDER / lang).glob("*.md")} == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_of_a_topic_have_the_same_parts(topic):
    def parts(lang: str) -> list[str]:
        text = (FOLDER / lang / f"{topic}.md").read_text(encoding="utf-8")
        return re.findall(r"(?m)^(#+|\d+\.|-) |\{\{\w+\}\}", text)

    assert parts("en") == parts("fr")


def test_help_takes_its_numbers_from_the_limits(browser_of: FlaskClient):
    text = browser_of.get("/en/help/sign-in").text
    assert f"You have {limits().one_time_code.tries} tries" in text
    assert "{{" not in text
    for path in FOLDER.glob("*/*.md"):
        loose = re.sub(r"\{\{\w+\}\}", "", path.read_text(encoding="utf-8"))
        loose = re.sub(
            r"(?m)^\d+\. |10[\u00a0,]?000|digits 0 and 1|chiffres 0 et\u00a01", "", loose
        )
        assert not re.search(r"\d", loose), f"{path.name} has a number of its own"


def test_markup_in_a_help_text_is_shown_and_not_run(shell_app: Flask, tmp_path: Path, monkeypatch):
    from app.web import help_pages

    (tmp_path / "en").mkdir()
    text = "# Title\n\nOne sentence.\n\n<script>alert(1)</script> [x](javascript:alert(1))\n"
    (tmp_path / "en" / "roles.md").write_text(text, encoding="utf-8")
    monkeypatch.setattr(help_pages, "FOLDER", tmp_path)
    with shell_app.test_request_context("/en/"):
        body = help_pages.read.__wrapped__("roles", "en").body
    assert "<script" not in body
    assert 'href="javascript' not in body


def test_an_unknown_topic_is_a_page_not_found(browser_of: FlaskClient):
    for name in ("nothing", "../../etc", "%2e%2e"):
        assert browser_of.get(f"/en/help/{name}").status_code == 404


def test_the_gallery_shows_errors_at_their_fields(browser_of: FlaskClient):
    page = browser_of.get("/fr/gallery/form")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    answer = browser_of.post("/fr/gallery/form", data={"csrf_token": token[1]})
    shown = check_page(answer.text, "fr", answer.status_code, answer.headers)
    (summary,) = [e for e in shown.all("div") if e.get("id") == "errors"]
    assert summary.get("autofocus") is not None
    assert text_of(shown.one("title")).startswith("Erreurs\u00a0: 9 – ")
    for link in summary.iter("{http://www.w3.org/1999/xhtml}a"):
        target = next(e for e in shown.all() if e.get("id") == str(link.get("href"))[1:])
        assert target.get("name"), "an error leads to its control"


def test_the_gallery_is_no_part_of_a_real_service():
    from tests.web.small_app import small_app

    endpoints = {rule.endpoint for rule in small_app().url_map.iter_rules()}
    assert "gallery.parts" in endpoints
    source = Path("app/web/desk.py").read_text(encoding="utf-8")
    assert 'gallery=settings.get().env != "production"' in source
