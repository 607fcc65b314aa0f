"""Housekeeping of the queue and of the counters."""

from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.base.db import deed
from app.base.queue import job

KEEP_DONE: Final = timedelta(days=1)
KEEP_FAILED: Final = timedelta(days=30)
KEEP_EVENTS: Final = timedelta(days=90)
"""Longer than the longest window of any limit (60 days, letters)."""

_OLD_JOBS: Final = text(
    """
    DELETE FROM procrastinate_jobs AS job
    WHERE job.status IN ('succeeded', 'failed', 'cancelled', 'aborted')
      AND NOT EXISTS (
        SELECT 1 FROM procrastinate_events AS event
        WHERE event.job_id = job.id
          AND event.at > now() - CASE job.status WHEN 'failed' THEN CAST(:failed AS interval)
                                                 ELSE CAST(:done AS interval) END)
      AND NOT EXISTS (
        SELECT 1 FROM procrastinate_periodic_defers AS defer WHERE defer.job_id = job.id)
    """
)
_OLD_EVENTS: Final = text(
    "DELETE FROM limit_event WHERE at < guichet_now() - CAST(:keep AS interval)"
)


@job("ops.prune", cron="17 * * * *")
@deed
def prune(db: Session) -> None:
    """Delete jobs that ended a day ago (a month, when they failed) and counters nobody reads."""
    db.execute(_OLD_JOBS, {"done": KEEP_DONE, "failed": KEEP_FAILED})
    db.execute(_OLD_EVENTS, {"keep": KEEP_EVENTS})
