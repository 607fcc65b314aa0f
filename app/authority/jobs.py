"""Work of the worker: offers that nobody answered in time are closed, and their makers told."""

from __future__ import annotations

from app.authority.service.handover import close_late_transfer
from app.authority.service.lapse import close_late_offer, late_offers, late_transfers
from app.base.db import session
from app.base.queue import job


@job("authority.lapse_offers", tries=3, cron="11 * * * *")
def lapse_offers() -> None:
    """Close every late offer of a role and of an ownership, each in a deed of its own.

    Nothing waits for this job: a late offer cannot be accepted from the end of its last day.
    """
    for membership_id in late_offers(session):
        close_late_offer(membership_id)
    for transfer_id in late_transfers(session):
        close_late_transfer(transfer_id)
