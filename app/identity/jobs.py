"""What is done after the deed: sending codes, forgetting what nobody finished."""

from __future__ import annotations

import smtplib
import uuid
from typing import Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.base.db import now, session
from app.base.queue import job
from app.correspondence import mail
from app.identity import codes, kept, sessions
from app.identity.models import Challenge
from app.identity.service import prune_sign_ups
from app.parties.models import Person
from app.web.formats import format_time


@job("identity.send_code", tries=6)
def send_code(challenge_id: str) -> None:
    """Write and send the e-mail with a one-time code.

    The code is derived here and exists in the message alone. A challenge that is used, replaced
    or expired meanwhile sends nothing. Run twice, it sends the same code under the same
    Message-ID. Its tries last most of the code's life; an address that is refused for good is
    tried once.
    """
    challenge = session.get(Challenge, uuid.UUID(challenge_id))
    if challenge is None or challenge.consumed_at or challenge.replaced_at:
        return
    code = codes.code_of(challenge)
    if code is None or challenge.expires_at <= now(session):
        return
    person = session.get_one(Person, challenge.person_id)
    to, mark = person.email, f"code.{challenge.id}"
    with mail.speaking(challenge.language):
        message = mail.compose(_letter(challenge, code), to, mark)
    session.rollback()  # no transaction is held open while the mail server answers
    try:
        mail.send(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        if mail.is_for_now(refusal):
            raise


def _letter(challenge: Challenge, code: str) -> mail.Letter:
    subject, lead, unasked = _WORDS[challenge.purpose]
    return mail.Letter(
        subject=str(subject),
        body=[str(lead)],
        code=code,
        after=[
            gettext("The code expires at %(time)s.", time=format_time(challenge.expires_at)),
            gettext("Do not share this code. Staff will never ask you for it."),
            str(unasked),
        ],
    )


_SOMEONE_KNOWS: Final = _l(
    "If you did not try to sign in, someone knows your password. Change it, then contact us."
)
_IGNORE: Final = _l("If you did not ask for it, ignore this message. Nothing changes.")
_WORDS: Final = {
    "sign_in": (_l("Your sign-in code"), _l("Enter this code to sign in:"), _SOMEONE_KNOWS),
    "sign_up": (
        _l("Your sign-up code"),
        _l("Enter this code to confirm your email address:"),
        _IGNORE,
    ),
    "password_reset": (
        _l("Your code to change the password"),
        _l("Enter this code to choose a new password:"),
        _IGNORE,
    ),
    "step_up": (
        _l("Your confirmation code"),
        _l("Enter this code to confirm that it is you:"),
        _SOMEONE_KNOWS,
    ),
}


@job("identity.prune", cron="*/10 * * * *")
def prune() -> None:
    """Forget sign-ups that lapsed, sign-ins that led nowhere, forms nobody came back for."""
    prune_sign_ups()
    sessions.prune()
    kept.prune()
