"""What the worker does for enrolment by itself: reminders and lapses, once a day."""

from __future__ import annotations

from app.base.queue import job
from app.enrolment.service import lapsing


@job("enrolment.remind", tries=3, cron="20 12 * * *")
def remind() -> None:
    """Remind people of their code's last day; each one in a transaction of its own."""
    for code_id in lapsing.to_remind():
        lapsing.remind(code_id)


@job("enrolment.lapse", tries=3, cron="40 5 * * *")
def lapse() -> None:
    """Let registrations lapse whose time is over; each one in a transaction of its own."""
    for registration_id in lapsing.overdue():
        lapsing.lapse_one(registration_id)
