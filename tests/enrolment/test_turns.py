"""What registrations put on “my businesses”: the person's turns, and what the agency has."""

import pytest

from app.base.db import session
from app.enrolment.service import letters
from tests.enrolment.steps import draft, last_letter, make, register
from tests.enrolment.test_pages import both_languages, posted, words

UNDER_WAY = ("Registrations and requests under way", "Inscriptions et demandes en cours")


@pytest.fixture
def mine(registrant, client, sign_in):
    """“My businesses” of the registrant."""

    def mine(lang="en"):
        session.rollback()
        sign_in(registrant)
        return client.get("/businesses", lang=lang)

    return mine


@both_languages
def test_a_registration_that_waits_for_its_letter_is_seen_among_my_businesses(
    world, registrant, entry, mine, lang
):
    row = register(world, registrant, entry)
    page = mine(lang)
    assert words(lang, *UNDER_WAY) in page.main
    assert words(lang, "Letter being prepared", "Lettre en préparation") in page.main
    assert f"/{lang}/register/{row.id}" in page.html
    assert words(lang, "Waiting for you", "Ce qui vous attend") not in page.main


@both_languages
def test_a_posted_letter_makes_the_activation_the_persons_turn(
    world, registrant, officer, entry, mine, lang
):
    row, _code = posted(world, registrant, officer, entry)
    page = mine(lang)
    deed = words(lang, "Activate the company account", "Activer le compte de l’entreprise")
    assert deed in page.main
    assert f"/{lang}/activate/{row.id}" in page.html
    assert words(lang, *UNDER_WAY) not in page.main


def test_a_returned_letter_asks_for_a_new_code(world, registrant, officer, entry, mine):
    row, _code = posted(world, registrant, officer, entry)
    letters.take_back(officer.id, last_letter(row).id)
    assert "Request a new activation code" in mine().main


def test_an_unfinished_registration_can_be_continued(world, registrant, entry, mine):
    draft(world, registrant, entry)
    assert "Continue the registration" in mine().main


def test_nobody_sees_the_registration_of_another(
    world, registrant, officer, entry, client, sign_in
):
    row = register(world, registrant, entry)
    make(officer, row)
    sign_in(world.person())
    assert entry.legal_name not in client.get("/businesses").main
