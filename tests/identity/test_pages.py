"""The pages of sign-in, in both languages, as a browser without JavaScript sees them."""

from __future__ import annotations

import pytest

from tests.support.world import PASSWORD

NEW = {
    "given_name": "Maëlle",
    "family_name": "St-Pierre",
    "email": "Maelle@Works.example",
    "email_again": "maelle@works.example",
    "language": "fr",
    "sign_in_name": "Maelle.SP",
    "password": "Brume sur la Matapédia",
}


def credentials(world, person, **changes):
    return {"sign_in_name": world.sign_in_name(person), "password": PASSWORD} | changes


def read_and_accept(answer):
    """Accept the terms that a page shows; returns where that leads."""
    return answer.submit({"accept": "y"}, expect=303)


def sign_out(client):
    """Press the header's button."""
    forms = client.get("/me").forms()
    button = next(form for form in forms if form.action.endswith("/sign-out"))
    return button.submit(expect=303, to="/")


# ── the whole way ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_new_person_signs_up_and_is_signed_in(new_client, mailbox, lang):
    client = new_client(lang)
    form = client.get("/sign-up").form("given_name")
    code_page = form.submit(NEW, expect=303, to="/sign-up/code").follow()
    assert "M…e@Works.example" in code_page.main
    mail = mailbox.latest("Maelle@Works.example")
    code = mailbox.code_for("Maelle@Works.example")
    terms = code_page.submit({"code": code}, expect=303, to="/sign-up/terms").follow()
    assert {"en": "multi-factor", "fr": "facteurs"}[lang] in terms.h1
    portal_terms = read_and_accept(terms).follow()
    assert portal_terms.path.endswith("/sign-up/terms")
    subjects = [mail.subject for mail in mailbox.all("Maelle@Works.example")]
    assert "Votre numéro de référence d’utilisateur (NRU)" in subjects
    home = read_and_accept(portal_terms)
    assert home.location == "/"
    me = client.get("/me")
    assert "maelle.sp" in me.main
    assert mail.subject


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_sign_in_asks_for_password_code_and_terms(new_client, world, mailbox, lang):
    client, person = new_client(lang), world.person()
    signed = client.post_form("/sign-in", credentials(world, person), expect=303)
    code_page = signed.follow()
    code = mailbox.code_for(person.email)
    page = code_page.submit({"code": code}, expect=303, to="/sign-in/terms").follow()
    page = read_and_accept(page).follow()
    read_and_accept(page)
    sign_out(client)
    # From the second time on the terms stand beside the code.
    again = client.post_form("/sign-in", credentials(world, person), expect=303).follow()
    code = mailbox.code_for(person.email)
    assert "accept" in again.form("code").names
    refused = again.submit({"code": code}, expect=200)
    assert refused.errors == [
        {
            "en": "Accept the terms of use to continue.",
            "fr": "Acceptez les modalités d’utilisation pour continuer.",
        }[lang]
    ]
    refused.submit({"code": code, "accept": "y"}, expect=303, to="/")
    client.get("/me")
