"""What the worker does for enrolment by itself: reminders and lapses, once a day."""

from __future__ import annotations

from app.base.errors import Conflict, NotFound, Refused
from app.base.queue import job
from app.enrolment.service import lapsing, reading, registry


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


@job("enrolment.read_registry", tries=3)
def read_registry(upload_id: int) -> None:
    """Read an uploaded file for its preview."""
    reading.read(upload_id)


@job("enrolment.import_registry", tries=3)
def import_registry(upload_id: int, actor: int) -> None:
    """Import a file that its officer has confirmed: whole, or not at all.

    What changed since the preview may stand in its way; the preview then says so.
    """
    try:
        registry.confirm(actor, upload_id)
    except (Conflict, Refused):
        reading.reopen(upload_id)
    except NotFound:
        return  # imported by the worker before, or uploaded anew
