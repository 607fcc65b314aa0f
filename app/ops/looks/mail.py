"""Mail: that its server greets, and what it took."""

from __future__ import annotations

import logging
import smtplib
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import text

from app.correspondence.mail import REFUSED
from app.ops.looks.found import Look, asking
from config import Settings

log = logging.getLogger(__name__)

PROBE: Final = 2.0
"""Seconds that the mail server gets to greet."""

_MAIL: Final = text(
    """
    WITH recent AS (
        SELECT event.type, event.at
        FROM procrastinate_events AS event
        JOIN procrastinate_jobs AS job ON job.id = event.job_id
        WHERE job.task_name IN ('identity.send_code', 'correspondence.send_notice'))
    SELECT (SELECT max(at) FROM recent WHERE type = 'succeeded') AS sent,
           (SELECT count(*) FROM recent WHERE type IN ('deferred_for_retry', 'failed')
                AND at > now() - interval '1 hour') AS tried_again,
           (SELECT count(*) FROM limit_event WHERE kind = :kind AND subject = ''
                AND at > guichet_now() - interval '1 hour') AS refused
    """
)


def look(settings: Settings) -> Look:
    """Whether the mail server greets, when a mail was last sent, and how many it did not take."""
    with asking() as connection:
        told = connection.execute(_MAIL, {"kind": REFUSED}).one()
    facts = {
        "server": f"{settings.smtp_host}:{settings.smtp_port}",
        "sender": settings.mail_from,
        "refused": told.refused,
        "tried_again": told.tried_again,
    }
    try:
        _greet(settings)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("the mail server does not greet: %s", error)
        return Look("mail", "fails", "no_server", facts, told.sent)
    if told.refused or told.tried_again:
        return Look("mail", "watch", "refused", facts, told.sent)
    return Look("mail", "works", "ok", facts, told.sent)


def _greet(settings: Settings) -> None:
    """Greet the mail server, and leave: no mail, no password."""
    ours = urlsplit(settings.base_url).hostname
    kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    with kind(settings.smtp_host, settings.smtp_port, ours, timeout=PROBE) as server:
        server.ehlo_or_helo_if_needed()
