"""The pseudo-language itself: it marks what is ours, keeps what is not, and lets nothing pass."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale, gettext, ngettext, pgettext

from app.parties.rules.addresses import unprintable
from app.web import help_pages
from tests.support import pseudo
from tests.support.definitions import transferring
from tests.support.plain import Plain

PLAIN = Plain({"Aciéries Boréales inc.", "Rose-Aimée Gagné"})


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Sign in", "Šīğń īń"),
        ("Déjà vu", "Ďēĵā ŵū"),
        ("Letter %(number)s", "Ľēţţēř %(number)s"),
        ("%(num)s day", "%(num)s ďāŷ"),
        ("<b>Now</b>&nbsp;or", "<b>Ńōẁ</b>&nbsp;ōř"),
        ("Write to name@example.ca.", "Ẁřīţē ţō name@example.ca."),
    ],
)
def test_letters_are_marked_and_placeholders_elements_and_addresses_stay(text, marked):
    assert pseudo.mark(text) == marked


def test_marked_letters_can_be_printed():
    assert unprintable(pseudo.mark("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == ""


@pytest.mark.usefixtures("spoken")
@pytest.mark.parametrize("lang", ["en_CA", "fr_CA"])
def test_every_kind_of_message_is_marked_and_its_plural_counts_as_the_language_does(
    portal: Flask, lang: str
):
    with portal.test_request_context(), force_locale(lang):
        said = [gettext("Sign out"), pgettext("button", "Search")]
        said += [ngettext("%(num)s hour", "%(num)s hours", number) for number in (0, 1, 2)]
        assert [one for one in said if PLAIN.left(one)] == []
        none_is_one = said[-3].replace("0", "1") == said[-2]
        assert none_is_one == (lang == "fr_CA")
        assert gettext("Nobody has translated this") == "Nobody has translated this"


@pytest.mark.usefixtures("spoken")
def test_definitions_and_help_are_marked(portal: Flask):
    program = transferring()
    assert PLAIN.left(program.names.full.fr + program.contact.unit.en) == ""
    with portal.test_request_context(), force_locale("fr_CA"):
        topic = help_pages.read("sign-in", "fr")
    assert list(PLAIN.on(f"{topic.title}<p>{topic.summary}</p>{topic.body}")) == []


def test_afterwards_the_portal_speaks_as_before(portal: Flask, tmp_path):
    before = transferring().version
    with pseudo.installed(tmp_path):
        assert transferring().version == before + 1
    assert transferring().version == before


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello</p>",
        '<p title="Hello">Šīğń</p>',
        '<img alt="A letter" src="/x.png">',
        '<a aria-label="Close" href="/x">Šīğń</a>',
        '<input type="submit" value="Send">',
        '<td data-label="When">Šīğń</td>',
        '<section data-over="Over"></section>',
        "<option>Choisir</option>",
        "<p>Šīğń Rose-Aimée Gagné out</p>",
        "<p>active</p>",
        "<title>Ķēţţēř – users</title>",
    ],
)
def test_a_text_in_plain_letters_is_seen(html: str):
    assert list(PLAIN.on(html))


@pytest.mark.parametrize(
    "text",
    [
        "Aciéries Boréales inc.",
        "Šīğńēď Rose-Aimée Gagné, November 22, 2026, 2:30\u00a0pm\u00a0ET",
        "1er\u00a0août\u00a02026, 14\u00a0h\u00a030\u00a0(HE)",
        "L-2026-000017 · N-1234567-K · 700000012 · B3H\u00a04R2 · RN123456785CA",
        "m.roy@mail.example",
        "https://portal.example/fr/activate",
        "Nova Scotia",
        "0,2\u00a0Mo",
        "Guichet",
    ],
)
def test_names_numbers_and_formats_may_stay(text: str):
    assert PLAIN.left(text) == ""
