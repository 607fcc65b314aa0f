"""The pages drawn from a definition, in both languages, as a visitor sees them."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask_babel import force_locale

from app.programs import library
from app.programs.wording import say_days, say_span
from tests.web.checker import Page, check_page
from tests.web.small_app import small_app

ADDRESSES = [
    "/programs/pip",
    "/roles/pip",
    "/roles/pip?mine=full_access_user",
    "/terms/mfa",
    "/terms/portal",
    "/terms/program/pip",
    "/programs/carm",
    "/roles/carm",
    "/terms/program/carm",
]


@pytest.fixture(scope="module")
def portal() -> Flask:
    return small_app()


@pytest.fixture
def get(portal):
    client = portal.test_client()

    def fetch(address: str, expect: int = 200) -> Page:
        answer = client.get(address)
        html, status = answer.get_data(as_text=True), answer.status_code
        return check_page(html, address[1:3], status, answer.headers, expect=expect)

    return fetch


def text_of(page: Page, *names: str) -> list[str]:
    return [" ".join("".join(element.itertext()).split()) for element in page.all(*names)]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_is_sound_in_both_languages(get, language, address):
    get(f"/{language}{address}")


@pytest.mark.parametrize(
    "address", ["/programs/portal", "/roles/nothing", "/terms/other", "/terms/program/x"]
)
def test_what_does_not_exist_is_not_found(get, address):
    get(f"/fr{address}", expect=404)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_matrix_shows_each_row_and_role_of_the_definition(get, language):
    page = get(f"/{language}/roles/pip")
    pip = library.definition("pip")
    (table,) = page.all("table")
    heads = [
        " ".join("".join(th.itertext()).split()) for th in table.iter() if th.tag.endswith("th")
    ]
    for role in pip.roles.values():
        assert role.label.say(language) in heads
    for row in pip.matrix.values():
        assert row.label.say(language) in heads
    cells = list(page.all("td"))
    assert len(cells) == len(pip.roles) * len(pip.matrix)
    granted = [cell for cell in cells if "yes" in cell.get("class", "").split()]
    assert len(granted) == sum(len(role.may) for role in pip.roles.values())


def test_the_readers_own_role_is_marked_in_words_and_not_only_by_colour(get):
    marked = text_of(get("/en/roles/pip?mine=full_access_user"), "th", "h3")
    assert [text for text in marked if "(you)" in text] == ["Full access user (you)"] * 2
    assert not [text for text in text_of(get("/en/roles/pip"), "th") if "(you)" in text]
    assert not [text for text in text_of(get("/en/roles/pip?mine=other"), "th") if "(you)" in text]


def test_who_gives_a_role_is_said(get):
    said = text_of(get("/en/roles/pip"), "dd")
    assert "Account owner, Proxy account owner, Full access user" in said
    assert "User administrator" in said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_roles_names_those_who_act_for_others_and_what_they_do(get, language):
    page = get(f"/{language}/roles/carm")
    rule = library.definition("carm").delegation
    limits = [*rule.levels.values(), *rule.acting.values()]
    _own, acting = page.all("table")
    heads = [" ".join("".join(th.itertext()).split()) for th in acting.iter() if is_head(th)]
    assert [one.label.say(language) for one in limits] == heads[1 : len(limits) + 1]
    cells = [one for one in acting.iter() if one.tag.endswith("}td")]
    granted = [cell for cell in cells if "yes" in cell.get("class", "").split()]
    assert len(granted) == sum(len(one.may) for one in limits)
    said = text_of(page, "dt", "li")
    for switch in (rule.switches.own, rule.switches.client, rule.switches.others):
        assert switch.label.say(language) in said
    manager = library.definition("carm").required_role.label.say(language)
    assert any(text.endswith(f": {manager}") for text in said)
    assert not any("transfer" in text.lower() for text in text_of(page, "h2"))


def is_head(element: Element) -> bool:
    return element.tag.endswith("}th")


def test_how_far_each_role_reaches_is_said_where_one_reaches_a_part_only(get):
    assert text_of(get("/en/roles/carm"), "dd").count("One program account") >= 3
    assert "Reaches" not in text_of(get("/en/roles/pip"), "dt")


def test_a_quotation_keeps_its_own_language(get):
    def quotes(address: str) -> list[Element]:
        return [e for e in get(address).all("span") if "quote" in e.get("class", "").split()]

    english = quotes("/en/roles/pip")
    assert english
    assert {quote.get("lang") for quote in english} == {"fr"}
    assert {quote.get("lang") for quote in quotes("/fr/roles/pip")} == {None}
    assert all("".join(quote.itertext()).startswith("«\u00a0") for quote in english)


def test_a_service_standard_names_its_kind_of_day(get):
    assert "180 business days" in text_of(get("/en/programs/pip"), "td")
    assert "15 calendar days" in text_of(get("/en/programs/pip"), "td")
    assert "180 jours ouvrables" in text_of(get("/fr/programs/pip"), "td")


def test_the_steps_say_the_numbers_of_the_rules(get):
    steps = " ".join(text_of(get("/fr/programs/pip"), "li"))
    for words in ("15 jours civils", "45 jours civils", "7 jours civils"):
        assert words in steps


def test_terms_show_their_version_and_date(get):
    assert "Version 1, published on November 1, 2026" in text_of(get("/en/terms/mfa"), "p")
    assert "Version 1, publiée le 1er novembre 2026" in text_of(get("/fr/terms/portal"), "p")


@pytest.mark.parametrize(
    ("limit", "english", "french"),
    [
        (lambda: library.portal().limits.session.idle, "15 minutes", "15\u00a0minutes"),
        (lambda: library.portal().limits.resend.gap, "30 seconds", "30\u00a0secondes"),
        (lambda: library.portal().limits.lock.longest, "2 hours", "2\u00a0heures"),
        (lambda: library.portal().limits.add_a_user.within, "1 hour", "1\u00a0heure"),
    ],
)
def test_a_length_of_time_is_said_in_its_largest_unit(portal, limit, english, french):
    for language, words in (("en", english), ("fr", french)):
        with portal.test_request_context(), force_locale(f"{language}_CA"):
            assert say_span(limit()) == words


def test_a_number_of_days_is_said_with_its_kind(portal):
    limits = library.portal().limits
    with portal.test_request_context(), force_locale("en_CA"):
        assert say_days(limits.letter_code.valid_at_most) == "45 calendar days"
        assert say_days(limits.letter_code.new_letter_after) == "2 business days"


@pytest.mark.parametrize(
    ("language", "given", "modifies", "adds"),
    [
        ("en", "Yes Roles it gives", "Yes Own proposals, until decided", "Yes Proposes only"),
        (
            "fr",
            "Oui Rôles qu’il attribue",
            "Oui Ses propositions, jusqu’à la décision",
            "Oui Propose seulement",
        ),
    ],
)
def test_a_cell_says_for_which_users_a_role_may_act(get, language, given, modifies, adds):
    page = get(f"/{language}/roles/pip")
    for code, proposed in (("modify_users", modifies), ("add_users", adds)):
        label = library.definition("pip").matrix[code].label.say(language)
        (line,) = [row for row in page.all("tr") if label in " ".join(row.itertext())]
        cells = [cell for cell in line if cell.tag.endswith("td")]
        told = [" ".join("".join(cell.itertext()).split()) for cell in cells]
        assert told == [given.split()[0], given, given, proposed]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_reactivating_is_the_owners_alone_after_an_expired_reference_number_only(get, language):
    label = {
        "en": "Reactivate users after an expired reference number",
        "fr": "Réactiver des utilisateurs après l’expiration de leur numéro de référence",
    }[language]
    assert label in text_of(get(f"/{language}/roles/pip"), "th")
