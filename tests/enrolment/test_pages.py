"""The pages of registering and activating, in both languages, as a browser without scripts."""

import re

import pytest
from sqlalchemy import select

from app.base.db import session
from app.base.identifiers import new_activation_code
from app.enrolment.models import Registration
from app.enrolment.service import letters, officers, registering, sending
from app.enrolment.service.paper import Paper
from tests.enrolment.steps import (
    activate,
    answers_that,
    client_number,
    codes_of,
    draft,
    last_letter,
    make,
    program_definition,
    read,
    register,
    today,
)
from tests.support.client import without_language

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


def words(lang: str, english: str, french: str) -> str:
    return french if lang == "fr" else english


def typed_answer(answer):
    """An answer as the form sends it."""
    if isinstance(answer, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", answer):
        year, month, day = answer.split("-")
        return {"answer-year": year, "answer-month": month, "answer-day": day}
    return {"answer": answer}


def answer_all(world, client, lang="en", kind="ok"):
    """Begin, and answer every question; the page on which that ends."""
    answers = answers_that(kind, program_definition(world), today(world))
    begin = client.get("/register/new", lang=lang).form("program")
    page = begin.submit({"program": world.program().code}, expect=303).follow()
    while "/question/" in page.path:
        question = page.path.rsplit("/", 1)[1]
        page = page.submit(typed_answer(answers[question]), expect=303).follow()
    return page


def own_form(page):
    """The form that posts to the page it stands on."""
    return page.form(action=without_language(page.path))


def address_fields(entry) -> dict[str, str]:
    return {
        "street": entry.street,
        "city": entry.city,
        "region": f"{entry.country}-{entry.region}",
        "postal_code": entry.postal_code,
    }


def posted(world, person, officer, entry):
    """A registration whose letter has left, and the code on it."""
    row = register(world, person, entry)
    code = make(officer, row)
    letter = last_letter(row).id
    letters.confirm_printed(officer.id, [letter])
    letters.post(officer.id, letter, "RN123456785CA")
    return row, code


@both_languages
def test_a_business_is_registered_and_activated_through_the_pages(
    world, registrant, officer, entry, client, sign_in, lang
):
    sign_in(registrant)
    page = client.get("/register", lang=lang)
    assert words(lang, "Register a business", "Inscrire une entreprise") in page.main
    page = answer_all(world, client, lang)
    assert page.path.endswith("/business")
    form = page.form("legal_name")
    number = next(name for name in form.names if name.startswith("number_"))
    page = form.submit({number: entry.bn, "legal_name": entry.legal_name}, expect=303).follow()
    assert page.path.endswith("/address")
    page = page.submit(address_fields(entry), expect=303).follow()
    assert page.path.endswith("/check")
    assert entry.street in page.main
    page = own_form(page).submit(expect=303).follow()
    row = session.scalars(select(Registration)).one()
    assert page.path == f"/{lang}/register/{row.id}"
    assert words(lang, "The registration is complete.", "L’inscription est terminée.") in page.main
    code = make(officer, row)
    page = client.get("/activate", lang=lang, expect=303).follow()
    typed = {"client_number": client_number(row), "code": code.lower(), "attested": "y"}
    page = page.submit(typed, expect=303).follow()
    assert page.path.endswith("/terms")
    done = page.submit({"accept": "y"}, expect=303)
    assert re.fullmatch(r"/a/\d+/", done.location)
    assert read(Registration, row.id).state == "activated"
    page = client.get(f"/register/{row.id}", lang=lang)
    assert words(lang, "The account is active.", "Le compte est actif.") in page.main


@both_languages
@pytest.mark.parametrize("kind", ["fail", "route"])
def test_the_reason_and_what_one_can_do_stand_on_the_page_that_ends_the_questions(
    world, registrant, client, sign_in, lang, kind
):
    sign_in(registrant)
    page = answer_all(world, client, lang, kind)
    program = program_definition(world)
    if kind == "route":
        assert page.h1 == program.eligibility.route.heading.say(lang)
        assert program.contact.email in page.main
    else:
        assert page.h1 == words(
            lang, "The business is not eligible", "L’entreprise n’est pas admissible"
        )
    page = page.click(words(lang, "Change the answer", "Modifier la réponse"))
    assert "/question/" in page.path


@both_languages
def test_an_unanswered_question_says_what_to_do_and_keeps_the_rest(
    world, registrant, client, sign_in, lang
):
    sign_in(registrant)
    begin = client.get("/register/new", lang=lang).form("program")
    page = begin.submit({"program": world.program().code}, expect=303).follow()
    refused = own_form(page).submit(expect=200)
    assert refused.errors == [words(lang, "Select an answer.", "Sélectionnez une réponse.")]


@both_languages
def test_what_was_typed_is_kept_when_the_language_changes(
    world, registrant, entry, client, sign_in, lang
):
    number = draft(world, registrant, entry)
    sign_in(registrant)
    page = client.get(f"/register/{number}/address", lang=lang)
    form = page.form("street")
    other = words(lang, "fr", "en")
    typed = {**address_fields(entry), "street": "1, rue Tapée", "_switch_language": other}
    values = form.values
    for name, value in typed.items():
        values[name] = value
    switched = client.post(f"/{other}/register/{number}/address", values, expect=200)
    assert switched.form("street").values["street"] == "1, rue Tapée"
    assert switched.errors == []
    assert read(Registration, number).address["street"] == entry.street


@both_languages
def test_a_wrong_business_number_and_postal_code_are_explained_at_their_fields(
    world, registrant, entry, client, sign_in, lang
):
    number = draft(world, registrant, entry)
    sign_in(registrant)
    form = client.get(f"/register/{number}/business", lang=lang).form("legal_name")
    field = next(name for name in form.names if name.startswith("number_"))
    refused = form.submit({field: "123456789", "legal_name": ""}, expect=200)
    assert refused.errors == [
        words(
            lang,
            "This business number contains a typing error. Check each digit.",
            "Ce numéro d’entreprise contient une erreur de frappe. Vérifiez chaque chiffre.",
        ),
        words(lang, "Enter the legal name.", "Entrez la dénomination sociale."),
    ]
    form = client.get(f"/register/{number}/address", lang=lang).form("street")
    refused = form.submit({**address_fields(entry), "postal_code": "14202"}, expect=200)
    assert refused.errors == [
        words(
            lang,
            "Enter the postal code as A1A 1A1.",
            "Entrez le code postal sous la forme A1A\u00a01A1.",
        )
    ]
    american = {**address_fields(entry), "region": "US-NY", "postal_code": "G5C 3B1"}
    refused = form.submit(american, expect=200)
    assert words(lang, "12345", "12345") in refused.errors[0]


@both_languages
def test_wrong_numbers_are_refused_in_the_words_of_the_standard_and_stay_on_the_page(
    world, registrant, officer, entry, client, sign_in, lang
):
    row, _ = posted(world, registrant, officer, entry)
    sign_in(registrant)
    page = client.get(f"/activate/{row.id}", lang=lang)
    typed = {
        "client_number": client_number(row),
        "code": new_activation_code(),
        "attested": "y",
    }
    refused = page.submit(typed, expect=200)
    assert refused.errors == [
        words(
            lang,
            "The client number and the activation code do not match. Copy both from your letter.",
            "Le numéro de client et le code d’activation ne correspondent pas. "
            "Copiez-les tels qu’ils figurent dans votre lettre.",
        )
    ]
    assert refused.form("code").values["client_number"] == typed["client_number"]
    refused = page.submit({"client_number": "", "code": ""}, expect=200)
    assert len(refused.errors) == 3
    for _ in range(4):
        page.submit(typed, expect=200)
    refused = page.submit(typed, expect=200)
    assert refused.errors == [
        words(
            lang,
            "Too many attempts. Request a new code.",
            "Trop de tentatives. Demandez un nouveau code.",
        )
    ]


@both_languages
def test_an_expired_code_says_since_when_and_where_to_ask_for_another(
    world, registrant, officer, entry, client, sign_in, clock, lang
):
    row, code = posted(world, registrant, officer, entry)
    clock.move(days=46)
    sign_in(registrant)
    typed = {"client_number": client_number(row), "code": code, "attested": "y"}
    refused = client.get(f"/activate/{row.id}", lang=lang).submit(typed, expect=200)
    start = words(lang, "This activation code expired on", "Ce code d’activation a expiré le")
    assert refused.errors[0].startswith(start)
    page = client.get(f"/register/{row.id}", lang=lang)
    verb = words(lang, "Request a new code", "Demander un nouveau code")
    page = page.click(verb)
    page = own_form(page).submit(expect=303).follow()
    assert words(lang, "Letter being prepared", "Lettre en préparation") in page.main


@both_languages
def test_before_a_new_letter_may_be_asked_for_the_page_says_from_when(
    world, registrant, officer, entry, client, sign_in, lang
):
    row, _ = posted(world, registrant, officer, entry)
    sign_in(registrant)
    page = client.get("/register/code", lang=lang, expect=303).follow()
    assert page.path.endswith(f"/register/{row.id}/code")
    said = words(lang, "A new code can be requested from", "Un nouveau code peut être demandé")
    assert said in page.main
    assert all("/code" not in form.action for form in page.forms())


@both_languages
def test_the_terms_are_accepted_or_nothing_is_made(
    world, registrant, officer, entry, client, sign_in, lang
):
    row, code = posted(world, registrant, officer, entry)
    sign_in(registrant)
    client.get(f"/activate/{row.id}/terms", lang=lang, expect=303)
    typed = {"client_number": client_number(row), "code": code, "attested": "y"}
    page = client.get(f"/activate/{row.id}", lang=lang).submit(typed, expect=303).follow()
    refused = own_form(page).submit(expect=200)
    assert refused.errors == [
        words(
            lang,
            "Accept the terms of use to continue.",
            "Acceptez les modalités d’utilisation pour continuer.",
        )
    ]
    assert code.replace(" ", "") not in refused.html.replace(" ", "")
    assert read(Registration, row.id).state == "letter"


def test_a_code_is_never_in_the_cookie_nor_in_the_address(
    world, registrant, officer, entry, client, sign_in
):
    row, code = posted(world, registrant, officer, entry)
    sign_in(registrant)
    typed = {"client_number": client_number(row), "code": code, "attested": "y"}
    answer = client.get(f"/activate/{row.id}").submit(typed, expect=303)
    assert code.replace(" ", "") not in str(answer.response.headers)
    assert client_number(row) not in str(answer.response.headers)


@both_languages
def test_which_business_is_asked_when_several_wait(
    world, registrant, officer, entry, client, sign_in, lang
):
    first = register(world, registrant, entry)
    second = register(world, registrant, world.registry_entry("Scierie Manic inc."))
    sign_in(registrant)
    for path in ("/activate", "/register/code"):
        page = client.get(path, lang=lang)
        hrefs = " ".join(str(link.get("href")) for link in page.page.all("a"))
        assert f"/{first.id}" in hrefs
        assert f"/{second.id}" in hrefs


@both_languages
def test_without_a_registration_the_pages_lead_to_registering(registrant, client, sign_in, lang):
    sign_in(registrant)
    for path in ("/activate", "/register/code"):
        page = client.get(path, lang=lang)
        page.click(words(lang, "Register a business", "Inscrire une entreprise"))


def test_a_stranger_finds_no_page_of_another_s_registration(
    world, registrant, officer, entry, client, sign_in
):
    row, code = posted(world, registrant, officer, entry)
    number = draft(world, registrant, world.registry_entry())
    sign_in(world.person())
    for path in (
        f"/register/{row.id}",
        f"/register/{row.id}/code",
        f"/register/{row.id}/withdraw",
        f"/activate/{row.id}",
        f"/register/{number}/business",
        f"/register/{number}/address",
        f"/register/{number}/check",
    ):
        client.get(path, expect=404)
    typed = {"client_number": client_number(row), "code": code, "attested": "y"}
    client.post(
        f"/activate/{row.id}", {**typed, "csrf_token": client.token("/register")}, expect=404
    )
    assert codes_of(row)[0].tries == 0


@both_languages
def test_a_held_registration_s_pages_are_those_of_a_normal_one(
    world, registrant, officer, entry, client, sign_in, new_client, lang
):
    owner, stranger = world.person(), world.person()
    first = register(world, owner, entry)
    activate(owner, first, make(officer, first), world)
    held = register(world, stranger, entry)
    normal = register(world, registrant, world.registry_entry(entry.legal_name))
    other = new_client(lang)
    sign_in(stranger)
    sign_in(registrant, other)
    for path in ("/register/{}", "/register/{}/code", "/activate/{}", "/register/{}/withdraw"):
        seen = client.get(path.format(held.id), lang=lang).main
        assert seen == other.get(path.format(normal.id), lang=lang).main


@both_languages
def test_a_registration_is_withdrawn_after_one_more_question(
    world, registrant, entry, client, sign_in, lang
):
    row = register(world, registrant, entry)
    sign_in(registrant)
    page = client.get(f"/register/{row.id}/withdraw", lang=lang)
    own_form(page).submit(expect=303, to="/register").follow()
    assert read(Registration, row.id).state == "withdrawn"
    page = client.get(f"/register/{row.id}", lang=lang)
    assert words(lang, "was withdrawn", "a été retirée") in page.main


@both_languages
@pytest.mark.parametrize("state", ["officer", "refused", "lapsed"])
def test_every_state_has_its_page(world, registrant, officer, entry, client, sign_in, lang, state):
    number = draft(world, registrant, entry)
    registering.give_address(registrant.id, number, {**entry.address, "street": "1, rue Autre"})
    sending.send(registrant.id, number)
    if state == "refused":
        paper = Paper("ref", "note")
        officers.refuse(officer.id, number, "L’entreprise n’existe plus.", paper)
    if state == "lapsed":
        world.set(world.db.get_one(Registration, number), state="withdrawn")
        other = draft(world, registrant, entry)
        world.set(world.db.get_one(Registration, other), state="lapsed")
        number = other
    sign_in(registrant)
    page = client.get(f"/register/{number}", lang=lang)
    said = {
        "officer": words(lang, "Under review", "En cours d’examen"),
        "refused": "L’entreprise n’existe plus.",
        "lapsed": words(lang, "has lapsed", "inscription a expiré"),
    }
    assert said[state] in page.main


@both_languages
def test_a_registration_that_ended_unsent_is_not_said_to_wait_for_its_day(
    world, registrant, entry, client, sign_in, lang
):
    """An ineligible business will never be "registered on" a day; an unfinished one may."""
    sign_in(registrant)
    waiting = words(lang, "Not yet", "Pas encore")
    draft(world, registrant, entry, "fail")
    assert waiting not in client.get("/register", lang=lang).main
    registering.begin(registrant.id, world.program().id)
    assert waiting in client.get("/register", lang=lang).main
