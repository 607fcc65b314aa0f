"""The officer's pages: letters as deeds of the generated screen, decisions, the registry."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.base.db import session
from app.enrolment.models import Letter, Registration
from app.enrolment.service import registering, sending
from app.parties.models import RegistryEntry, RegistryUpload
from app.web.admin.base import Screen
from tests.enrolment.steps import (
    activate,
    code_in,
    codes_of,
    draft,
    last_letter,
    make,
    read,
    register,
)
from tests.parties.test_registry import business, lines_of
from tests.staff.conftest import screens
from tests.support.client import without_language
from tests.web.checker import text_of

both_languages = pytest.mark.parametrize("lang", ["en", "fr"])
PAPER = {"paper_reference": "Statuts 2026-117", "note": "Seen 2026-11-03"}


def words(lang: str, english: str, french: str) -> str:
    return french if lang == "fr" else english


def own_form(page):
    return page.form(action=without_language(page.path))


def held(world, person, entry) -> int:
    number = draft(world, person, entry)
    registering.give_address(person.id, number, {**entry.address, "street": "99, rue Ailleurs"})
    sending.send(person.id, number)
    return number


@both_languages
def test_an_officer_makes_prints_posts_and_confirms_a_letter_in_the_generated_screens(
    world, registrant, officer, entry, client, sign_in, lang
):
    row = register(world, registrant, entry)
    letter = last_letter(row).id
    sign_in(officer)
    page = client.get(f"/staff/letters/deed/make/{letter}", lang=lang)
    file = own_form(page).submit({"paper": "a4"}, expect=200)
    assert file.response.mimetype == "application/pdf"
    assert "attachment" in file.response.headers["Content-Disposition"]
    assert "no-store" in file.response.headers["Cache-Control"]
    code = code_in(file.data)
    for deed, typed in (("printed", {}), ("posted", {"mail_number": "RN 123 456 785 CA"})):
        page = client.get(f"/staff/letters/deed/{deed}/{letter}", lang=lang)
        own_form(page).submit(typed)
    assert last_letter(row).state == "posted"
    page = client.get(f"/staff/letters/show/{letter}", lang=lang)
    assert code.replace(" ", "") not in page.html.replace(" ", "")
    client.get(f"/staff/letters/deed/delivered/{letter}", lang=lang)
    assert activate(registrant, row, code, world)


@both_languages
def test_a_wrong_mail_number_is_explained_and_a_letter_made_twice_too(
    world, registrant, officer, entry, client, sign_in, lang
):
    row = register(world, registrant, entry)
    letter = last_letter(row).id
    sign_in(officer)
    page = client.get(f"/staff/letters/deed/make/{letter}", lang=lang)
    own_form(page).submit(expect=200)
    again = own_form(page).submit(expect=200)
    assert again.errors == [
        words(
            lang,
            "One of these letters has already been made. Check the list.",
            "Une de ces lettres a déjà été produite. Vérifiez la liste.",
        )
    ]
    assert len(codes_of(row)) == 1
    own_form(client.get(f"/staff/letters/deed/printed/{letter}", lang=lang)).submit()
    page = client.get(f"/staff/letters/deed/posted/{letter}", lang=lang)
    refused = own_form(page).submit({"mail_number": "RN123456784CA"}, expect=200)
    assert refused.errors[0].startswith(words(lang, "Enter the registered", "Entrez le numéro"))


@both_languages
def test_many_letters_are_made_in_one_file(
    world, registrant, officer, entry, client, sign_in, lang
):
    rows = [register(world, person, entry) for person in (registrant, world.person())]
    chosen = "&".join(f"row={last_letter(row).id}" for row in rows)
    sign_in(officer)
    page = client.get(f"/staff/letters/bulk?deed=make&{chosen}", lang=lang)
    form = next(form for form in page.forms() if "paper" in form.names)
    file = form.submit(expect=200)
    assert file.data.startswith(b"%PDF-")
    session.rollback()
    assert {one.state for one in session.scalars(select(Letter))} == {"prepared"}


@both_languages
def test_an_officer_approves_after_comparing_both_addresses(
    world, registrant, officer, entry, client, sign_in, lang
):
    number = held(world, registrant, entry)
    sign_in(officer)
    page = client.get(f"/staff/registrations/{number}/decide", lang=lang)
    assert "99, rue Ailleurs" in page.main
    assert entry.street in page.main
    refused = own_form(page).submit(expect=200)
    assert len(refused.errors) == 2
    own_form(page).submit(PAPER, expect=303)
    row = read(Registration, number)
    assert (row.state, row.paper_reference) == ("letter", PAPER["paper_reference"])


@both_languages
def test_an_officer_corrects_the_address_on_the_page(
    world, registrant, officer, entry, client, sign_in, lang
):
    number = held(world, registrant, entry)
    sign_in(officer)
    form = client.get(f"/staff/registrations/{number}/decide", lang=lang).form("use")
    assert form.values["street"] == entry.street
    typed = {**PAPER, "use": "corrected", "street": "12, rue du Papier"}
    refused = form.submit({**typed, "postal_code": "1"}, expect=200)
    assert refused.errors == [
        words(
            lang,
            "Enter the postal code as A1A 1A1.",
            "Entrez le code postal sous la forme A1A\u00a01A1.",
        )
    ]
    form.submit(typed, expect=303)
    assert read(RegistryEntry, entry.id).street == "12, rue du Papier"
    assert read(Registration, number).state == "letter"


@both_languages
def test_an_officer_refuses_with_a_reason_for_the_person(
    world, registrant, officer, entry, client, sign_in, new_client, lang
):
    number = held(world, registrant, entry)
    sign_in(officer)
    page = client.get(f"/staff/registrations/{number}/decide", lang=lang)
    page = page.click(words(lang, "Refuse the registration", "Refuser l’inscription"))
    refused = own_form(page).submit(expect=200)
    assert len(refused.errors) == 1
    own_form(page).submit({"reason": "L’entreprise n’existe plus."}, expect=303)
    theirs = new_client("fr")
    sign_in(registrant, theirs)
    assert "L’entreprise n’existe plus." in theirs.get(f"/register/{number}").main


@both_languages
def test_a_registration_of_an_active_business_offers_no_approval(
    world, registrant, officer, entry, client, sign_in, lang
):
    first = register(world, world.person(), entry)
    activate(
        world.db.get_one(type(registrant), first.person_id), first, make(officer, first), world
    )
    masked = register(world, registrant, entry)
    sign_in(officer)
    page = client.get(f"/staff/registrations/{masked.id}/decide", lang=lang)
    assert all("use" not in form.names for form in page.forms())
    assert words(lang, "already has an account", "a déjà un compte") in page.main


@both_languages
def test_an_officer_registers_an_existing_member(
    world, registrant, officer, entry, client, sign_in, lang
):
    sign_in(officer)
    page = client.get("/staff/registrations/new", lang=lang)
    typed = {"number": entry.bn, "urn": registrant.urn, "family_name": "gagne", **PAPER}
    refused = page.submit({**typed, "number": "123456782"}, expect=200)
    assert len(refused.errors) == 1
    refused = page.submit({**typed, "family_name": "Autre"}, expect=200)
    assert len(refused.errors) == 1
    page.submit(typed, expect=303)
    row = session.scalars(select(Registration)).one()
    assert (row.kind, row.person_id) == ("staff", registrant.id)


def send_file(client, content: bytes, lang: str, expect: int = 303):
    token = client.token("/staff/registry/import")
    data = {"file": (io.BytesIO(content), "registre.csv"), "csrf_token": token}
    return client.post("/staff/registry/import", data, lang=lang, expect=expect)


@both_languages
def test_a_registry_file_is_read_previewed_then_imported_and_each_time_tells_how_far_it_is(
    world, officer, client, sign_in, mailbox, lang
):
    sign_in(officer)
    sent = send_file(client, lines_of(business(), business("123026635")), lang)
    page = sent.follow()
    assert words(lang, "0 of 3 lines are read", "0 sur 3") in page.main
    assert page.response.headers["Refresh"] == "3"
    mailbox.run_jobs()
    page = sent.follow()
    assert "Refresh" not in page.response.headers
    assert "Café Nord inc." in page.main
    assert session.scalars(select(RegistryEntry)).all() == []
    page = own_form(page).submit(expect=303).follow()
    assert words(lang, "The registry is being imported", "Le registre est en cours") in page.text
    session.rollback()
    assert session.scalars(select(RegistryEntry)).all() == []
    mailbox.run_jobs()
    done = client.get(page.path, lang=lang, expect=303)
    assert done.location.startswith("/staff/registry")
    session.rollback()
    assert len(session.scalars(select(RegistryEntry)).all()) == 2


@both_languages
def test_the_errors_of_a_file_can_be_downloaded_and_hold_no_formula(
    world, officer, client, sign_in, mailbox, lang
):
    sign_in(officer)
    bad = business("=1+1", city="")
    sent = send_file(client, lines_of(business("123026635"), bad), lang)
    mailbox.run_jobs()
    page = sent.follow()
    assert all(without_language(form.action) != page.path for form in page.forms())
    number = session.scalars(select(RegistryUpload.id)).one()
    assert own_forms_that_import(page) == []
    file = client.get(f"/staff/registry/import/{number}/errors.csv", lang=lang)
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[0][0] == words(lang, "Line", "Ligne")
    assert [row[0] for row in rows[1:]] == ["3", "3"]
    assert "'=1+1" in [row[3] for row in rows]


def own_forms_that_import(page) -> list:
    button = {"Import the registry", "Importer le registre"}
    return [form for form in page.forms() if button & set(form.buttons)]


@both_languages
def test_an_officer_adds_a_business_by_hand(world, officer, client, sign_in, lang):
    sign_in(officer)
    page = client.get("/staff/registry/new", lang=lang)
    typed = {
        "bn": "123456789",
        "legal_name": "Café Nord inc.",
        "street": "1, rue A",
        "city": "Gaspé",
        "region": "CA-QC",
        "postal_code": "G4X 1A1",
        "language": "fr",
        "paper_reference": "Statuts 12",
    }
    refused = page.submit(typed, expect=200)
    assert len(refused.errors) == 1
    assert refused.form("street").values["street"] == "1, rue A"
    typed |= {"bn": "123456782", "program_accounts": "Importer"}
    assert len(page.submit(typed, expect=200).errors) == 1
    page.submit({**typed, "program_accounts": "rm0001 Importer; RM0002"}, expect=303)
    session.rollback()
    entry = session.scalars(select(RegistryEntry)).one()
    assert entry.paper_reference == "Statuts 12"
    assert entry.program_accounts == ["RM0001 Importer", "RM0002"]


def test_clients_and_staff_without_the_action_reach_none_of_these_pages(
    world, registrant, entry, client, sign_in, new_client
):
    number = held(world, registrant, entry)
    paths = (
        f"/staff/registrations/{number}/decide",
        "/staff/registrations/new",
        "/staff/registry/import",
        "/staff/registry/new",
    )
    for person in (registrant, world.staff("auditor"), world.staff("technical_support")):
        browser = new_client()
        sign_in(person, browser)
        for path in paths:
            assert browser.http.get(f"/en{path}").status_code in {403, 404}, (person, path)


MONDAY = datetime(2027, 3, 1, 15, tzinfo=UTC)


@both_languages
def test_letters_to_send_tell_their_age_in_business_days_and_who_is_late_in_words(
    world, registrant, officer, entry, client, sign_in, clock, lang
):
    clock.stop(MONDAY)
    old = register(world, registrant, entry)
    clock.stop(MONDAY + timedelta(days=7))
    new = register(world, world.person(), world.registry_entry("Young Freight Ltd."))
    sign_in(officer)
    page = client.get("/staff/letters/list/", lang=lang)
    (url,) = {
        one
        for one in page.links().values()
        if "_flt_0_state=due" in one and "_oc_LetterView" in one
    }
    to_send = client.get(url)
    rows = [text_of(row) for row in to_send.page.all("tr")][1:]
    assert [old.legal_name in rows[0], new.legal_name in rows[1]] == [True, True]
    assert words(lang, "5 business days · late", "5\u00a0jours ouvrables · en retard") in rows[0]
    assert words(lang, "(Late)", "(En retard)") in rows[0]
    assert words(lang, "0 business days", "0\u00a0jour ouvrable") in rows[1]
    assert words(lang, "(Waiting)", "(En attente)") in rows[1]
    assert words(lang, "late", "en retard") not in rows[1]


def test_a_letter_that_was_made_has_no_age(world, registrant, officer, entry, client, sign_in):
    row = register(world, registrant, entry)
    sign_in(officer)
    shown = client.get(f"/staff/letters/show/{last_letter(row).id}")
    assert "0 business days" in shown.main
    make(officer, row)
    assert "business day" not in client.get(f"/staff/letters/show/{last_letter(row).id}").main


def test_an_age_is_a_number_of_days_in_a_spreadsheet(
    world, registrant, officer, entry, client, sign_in, clock
):
    clock.stop(MONDAY)
    register(world, registrant, entry)
    clock.stop(MONDAY + timedelta(days=7))
    sign_in(officer)
    page = client.get("/staff/letters/list/")
    form = next(one for one in page.forms() if one.action.endswith("/export/csv"))
    lines = list(
        csv.reader(form.submit(expect=200).response.get_data().decode("utf-8-sig").splitlines())
    )
    assert lines[1][lines[0].index("Age")] == "5"


def test_every_state_of_a_row_has_a_word_in_both_languages(app):
    for view in screens():
        for state in ("late", "soon", "hold"):
            word = view.row_words.get(state) or Screen.row_words[state]
            with app.test_request_context("/"):
                with force_locale("en_CA"):
                    english = str(word)
                with force_locale("fr_CA"):
                    assert str(word) != english
