"""Work of the worker: requests that nobody answered, who is told of them, and of near ends."""

from __future__ import annotations

from app.base.db import session
from app.base.queue import job
from app.employees.queries import ending_soon
from app.employees.service import telling
from app.employees.service.lapsing import close_late_request, late_requests


@job("employees.tell_asked", tries=5)
def tell_asked(request_id: int) -> None:
    """Tell those who may answer that somebody asks for access."""
    telling.tell_asked(request_id)


@job("employees.close_late_requests", tries=3, cron="41 * * * *")
def close_late_requests() -> None:
    """Close every request whose last day is over, each in a deed of its own.

    Nothing waits for this job: who asked may ask again from that day on.
    """
    for request_id in late_requests(session):
        close_late_request(request_id)


@job("employees.tell_ends", tries=3, cron="23 6 * * *")
def tell_ends() -> None:
    """Tell of each access that ends within the days of the limit, once."""
    for membership_id in ending_soon(session):
        telling.tell_end(membership_id)
