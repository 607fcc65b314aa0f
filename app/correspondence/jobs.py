"""Sending notices by e-mail, after the deed."""

from __future__ import annotations

import smtplib

from sqlalchemy.orm import Session

from app.base.db import deed, now, session
from app.base.queue import job
from app.correspondence import mail
from app.correspondence.models import Notice
from app.correspondence.words import words_of
from app.parties.models import Person
from app.web.locale import language


@job("correspondence.send_notice", tries=12)
def send_notice(notice_id: int) -> None:
    """Send a notice to its person, once as far as SMTP allows.

    The row says whether it was sent, and jobs of one notice run one at a time, so a second run
    finds it sent. Killed between the server's answer and our commit, it sends again, under the
    same Message-ID. An address that the server refuses for good is not tried again.
    """
    notice = session.get(Notice, notice_id)
    if notice is None or notice.mail_state != "queued":
        return
    person = session.get_one(Person, notice.person_id)
    with mail.speaking(person.language):
        words = words_of(session, notice)
        letter = mail.Letter(
            subject=words.subject,
            body=words.body,
            verb=words.verb,
            path=notice.path,
            signed=notice.program.name(language()) if notice.program else None,
        )
        mark = f"notice.{notice.id}.{notice.made_at:%Y%m%d%H%M%S}"
        message = mail.compose(letter, notice.mail_to or person.email, mark)
    session.rollback()  # no transaction is held open while the mail server answers
    try:
        mail.send(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        if mail.is_for_now(refusal):
            raise
        _settle_mail(notice_id, "failed")
    else:
        _settle_mail(notice_id, "sent")


@deed
def _settle_mail(db: Session, notice_id: int, state: str) -> None:
    notice = db.get_one(Notice, notice_id)
    notice.mail_state = state
    notice.mailed_at = now(db) if state == "sent" else None
