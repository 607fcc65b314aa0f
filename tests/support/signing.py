"""Getting in: straight past the pages, by a real session row, or through every page."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import func

from app.identity import cookie, sessions
from app.identity.models import SignInSession
from app.parties.models import Person
from tests.support.client import Answer, Client
from tests.support.mail import Mailbox
from tests.support.world import PASSWORD, World


def give_session(
    world: World, client: Client, person: Person, stage: str = "full", **columns: Any
) -> SignInSession:
    """Give the browser a session row of this person, at a stage, as sign-in would have left it.

    With `stage="full"` the code was proved just now, so that step-up asks for none; give
    `code_verified_at=…` for another moment.
    """
    token = secrets.token_urlsafe(32)
    reached = stage != "credential"
    values = {
        "stage": stage,
        "purpose": "sign_in",
        "factor": "email_code" if reached else None,
        "code_verified_at": func.guichet_now() if reached else None,
        "full_at": func.guichet_now() if stage == "full" else None,
        "device": "Firefox, Linux",
        "address": "127.0.0.1",
    }
    row = SignInSession(
        token_hash=sessions.hash_of(token), person_id=person.id, **(values | columns)
    )
    world.db.add(row)
    world.db.commit()
    world.fresh(row)
    client.http.set_cookie(cookie.name(), token, domain="localhost")
    return row


def walk_in(
    client: Client, mailbox: Mailbox, world: World, person: Person, password: str = PASSWORD
) -> Answer:
    """Sign in through the real pages: name and password, code from the mail, terms.

    Returns the last redirect, which leads into the portal.
    """
    client.post_form(
        "/sign-in",
        {"sign_in_name": world.sign_in_name(person), "password": password},
        expect=303,
        to="/sign-in/code",
    )
    page = client.get("/sign-in/code")
    answers = {"code": mailbox.code_for(person.email)}
    if "accept" in page.form("code").names:
        answers["accept"] = "y"  # the terms stand beside the code from the second time on
    answer = page.submit(answers, expect=303)
    while answer.location.endswith("/terms"):  # the MFA terms once, then the portal's
        answer = answer.follow().submit({"accept": "y"}, expect=303)
    return answer
