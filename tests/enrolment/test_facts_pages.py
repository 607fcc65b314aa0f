"""The pages of enrolling by shared facts, in both languages, as a browser without scripts."""

import copy
from datetime import timedelta

import pytest
import yaml
from sqlalchemy import select

from app.base.db import session
from app.enrolment.models import Registration
from app.enrolment.service import officers, proving
from app.enrolment.service.paper import Paper
from app.identity.models import KeptForm
from app.programs.limits import limits
from config import ROOT
from tests.enrolment.test_pages import own_form, words
from tests.support.by_facts import PAID_ON, RIGHT, ByFacts
from tests.support.second import second

__all__ = ["second"]

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])
MOST = limits().shared_facts.failures_a_person


@pytest.fixture
def facts(at_work, world, second):
    return ByFacts(world, second)


def typed(**changes):
    """Two right answers, as they are typed."""
    day = zip(("year", "month", "day"), str(PAID_ON).split("-"), strict=True)
    right = {
        "fact_transaction_number": RIGHT["transaction"].number,
        "fact_transaction_amount": "0",
        **{f"fact_payment_dated-{part}": text for part, text in day},
        "fact_payment_amount": "731.42",
    }
    return right | changes


def facts_page(facts, client, person, lang="en"):
    number = facts.matched(person)
    return number, client.get(f"/register/{number}/facts", lang=lang)


@both_languages
def test_a_name_that_differs_is_told_with_the_tries_left_and_whom_to_ask(
    facts, registrant, client, sign_in, lang
):
    sign_in(registrant)
    number = facts.draft(registrant, name="Traversiers J.-P. Côté & Fils s.e.n.c.")
    page = own_form(client.get(f"/register/{number}/check", lang=lang)).submit(expect=200)
    (error,) = page.errors
    assert words(lang, "punctuation included", "ponctuation comprise") in error
    assert words(lang, f"{MOST - 1} tries left", f"reste {MOST - 1}\u00a0essais") in error
    assert words(lang, "Canada Revenue Agency", "Agence du revenu du Canada") in page.main
    assert facts.second.definition.contact.email in page.html
    assert client.get(f"/register/{number}/facts", lang=lang, expect=303).location.endswith(
        "/check"
    )


@both_languages
def test_hints_say_that_every_sign_counts(facts, registrant, client, sign_in, lang):
    sign_in(registrant)
    number = facts.draft(registrant)
    for page in ("business", "address"):
        shown = client.get(f"/register/{number}/{page}", lang=lang).main
        assert words(lang, "very point and comma", "haque point et chaque virgule") in shown


@both_languages
def test_wrong_answers_are_told_as_one_and_no_amount_is_shown_again(
    facts, registrant, client, sign_in, lang
):
    sign_in(registrant)
    number, page = facts_page(facts, client, registrant, lang)
    for fact in facts.rule.facts.values():
        assert fact.label.say(lang) in page.main
    page = own_form(page).submit(typed(fact_payment_amount="918273.64"), expect=200)
    (error,) = page.errors
    assert words(lang, "Check them all", "Vérifiez-les toutes") in error
    assert words(lang, f"{MOST - 1} tries left", f"reste {MOST - 1}\u00a0essais") in error
    assert "918273" not in page.html
    values = own_form(page).values
    assert values["fact_transaction_number"] == RIGHT["transaction"].number
    assert values["fact_payment_dated-month"] == "09"
    assert values["fact_payment_amount"] == values["fact_transaction_amount"] == ""
    page = own_form(page).submit(typed(), expect=303).follow()
    assert page.path == f"/{lang}/register/{number}/terms"
    assert facts.rule.attestation.say(lang) in page.main


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fact_payment_amount": ""}, "fact_payment_amount"),
        ({"fact_payment_amount": "a lot"}, "fact_payment_amount"),
        ({"fact_payment_amount": "0.001"}, "fact_payment_amount"),
        ({"fact_payment_amount": "0"}, "fact_payment_amount"),
        ({"fact_transaction_number": " "}, "fact_transaction_number"),
        ({"fact_payment_dated-month": "13"}, "fact_payment_dated-year"),
        ({f"fact_payment_dated-{part}": "" for part in ("year", "month", "day")},
         "fact_payment_dated-year"),
        ({"fact_transaction_number": "", "fact_transaction_amount": ""}, None),
    ],
)  # fmt: skip
def test_what_is_half_filled_or_unreadable_is_told_at_its_field_and_costs_no_try(
    facts, registrant, client, sign_in, changes, field
):
    sign_in(registrant)
    _number, page = facts_page(facts, client, registrant)
    page = own_form(page).submit(typed(**changes), expect=200)
    assert len(page.errors) == 1
    assert (f'href="#{field}"' in page.html) is (field is not None)
    assert facts.tries().failures == 0
    if field is None:
        assert "at least 2" in page.errors[0]
    if changes.get("fact_payment_amount") == "0":
        assert "other than zero" in page.errors[0]


def test_a_change_of_language_shows_no_amount_either(facts, registrant, client, sign_in):
    sign_in(registrant)
    number, page = facts_page(facts, client, registrant)
    sent = typed(fact_payment_amount="918273.64", _switch_language="fr")
    sent |= {"csrf_token": own_form(page).values["csrf_token"]}
    page = client.post(f"/register/{number}/facts", sent, expect=200)
    assert "918273" not in page.html
    assert RIGHT["transaction"].number in page.html
    assert facts.tries().failures == 0


def test_nothing_of_the_facts_is_kept_when_a_session_ends(
    facts, registrant, client, sign_in, clock, owner_db
):
    sign_in(registrant)
    number, page = facts_page(facts, client, registrant)
    clock.move(timedelta(minutes=16))
    sent = own_form(page).submit(typed(), expect=303, to="/sign-in")
    assert "kept" not in sent.response.headers["Location"]
    assert owner_db.scalars(select(KeptForm)).all() == []
    assert facts.tries().failures == 0
    assert facts.row(number).state == "draft"


def test_a_proof_that_is_too_old_leads_back_to_the_facts(facts, registrant, client, sign_in, clock):
    sign_in(registrant)
    number, page = facts_page(facts, client, registrant)
    page = own_form(page).submit(typed(), expect=303).follow()
    clock.move(timedelta(minutes=8))
    client.get("/me")
    clock.move(timedelta(minutes=8))
    done = own_form(page).submit({"attested": "y", "accept": "y"}, expect=303)
    assert done.location.endswith(f"/register/{number}/facts")
    assert "Answer the questions about the business again." in done.follow().main


def test_without_both_boxes_no_account_begins(facts, registrant, client, sign_in):
    sign_in(registrant)
    number, page = facts_page(facts, client, registrant)
    page = own_form(page).submit(typed(), expect=303).follow()
    assert len(own_form(page).submit({}, expect=200).errors) == 2
    assert facts.row(number).state == "draft"


@both_languages
def test_whoever_proved_a_business_that_has_an_account_is_told_whom_to_ask(
    facts, registrant, world, client, sign_in, lang
):
    facts.enrolled(registrant)
    other = world.person("Paul", "Roy")
    sign_in(other)
    _number, page = facts_page(facts, client, other, lang)
    page = own_form(page).submit(typed(), expect=200)
    assert words(lang, "already has an account", "a déjà un compte") in page.h1
    assert facts.second.definition.contact.email in page.html


@pytest.mark.parametrize("page", ["facts", "terms", "by-letter"])
def test_a_stranger_finds_no_page_of_another_s_facts(
    facts, registrant, world, client, sign_in, page
):
    number = facts.matched(registrant)
    sign_in(world.person("Paul", "Roy"))
    client.get(f"/register/{number}/{page}", expect=404)


def test_a_program_account_of_another_form_is_told_at_its_field(facts, registrant, client, sign_in):
    sign_in(registrant)
    number = facts.draft(registrant)
    page = client.get(f"/register/{number}/business")
    asked = facts.rule.program_account
    page = page.form("program_account").submit({"program_account": "RM001"}, expect=200)
    assert page.errors == [asked.format_error.en]
    page = page.form("program_account").submit({"program_account": "rm-0002"}, expect=303)
    assert facts.row(number).program_account == "RM0002"


@both_languages
def test_an_officer_who_finds_no_records_approves_and_the_person_accepts_the_terms(
    facts, registrant, world, client, new_client, sign_in, lang
):
    number = facts.draft(registrant, account="RM0002")
    proving.match(registrant.id, number)
    officer = world.staff("program_officer", program=facts.program)
    sign_in(officer)
    page = client.get(f"/staff/registrations/{number}/decide", lang=lang)
    assert words(lang, "no records can be asked for", "aucun dossier à interroger") in page.main
    officers.approve(officer.id, number, Paper("P-1", "Seen."))
    sign_in(registrant)
    page = client.get(f"/register/{number}", lang=lang)
    page = page.click(
        words(lang, "Accept the terms of use", "Accepter les modalités d’utilisation")
    )
    done = own_form(page).submit({"attested": "y", "accept": "y"}, expect=303)
    assert "/a/" in done.location
    assert facts.row(number).state == "activated"


def test_a_locked_business_is_unlocked_from_its_screen_once(
    facts, registrant, world, client, sign_in
):
    facts.matched(registrant)
    row = facts.tries()
    row.failures, row.locked_at = 15, world.now()
    session.commit()
    key = row.id
    sign_in(world.staff("program_officer", program=facts.program))
    assert facts.entry.bn in client.get("/staff/tries/list/").main
    forms = [client.get(f"/staff/tries/deed/unlock/{key}") for _ in range(2)]
    forms[0].form("reason").submit({"reason": "They called."}, expect=302)
    assert facts.tries().unlock_reason == "They called."
    page = forms[1].form("reason").submit({"reason": "They called."}, expect=200)
    assert page.errors == ["This business is not locked any more."]
    assert facts.tries().failures == 0


# ── where codes are mailed too ───────────────────────────────────────────────────────────────────


def with_letters(value):
    """The next version mails codes too."""
    first = value["enrolment"]["shared_facts"]
    alike = ("role", "late_after", "draft_life", "identifiers", "attestation", "source")
    value["enrolment"]["mailed_code"] = {
        **{name: copy.deepcopy(first[name]) for name in alike},
        "valid": "30 calendar days",
        "expected_within": "10 calendar days",
        "remind_after": ["20 calendar days"],
        "lapse_after": "40 calendar days",
    }
    files = (ROOT / "app/programs/definitions").glob("*.yaml")
    shipped = next(yaml.safe_load(one.read_bytes()) for one in files if one.stem != "portal")
    value["letters"]["activation"] = shipped["letters"]["activation"]


@pytest.fixture
def both(facts, second):
    second.publish(with_letters)
    return facts


@both_languages
def test_whoever_does_not_know_the_facts_asks_for_a_letter_where_codes_are_mailed(
    both, registrant, client, sign_in, lang
):
    sign_in(registrant)
    number, page = facts_page(both, client, registrant, lang)
    page = page.click(words(lang, "Ask for a letter instead", "Demander plutôt une lettre"))
    page = own_form(page).submit(expect=303).follow()
    page = page if page.path.endswith(str(number)) else page.follow()
    assert both.row(number).state == "letter"
    assert [one.kind for one in both.letters(number)] == ["code"]


def test_whoever_has_no_facts_on_record_gets_the_letter_without_an_officer(both, registrant):
    number = both.draft(registrant, account="RM0002")
    assert proving.match(registrant.id, number) == "letter"
    assert both.row(number).officer_reason is None


def test_facts_come_first_and_the_letter_only_after_name_and_address(
    both, registrant, client, sign_in
):
    sign_in(registrant)
    number = both.draft(registrant)
    there = client.get(f"/register/{number}/by-letter", expect=303)
    assert there.location.endswith("/check")
    assert both.row(number).state == "draft"
    assert both.enrolled(registrant)


def test_the_others_who_waited_for_a_letter_are_held(both, registrant, world, client, sign_in):
    other = world.person("Paul", "Roy")
    sign_in(other)
    number, page = facts_page(both, client, other)
    own_form(page.click("Ask for a letter instead")).submit(expect=303)
    both.enrolled(registrant)
    row = both.row(number)
    assert (row.state, row.officer_reason) == ("officer", "already_active")
    assert session.scalars(select(Registration.state).order_by(Registration.id)).all()
