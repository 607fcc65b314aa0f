"""E-mail: one plain look in text and HTML, sent by SMTP.

A message is written when it is sent, in the language of who receives it. The text part comes
first and says everything; the HTML part adds one button, or shows the code large.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale

from app.base import metrics
from app.base.context import origin
from app.base.limiting import note
from app.base.settings import get
from app.programs.library import portal
from app.web.locale import LOCALES, language
from app.web.request_id import HEADER

log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """What one e-mail says. Either a button (``verb`` and ``path``) or a ``code``, not both.

    ``signed`` stands below the regards: the program's name, else the portal's.
    """

    subject: str
    body: Sequence[str]
    signed: str | None = None
    verb: str | None = None
    path: str | None = None
    code: str | None = None
    after: Sequence[str] = ()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in one language.

    A request of its own, because outside of one Flask-Babel keeps the forced language on the
    application, where another thread of the worker would read it.
    """
    with current_app.test_request_context(), force_locale(LOCALES[language]):
        yield


def address_of(path: str | None) -> str:
    """The full address of a path of the portal, in the language being written."""
    return f"{get().base_url}/{language()}{path or '/'}"


REFUSED: Final = "mail refused"
"""Kind of the events that say that an address was refused for good."""


def compose(letter: Letter, to: str, mark: str) -> EmailMessage:
    """Make the message, in the language being written.

    ``mark`` names the cause (a notice, a challenge) and becomes the Message-ID: a job that runs
    twice sends the same message twice, and mail systems that know the first drop the second.
    """
    settings = get()
    name = portal().name.say(language())
    message = EmailMessage()
    # A name may hold a line end, which no header can: the message would never be sent.
    message["Subject"] = " ".join(letter.subject.splitlines())
    message["From"] = Address(name, addr_spec=settings.mail_from)
    message["To"] = Address(addr_spec=to)
    message["Date"] = localtime()
    message["Message-ID"] = f"<{mark}@{urlsplit(settings.base_url).hostname}>"
    # No vacation answers, no loops: RFC 3834.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    # Whoever shows this mail to the help desk shows which request it comes from.
    if reference := origin().request_id:
        message[HEADER] = reference
    values = {
        "letter": letter,
        "signed": letter.signed or name,
        "portal_name": name,
        "url": address_of(letter.path) if letter.verb else None,
        "lang": language(),
    }
    message.set_content(render_template("correspondence/mail/message.txt", **values))
    html = render_template("correspondence/mail/message.html", **values)
    message.add_alternative(html, subtype="html")
    message["Content-Language"] = language()  # after the parts, or it would move into the first
    return message


def send(message: EmailMessage) -> None:
    """Hand the message to the mail server. Raises smtplib.SMTPException or OSError.

    SMTP has no transaction with our database: when the connection breaks after the server
    accepted, the message is sent again. The same Message-ID is all that can be done about it.
    The log tells how it went, of whom it does not.
    """
    try:
        _hand_over(message)
    except (smtplib.SMTPException, OSError) as error:
        for_good = isinstance(error, smtplib.SMTPRecipientsRefused) and not is_for_now(error)
        metrics.count_mail("refused" if for_good else "failed")
        if for_good:
            note(REFUSED, "")
        log.warning("a mail was %s: %s", "refused for good" if for_good else "not taken", error)
        raise
    metrics.count_mail("sent")
    log.info("a mail was sent")


def _hand_over(message: EmailMessage) -> None:
    settings = get()
    with _connect() as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)


def is_for_now(refusal: smtplib.SMTPRecipientsRefused) -> bool:
    """Tell whether an address may be accepted later: 4xx, not 5xx."""
    return any(code < 500 for code, _ in refusal.recipients.values())


def _connect() -> smtplib.SMTP:
    settings = get()
    ours = urlsplit(settings.base_url).hostname  # else smtplib looks our own name up, slowly
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(
            settings.smtp_host,
            settings.smtp_port,
            local_hostname=ours,
            timeout=_TIMEOUT_SECONDS,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(
        settings.smtp_host, settings.smtp_port, local_hostname=ours, timeout=_TIMEOUT_SECONDS
    )
