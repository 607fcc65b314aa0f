"""Faults that a hostile reading found, each as a test of the rule that it broke."""

from __future__ import annotations

import io
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from app.correspondence import mail
from app.identity.models import SignInSession
from app.parties.models import Account
from tests.enrolment import steps
from tests.enrolment.test_staff_pages import send_file


def test_the_session_of_an_unknown_username_breaks_no_staff_screen(world, sign_in, client):
    """Anybody makes one, by asking to reset a username that nobody has."""
    decoy = SignInSession(
        token_hash=b"decoy", person_id=None, purpose="password_reset", stage="credential"
    )
    world.db.add(decoy)
    world.db.commit()
    sign_in(world.staff("supervisor"))
    client.get("/staff/sessions/list/")
    client.get(f"/staff/sessions/show/{decoy.id}", expect=404)
    client.get(f"/staff/sessions/deed/end/{decoy.id}", expect=404)


@pytest.mark.parametrize("line", ["\r\n", "\n", "\u2028", "\x0b", "\x85"])
def test_a_name_with_a_line_end_cannot_keep_a_mail_from_being_sent(app, line):
    """Names come from imports and from before the forms refused it, too."""
    letter = mail.Letter(subject=f"Roy{line}Bcc: x@evil.example offers you a role", body=["Hello."])
    with app.app_context(), mail.speaking("en"):
        message = mail.compose(letter, "ann@mail.example", "notice.1")
    assert isinstance(message, EmailMessage)
    assert message["Bcc"] is None
    assert message["Subject"] == "Roy Bcc: x@evil.example offers you a role"


def test_terms_are_accepted_in_the_version_that_was_shown(app, world, sign_in, client):
    """A version that came while the page was being read was not read."""
    person, officer = world.person(), world.staff("program_officer")
    with app.app_context():
        row = steps.register(world, person, world.registry_entry())
        code, number = steps.make(officer, row), steps.client_number(row)
        key = row.id
    sign_in(person)
    typed = {"client_number": number, "code": code, "attested": "y"}
    page = client.get(f"/activate/{key}").submit(typed, expect=303).follow()
    refused = page.submit({"accept": "y", "version": "999"}, expect=200)
    assert refused.errors == ["The terms of use have changed. Read them again."]
    assert world.db.scalar(select(func.count()).select_from(Account)) == 0
    world.db.rollback()
    refused.submit({"accept": "y"}, expect=303)
    assert world.db.scalar(select(func.count()).select_from(Account)) == 1


@pytest.mark.parametrize("odd", ["\x1a", "\x96", "\x00", "\ufffe", "\U0001ffff"])
def test_what_html_has_no_place_for_is_not_shown_again_from_an_address(odd, world, sign_in, client):
    sign_in(world.staff("program_officer"))
    page = client.get(f"/staff/letters/list/?q={quote('a' + odd + 'b')}&{quote('c' + odd)}=1")
    assert odd not in page.html


def test_a_file_in_the_place_of_a_text_is_no_text(world, sign_in, client):
    """A field for text was asked for its length, and a file has none: the page broke."""
    account = world.account()
    member = world.member(account, 2)
    sign_in(world.owner(account))
    path = f"/a/{account.id}/users/{member.id}/suspend"
    sent = {"csrf_token": client.token(path), "version": (io.BytesIO(b"1"), "version.txt")}
    client.post(path, sent, expect=303)


def test_a_forged_hidden_field_is_told_for_the_whole_form(world, sign_in, client):
    """The summary led to a place that the page does not have."""
    sign_in(world.person())
    page = client.post_form("/me", {"version": "1\x0f"}, expect=200)
    assert page.errors


def test_what_cannot_be_shown_is_not_shown_in_the_other_language_either(world, sign_in, client):
    sign_in(world.person())
    sent = {"given_name": "A\x0fnn", "_switch_language": "fr", "csrf_token": client.token("/me")}
    answer = client.http.post("/en/me", data=sent, follow_redirects=True)
    assert "Ann" in answer.text
    assert "\x0f" not in answer.text


def test_parts_of_a_date_are_shown_again_without_what_cannot_be_shown(world, sign_in, client):
    sign_in(world.staff("supervisor"))
    path = "/staff/announcements/add"
    sent = {"first_day-month": "\x8e1", "csrf_token": client.token(path)}
    page = client.post(path, sent, expect=200)
    assert "\x8e" not in page.html


def test_a_choice_that_is_none_is_not_quoted_with_what_cannot_be_shown(world, sign_in, client):
    sign_in(world.staff("supervisor"))
    path = "/staff/views/columns/letters"
    page = client.get(path)
    form = page.form("columns")
    sent = form.values
    sent.setlist("columns", ["a\x0fb"])
    answer = client.post(path, sent, expect=200)
    assert "\x0f" not in answer.html


def test_a_plain_form_is_as_short_as_a_form_in_parts(client):
    """Sixteen megabytes of it would be millions of fields, and each costs memory."""
    plain = "application/x-www-form-urlencoded"
    for body, status in ((b"a=" + b"a" * 500_000, 400), (b"a=&" * 400_000, 413)):
        answer = client.http.post("/en/sign-in", data=body, content_type=plain)
        assert answer.status_code == status


def test_an_offer_that_was_answered_meanwhile_tells_its_one_error_in_the_title(
    world, sign_in, client
):
    person = world.person()
    offer = world.transfer(world.account(), person)
    sign_in(person)
    path = f"/transfers/{offer.id}"
    page = client.get(path)
    page.submit({"attested": "y"}, "attested", button="Accept the ownership", expect=303)
    again = page.submit({"attested": "y"}, "attested", button="Accept the ownership", expect=200)
    assert len(again.errors) == 1


def test_a_code_that_ended_meanwhile_is_told_above_the_button_that_sends_another(
    world, sign_in, client
):
    """The summary led to a field that the page no longer had."""
    sign_in(world.person())
    sent = {"code": "123456", "csrf_token": client.token("/step-up")}
    assert client.post("/step-up", sent, expect=200).errors


def test_a_file_with_errors_that_is_confirmed_all_the_same_tells_it_in_the_title(
    world, sign_in, client, mailbox
):
    sign_in(world.staff("program_officer"))
    sent = send_file(client, b"bn,legal_name\n1,Broken\n", "en")
    mailbox.run_jobs()
    path = sent.location
    answer = client.post(path, {"csrf_token": client.token(path)}, expect=200)
    assert len(answer.errors) == 1
