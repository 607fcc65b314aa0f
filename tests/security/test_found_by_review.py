"""Faults that a hostile reading found, each as a test of the rule that it broke."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from app.correspondence import mail
from app.identity.models import SignInSession
from app.parties.models import Account
from tests.enrolment import steps


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
