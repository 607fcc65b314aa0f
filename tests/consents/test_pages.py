"""Choosing, checking, withdrawing and reading the history, as a browser without scripts."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import timedelta

import pytest

from app.base.days import local_day
from app.programs.rules.roles import actions_of
from tests.support.pdf_ua import faults

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])
CHECK = {"en": "Check the choice", "fr": "Vérifier le choix"}
GIVE = {"en": "Give the consent", "fr": "Donner le consentement"}
WITHDRAW = {"en": "Withdraw the consent", "fr": "Retirer le consentement"}


@pytest.fixture
def browser_of(client, sign_in):
    """`browser_of(person)`: the browser, with this person signed in."""

    def enter(person):
        sign_in(person)
        return client

    return enter


def boxes(page):
    """The form of the partners."""
    return next(form for form in page.forms() if "partner" in form.visible)


def ticked(page):
    return set(boxes(page).values.getlist("partner"))


# ── choosing ────────────────────────────────────────────────────────────────────────────


@both_languages
def test_the_page_says_what_is_shared_with_whom_and_since_when(filed, owner, browser_of, lang):
    page = browser_of(owner).get(filed.path, lang=lang)
    assert page.h1 == filed.consent.label.say(lang)
    for item in filed.consent.shares.values():
        assert item.label.say(lang) in page.main
    for paragraph in filed.consent.text:
        assert paragraph.say(lang) in page.main
    for partner in filed.consent.partners.values():
        assert partner.label.say(lang) in page.main
        assert partner.runs is None or partner.runs in page.main
        if partner.begins is not None:
            assert str(partner.begins.year) in page.main
    assert boxes(page).choices("partner") == filed.partners
    assert ticked(page) == set()


@both_languages
def test_a_consent_is_given_once_it_was_checked_and_declared(filed, owner, browser_of, lang):
    first, second, *_others = filed.partners
    page = browser_of(owner).get(filed.path, lang=lang)
    check = boxes(page).submit({"partner": [first, second]}, expect=200)
    assert filed.standing() == set(), "nothing counts before the second page is sent"
    assert filed.consent.declaration.say(lang) in check.main
    missing = check.submit({}, "shown", expect=200)
    words = {
        "en": "Confirm the declaration to give the consent.",
        "fr": "Confirmez la déclaration pour donner le consentement.",
    }
    assert missing.errors == [words[lang]]
    form = missing.form("shown", "declared")
    assert GIVE[lang] in form.buttons
    done = form.submit({"declared": "y"}, expect=303, to=filed.path).follow()
    assert filed.standing() == {first, second}
    assert {row.language for row in filed.rows()} == {lang}
    assert ticked(done) == {first, second}
    assert owner.full_name in done.main


@both_languages
def test_one_is_withdrawn_by_its_link_and_the_rest_stays(filed, owner, browser_of, lang):
    first, second, *_others = filed.partners
    filed.choose(owner, first, second)
    page = browser_of(owner).get(filed.path, lang=lang)
    verb = {"en": "Withdraw", "fr": "Retirer"}[lang]
    check = page.click(f"{verb} {filed.consent.partners[first].label.say(lang)}")
    assert WITHDRAW[lang] in check.form("shown").buttons
    check.submit({}, "shown", expect=303, to=filed.path)
    assert filed.standing() == {second}


@both_languages
def test_all_are_withdrawn_at_once_without_a_fresh_code(filed, owner, client, sign_in, lang):
    filed.choose(owner, *filed.partners)
    sign_in(owner, code_verified_at=filed.world.now() - timedelta(hours=2))
    page = client.get(filed.path, lang=lang)
    words = {"en": "Withdraw every consent", "fr": "Retirer tous les consentements"}
    page.click(words[lang]).submit({}, "shown", expect=303)
    assert filed.standing() == set()


def test_all_or_none_are_ticked_without_scripts(filed, owner, browser_of):
    filed.choose(owner, filed.partners[0])
    page = browser_of(owner).get(filed.path)
    assert ticked(page.click("Tick all")) == set(filed.partners)
    assert ticked(page.click("Clear all")) == set()


def test_giving_asks_for_a_fresh_code_and_comes_back_to_the_choice(filed, owner, client, sign_in):
    sign_in(owner, code_verified_at=filed.world.now() - timedelta(hours=2))
    choice = f"{filed.path}/check?partner={filed.partners[0]}"
    sent = client.get(choice, expect=303, to="/step-up")
    assert filed.partners[0] in sent.response.headers["Location"]


def test_a_change_of_language_keeps_the_choice(filed, owner, browser_of):
    page = browser_of(owner).get(f"{filed.path}/check?partner={filed.partners[0]}")
    values = page.form("shown").values | {"declared": "y", "_switch_language": "fr"}
    french = page.client.post(page.path, values, expect=200, lang="fr")
    assert french.errors == []
    french_page = page.client.get(f"{filed.path}/check?partner={filed.partners[0]}", lang="fr")
    assert filed.consent.partners[filed.partners[0]].label.fr in french_page.main
    assert filed.standing() == set()


def test_somebody_else_s_change_is_shown_before_anything_counts(filed, owner, browser_of, acting):
    first, second, *_others = filed.partners
    page = browser_of(owner).get(f"{filed.path}/check?partner={second}")
    acting(owner)
    filed.choose(owner, first)
    again = page.submit({"declared": "y"}, "shown", expect=200)
    assert again.errors == ["Someone else changed this page. Check the changes, then save again."]
    assert filed.standing() == {first}
    assert filed.consent.partners[first].label.en in again.main
    again.submit({"declared": "y"}, "shown", expect=303)
    assert filed.standing() == {second}


def test_a_choice_that_changes_nothing_says_so(filed, owner, browser_of):
    filed.choose(owner, filed.partners[0])
    page = browser_of(owner).get(f"{filed.path}/check?partner={filed.partners[0]}")
    assert "Your choice changes nothing." in page.main
    assert all("shown" not in form.names for form in page.forms())


def test_a_partner_that_is_none_any_more_cannot_be_chosen(filed, owner, browser_of, in_force):
    (code, other, *_others) = filed.partners
    page = browser_of(owner).get(f"{filed.path}/check?partner={code}&partner={other}")
    in_force(filed, partners={code: None})
    again = page.submit({"declared": "y"}, "shown", expect=200)
    assert again.errors == ["One of these can no longer be chosen. Choose again."]
    assert filed.standing() == set()


@both_languages
def test_before_the_application_is_submitted_the_page_says_when_it_may_be_given(
    consenting, owner, browser_of, lang
):
    consenting.begin(owner)
    client = browser_of(owner)
    page = client.get(consenting.path, lang=lang)
    states = consenting.kind.states
    for code in consenting.consent.given_in:
        assert states[code].label.say(lang) in page.main
    for code in consenting.consent.or_standing:
        assert consenting.program.standings[code].label.say(lang) in page.main
    assert CHECK[lang] not in page.main
    check = client.get(f"{consenting.path}/check?partner={consenting.partners[0]}", lang=lang)
    assert all("shown" not in form.names for form in check.forms())


# ── what ends ───────────────────────────────────────────────────────────────────────────


@both_languages
def test_a_consent_whose_arrangement_ended_says_so_and_is_kept_until_it_is_withdrawn(
    filed, owner, browser_of, in_force, lang
):
    first, second, third, *_others = filed.partners
    filed.choose(owner, first, second, third)
    day = local_day(filed.world.now(), filed.program.zone)
    names = {code: filed.consent.partners[code].label.say(lang) for code in (first, second)}
    in_force(filed, partners={first: None, second: {"ends": day}})
    client = browser_of(owner)
    page = client.get(filed.path, lang=lang)
    tag = {"en": "No longer in effect", "fr": "Plus en vigueur"}[lang]
    assert page.main.count(tag) == 2
    ended = {"en": "The arrangement has ended.", "fr": "L’accord a pris fin."}[lang]
    assert ended in page.main
    assert all(name in page.main for name in names.values())
    assert boxes(page).choices("partner")[:2] == [second, first]
    boxes(page).submit({"partner": [first, second]}, expect=200).submit({}, "shown", expect=303)
    assert filed.standing() == {first, second}


def test_a_consent_given_under_an_earlier_wording_says_so(filed, owner, browser_of, in_force):
    filed.choose(owner, filed.partners[0])
    in_force(filed, wording=filed.consent.wording + 1)
    assert "Given under an earlier wording." in browser_of(owner).get(filed.path).main


# ── who ─────────────────────────────────────────────────────────────────────────────────


@both_languages
def test_whoever_may_only_read_is_told_who_may_give(filed, world, account, browser_of, lang):
    for role, person in world.with_each_role(account).items():
        actions = actions_of(filed.program, role)
        may_view, may_give = (f"{filed.code}.{deed}" in actions for deed in ("view", "give"))
        client = browser_of(person)
        if not may_view:
            client.get(filed.path, lang=lang, expect=403)
            continue
        page = client.get(filed.path, lang=lang)
        words = {"en": "Give or withdraw the consent", "fr": "Donner ou retirer le consentement"}
        assert (words[lang] in page.main) is not may_give
        assert (CHECK[lang] in page.main) is may_give
        if not may_give:
            see = {"en": "See the rule", "fr": "Voir la règle"}[lang]
            rule = page.click(f"{see} ({words[lang]})")
            assert filed.program.roles[filed.program.transfer.role].label.say(lang) in rule.main
        client.get(f"{filed.path}/check", lang=lang, expect=200 if may_give else 403)


def test_a_consent_that_is_not_there_is_not_found(filed, owner, browser_of):
    client = browser_of(owner)
    for path in ("none_such", "none_such/check", f"{filed.code}/history.pdf"):
        client.get(f"/a/{filed.account.id}/consents/{path}", expect=404)
    client.get(f"{filed.path}/attestation.pdf", expect=404)


# ── the dashboard ───────────────────────────────────────────────────────────────────────


@both_languages
def test_the_dashboard_has_a_card_once_it_may_be_given(consenting, owner, browser_of, acting, lang):
    client = browser_of(owner)
    consenting.begin(owner)
    board = f"/a/{consenting.account.id}/"
    label = consenting.consent.label.say(lang)
    assert label not in client.get(board, lang=lang).main
    consenting.bring_to(consenting.consent.given_in[0])
    page = client.get(board, lang=lang)
    assert label in page.main
    assert {"en": "Not given", "fr": "Non donné"}[lang] in page.main
    acting(owner)
    consenting.choose(owner, *consenting.partners[:2])
    page = client.get(board, lang=lang)
    words = {
        "en": "In effect for 2 administrations",
        "fr": "En vigueur pour 2\u00a0administrations",
    }
    assert words[lang].replace("\u00a0", " ") in page.main.replace("\u00a0", " ")
    link = {"en": "Choose the administrations", "fr": "Choisir les administrations"}[lang]
    assert page.click(link).h1 == label


# ── history ─────────────────────────────────────────────────────────────────────────────


@both_languages
def test_the_history_tells_who_gave_and_withdrew_what_and_when(filed, owner, browser_of, lang):
    first, second, *_others = filed.partners
    filed.choose(owner, first, second)
    filed.choose(owner, second)
    words = {"en": "History of the consents", "fr": "Historique des consentements"}[lang]
    page = browser_of(owner).get(filed.path, lang=lang).click(words)
    assert page.main.count(owner.full_name) == 3
    withdrawn = {"en": "Withdrawn", "fr": "Retiré"}[lang]
    assert withdrawn in page.main
    read = {}
    for kind in ("csv", "xlsx"):
        link = {"en": "Download the history", "fr": "Télécharger l’historique"}[lang]
        read[kind] = page.click(f"{link} ({kind.upper()})").data
    rows = list(csv.reader(io.StringIO(read["csv"].decode("utf-8-sig"))))
    assert len(rows) == 1 + 2
    assert [row[0] for row in rows[1:]] == [
        filed.consent.partners[code].label.say(lang) for code in (second, first)
    ]
    assert rows[2][5] != "", "withdrawn on"
    assert rows[1][5] == "", "still given"
    with zipfile.ZipFile(io.BytesIO(read["xlsx"])) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()


@both_languages
def test_the_activity_of_the_account_names_whom_each_change_is_about(
    filed, owner, browser_of, lang
):
    first, second, *_others = filed.partners
    filed.choose(owner, first, second)
    names = ", ".join(filed.consent.partners[code].label.say(lang) for code in (first, second))
    page = browser_of(owner).get(f"/a/{filed.account.id}/activity", lang=lang)
    assert names in page.main
    assert {"en": "Consent given", "fr": "Consentement donné"}[lang] in page.main


# ── the attestation ─────────────────────────────────────────────────────────────────────


@both_languages
@pytest.mark.parametrize("how_many", [1, 11])
def test_the_attestation_keeps_to_pdf_ua(filed, owner, browser_of, lang, how_many):
    filed.choose(owner, *filed.partners[:how_many])
    file = browser_of(owner).get(f"{filed.path}/attestation.pdf", lang=lang)
    assert file.response.headers["Content-Type"] == "application/pdf"
    assert file.response.headers["Content-Disposition"].startswith("attachment; ")
    assert faults(file.data, lang) == []
