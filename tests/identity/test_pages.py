"""The pages of sign-in, in both languages, as a browser without JavaScript sees them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

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


def test_the_tests_own_way_in_is_the_real_one(world, walk_in, client):
    person = world.person()
    assert walk_in(person).location == "/"
    client.get("/me")
    sign_out(client)
    assert walk_in(person).location == "/"


def test_sign_in_leads_back_to_the_page_that_was_asked_for(world, client, mailbox):
    person = world.person()
    page = client.get("/me/sessions", expect=303, to="/sign-in").follow()
    code_page = page.submit(credentials(world, person), expect=303).follow()
    terms = code_page.submit({"code": mailbox.code_for(person.email)}, expect=303).follow()
    portal_terms = read_and_accept(terms).follow()
    assert read_and_accept(portal_terms).location == "/me/sessions"


@pytest.mark.parametrize(
    "next_page", ["//evil.example", "https://evil.example/", "/\\evil.example"]
)
def test_sign_in_leads_nowhere_else(world, client, mailbox, next_page):
    person = world.person()
    page = client.get("/sign-in", query_string={"next": next_page})
    code_page = page.submit(credentials(world, person), expect=303).follow()
    terms = code_page.submit({"code": mailbox.code_for(person.email)}, expect=303).follow()
    last = read_and_accept(read_and_accept(terms).follow())
    assert last.response.headers["Location"] == "/en/"


def test_the_language_of_the_moment_decides_where_sign_in_leads(world, new_client, mailbox):
    client, person = new_client("fr"), world.person()
    page = client.get("/sign-in", query_string={"next": "/en/me"})
    code_page = page.submit(credentials(world, person), expect=303).follow()
    terms = code_page.submit({"code": mailbox.code_for(person.email)}, expect=303).follow()
    last = read_and_accept(read_and_accept(terms).follow())
    assert last.response.headers["Location"] == "/fr/me"


# ── errors, in the words of the style guide ─────────────────────────────────────────────

WORDS = {
    "empty": (
        ["Enter your username.", "Enter your password."],
        ["Entrez votre nom d’utilisateur.", "Entrez votre mot de passe."],
    ),
    "wrong": (
        ["The username or password is incorrect."],
        ["Le nom d’utilisateur ou le mot de passe est incorrect."],
    ),
    "digits": (["Enter the 6 digits of your code."], ["Entrez les 6\u00a0chiffres de votre code."]),
    "mismatch": (
        ["This code does not match. You have 4 tries left."],
        ["Ce code ne correspond pas. Il vous reste 4\u00a0essais."],
    ),
    "expired": (
        ["This code has expired. Request a new one."],
        ["Ce code a expiré. Demandez-en un nouveau."],
    ),
    "emails": (
        ["The two addresses are different. Enter the same one twice."],
        ["Les deux adresses sont différentes. Entrez deux fois la même."],
    ),
    "short": (
        ["The password must have at least 12 characters."],
        ["Le mot de passe doit compter au moins 12\u00a0caractères."],
    ),
    "characters": (
        ["Remove these characters from the password: < £"],
        ["Retirez ces caractères du mot de passe\u00a0: < £"],
    ),
    "address": (
        ["Enter an address with an @, like name@example.ca."],
        ["Entrez une adresse avec un @, comme nom@exemple.ca."],
    ),
}


def said(name, lang):
    """The error as the summary shows it, kinds of space made single."""
    return [line.replace("\u00a0", " ") for line in WORDS[name][lang == "fr"]]


def shown(answer):
    return [line.replace("\u00a0", " ") for line in answer.errors]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_errors_say_how_to_mend_them_in_the_style_guide_s_words(new_client, world, lang):
    client, person = new_client(lang), world.person()
    empty = client.post_form("/sign-in", {}, action="/sign-in", expect=200)
    assert shown(empty) == said("empty", lang)
    wrong = credentials(world, person, password="not the one")
    assert shown(client.post_form("/sign-in", wrong, expect=200)) == said("wrong", lang)
    for changes, name in (
        ({"email_again": "other@works.example"}, "emails"),
        ({"password": "too short"}, "short"),
        ({"password": "Brume < sur la £ rivière <"}, "characters"),
        ({"email": "works.example", "email_again": "works.example"}, "address"),
    ):
        answer = client.post_form("/sign-up", NEW | changes, expect=200)
        assert shown(answer) == said(name, lang), name


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_wrong_code_says_how_many_tries_are_left(new_client, world, mailbox, lang):
    client, person = new_client(lang), world.person()
    page = client.post_form("/sign-in", credentials(world, person), expect=303).follow()
    wrong = f"{(int(mailbox.code_for(person.email)) + 1) % 1_000_000:06}"
    page = page.submit({"code": "12 34"}, expect=200)
    assert shown(page) == said("digits", lang)
    page = page.submit({"code": wrong}, expect=200)
    assert shown(page) == said("mismatch", lang)
    for _ in range(4):
        page = page.submit({"code": wrong}, expect=200)
    assert shown(page) == said("expired", lang)


def test_a_code_may_be_typed_in_two_groups(client, world, mailbox):
    person = world.person()
    page = client.post_form("/sign-in", credentials(world, person), expect=303).follow()
    code = mailbox.code_for(person.email)
    page.submit({"code": f" {code[:3]} {code[3:]} "}, expect=303, to="/sign-in/terms")


def test_nothing_typed_at_sign_up_is_lost_by_an_error_but_the_password(client):
    answer = client.post_form("/sign-up", NEW | {"password": "short"}, expect=200)
    values = answer.form("given_name").values
    kept = {name: value for name, value in NEW.items() if name != "password"}
    assert {name: values[name] for name in kept} == kept
    assert values["password"] == ""
    assert answer.page.one("title").text.startswith("Errors: 1")


@pytest.mark.parametrize("unseen", ["\u200b\u200b", "\u2060", "-", " \u200d ", "42"])
def test_a_name_has_a_letter_that_can_be_seen(client, unseen):
    answer = client.post_form("/sign-up", NEW | {"given_name": unseen}, expect=200)
    assert answer.errors == ["Enter your given name."]
    answer = client.post_form("/sign-up", NEW | {"family_name": unseen}, expect=200)
    assert answer.errors == ["Enter your family name."]


@pytest.mark.parametrize("name", ["Ö", "李", "نور", "O’Brien-Roy", "D'Arcy"])
def test_a_name_may_be_of_any_script(client, name):
    client.post_form("/sign-up", NEW | {"given_name": name}, expect=303)


def test_a_locked_account_says_until_when(client, world, mailbox, clock):
    from app.identity.models import Factor

    person = world.person()
    factor = world.db.scalars(select(Factor).where(Factor.person_id == person.id)).one()
    world.set(factor, locked_until=world.now() + timedelta(minutes=15))
    answer = client.post_form("/sign-in", credentials(world, person), expect=200)
    words = shown(answer)[0]
    assert words.startswith("Too many attempts. Sign in again after ")
    assert words.endswith(" ET.")


def test_a_new_code_too_soon_says_how_long_to_wait(client, world, clock):
    person = world.person()
    page = client.post_form("/sign-in", credentials(world, person), expect=303).follow()
    answer = page.submit({}, "code", button="Send a new code", expect=200)
    assert answer.errors[0].startswith("Wait ")
    assert answer.errors[0].endswith("before requesting a code.")
    clock.move(seconds=31)
    again = answer.submit({}, "code", button="Send a new code", expect=303, to="/sign-in/code")
    assert "We sent a new code." in again.follow().main


# ── the pages themselves ────────────────────────────────────────────────────────────────


def control(answer, name):
    return next(field for field in answer.page.all("input") if field.get("name") == name)


def test_browsers_are_told_what_each_field_is_for(client, world, mailbox, sign_in):
    page = client.get("/sign-in")
    assert control(page, "sign_in_name").get("autocomplete") == "username"
    assert control(page, "password").get("autocomplete") == "current-password"
    page = client.get("/sign-up")
    expected = {
        "given_name": "given-name",
        "family_name": "family-name",
        "email": "email",
        "email_again": "email",
        "sign_in_name": "username",
        "password": "new-password",
    }
    assert {name: control(page, name).get("autocomplete") for name in expected} == expected
    sign_in(world.person(), stage="credential")
    code = control(client.get("/sign-in/code"), "code")
    assert code.get("autocomplete") == "one-time-code"
    assert code.get("inputmode") == "numeric"


def test_the_code_page_tells_where_the_code_went_until_when_and_not_to_share_it(client, world):
    person = world.person(email="sophie.marchetti@marchetti.example")
    page = client.post_form("/sign-in", credentials(world, person), expect=303).follow()
    assert "s…i@marchetti.example" in page.main
    assert "sophie" not in page.main
    assert "It expires at " in page.main
    assert "Do not share this code." in page.main
    assert "The code did not arrive" in page.main


def test_changing_the_language_keeps_what_was_typed_and_sends_nothing(client, mailbox):
    form = client.get("/sign-up").form("given_name")
    values = form.values.to_dict() | NEW
    values["_switch_language"] = "fr"
    answer = client.post("/fr/sign-up", values, expect=200)
    assert answer.h1 == "S’inscrire"
    assert answer.errors == []
    assert answer.form("given_name").values["given_name"] == "Maëlle"
    assert answer.form("given_name").values["password"] == ""
    assert mailbox.all() == []


def test_a_signed_in_person_is_not_asked_to_sign_in_again(client, world, sign_in):
    sign_in(world.person())
    client.get("/sign-in", expect=303, to="/")
    client.get("/sign-up", expect=303, to="/")
    client.get("/password", expect=302, to="/me/password")


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_forgotten_password_is_chosen_again_by_code(new_client, world, mailbox, lang):
    client, person = new_client(lang), world.person(language=lang)
    name = world.sign_in_name(person)
    page = client.post_form("/password", {"sign_in_name": name}, expect=303).follow()
    code = mailbox.code_for(person.email)
    page = page.submit({"code": code}, expect=303, to="/password/new").follow()
    refused = page.submit({"password": "court"}, expect=200)
    assert len(refused.errors) == 1
    new = "Une autre brume, plus au nord"
    refused.submit({"password": new}, expect=303, to="/sign-in")
    again = {"sign_in_name": name, "password": new}
    client.post_form("/sign-in", again, expect=303, to="/sign-in/code")


def test_a_reset_looks_the_same_for_a_known_and_an_unknown_name(new_client, world, clock):
    clock.stop()
    pages = []
    for name in (world.sign_in_name(world.person()), "nobody-here"):
        client = new_client()
        page = client.post_form("/password", {"sign_in_name": name}, expect=303).follow()
        wrong = page.submit({"code": "000000"}, expect=200)
        again = wrong.submit({}, "code", button="Send a new code", expect=303).follow()
        pages.append((page.main, wrong.main, again.main))
    assert pages[0] == pages[1]
    assert "If we know this username" in pages[0][0]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_person_reads_and_changes_their_account(new_client, world, sign_in, lang):
    client, person = new_client(lang), world.person("Ann", "Roy")
    sign_in(person, client)
    page = client.get("/me")
    assert person.urn in page.main
    assert person.email in page.main
    page.submit({"given_name": "Zoé", "phone": "nope"}, "given_name", expect=200)
    client.post_form("/me", {"given_name": "Zoé", "phone": ""}, expect=303, to="/me")
    assert world.fresh(person).given_name == "Zoé"
    client.get("/me/password")
    client.get("/me/sessions")


def test_a_form_that_was_opened_before_another_save_says_so(client, world, sign_in):
    person = world.person("Ann", "Roy")
    sign_in(person)
    stale = client.get("/me").form("given_name")
    client.post_form("/me", {"given_name": "Zoé"}, expect=303)
    answer = stale.submit({"given_name": "Max"}, expect=200)
    assert answer.errors == ["Someone else changed this page. Check the changes, then save again."]
    assert answer.form("given_name").values["given_name"] == "Max"
    assert world.fresh(person).given_name == "Zoé"


def test_a_person_ends_a_session_from_the_list(client, new_client, world, sign_in):
    person, other = world.person(), new_client()
    sign_in(person)
    row = sign_in(person, other)
    page = client.get("/me/sessions")
    form = next(f for f in page.forms() if f.action.endswith(f"/{row.id}/end"))
    form.submit(expect=303, to="/me/sessions")
    other.get("/me", expect=303, to="/sign-in")
    client.get("/me/sessions")


def test_a_deed_that_needs_a_fresh_code_asks_for_one_and_leads_back(
    client, world, sign_in, mailbox
):
    person = world.person()
    sign_in(person)
    page = client.get("/step-up", query_string={"next": "/en/me/sessions"})
    assert mailbox.waiting() == []
    page = page.submit({}, "again", button="Send a code", expect=303, to="/step-up")
    code = mailbox.code_for(person.email)
    last = page.follow().submit({"code": code}, expect=303)
    assert last.response.headers["Location"] == "/en/me/sessions"
    last.follow()


def test_every_code_is_told_apart_by_what_it_is_for(world, client, sign_in, mailbox):
    person = world.person(language="en")
    client.post_form("/password", {"sign_in_name": world.sign_in_name(person)}, expect=303)
    reset = mailbox.latest(person.email)
    assert reset.subject == "Your code to change the password"
    assert "Nothing changes." in reset.text
    assert "Do not share this code." in reset.text


def test_every_fault_of_a_sign_up_is_told_at_once(client):
    typed = {"email": "a@example.ca", "email_again": "b@example.ca", "sign_in_name": "élise",
             "password": "court"}  # fmt: skip
    answer = client.get("/sign-up", lang="fr").submit(typed, expect=200)
    characters = "N’utilisez que des lettres sans accent, des chiffres et . - _ + @"
    assert answer.errors == [
        "Entrez votre prénom.",
        "Entrez votre nom de famille.",
        "Les deux adresses sont différentes. Entrez deux fois la même.",
        f"{characters} dans le nom d’utilisateur.",
        "Le mot de passe doit compter au moins 12\u00a0caractères.",
    ]
