"""The queue: that somebody works, and that no job waits too long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from app.ops.looks.found import Look, asking
from config import Settings

QUEUE_LATE: Final = 300
"""Seconds after which a due job counts as stuck: nobody would get a code, so nobody enters."""
WORKER_SILENT: Final = 60
"""Seconds without a sign of life after which a worker counts as gone."""

# A job that is due at once has no hour of its own: then it is the one it was put in.
_OLDEST: Final = text(
    """
    SELECT EXTRACT(EPOCH FROM now() - min(COALESCE(job.scheduled_at, event.at)))
    FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
    WHERE job.status = 'todo' AND COALESCE(job.scheduled_at, event.at) <= now()
    """
)
_JOBS: Final = text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
_FAILED: Final = text(
    "SELECT count(DISTINCT job_id) FROM procrastinate_events"
    " WHERE type = 'failed' AND at > now() - interval '1 day'"
)
_WORKERS: Final = text(
    """
    SELECT max(last_heartbeat) AS heard,
           count(*) FILTER (WHERE last_heartbeat > now() - make_interval(secs => :silent)) AS alive
    FROM procrastinate_workers
    """
)


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue at one moment; ``oldest`` is in seconds, ``failed`` are those of the last day."""

    jobs: Mapping[str, int]
    oldest: int
    failed: int
    workers: int
    heard: datetime | None


def oldest_due_job(connection: Connection) -> int:
    """Seconds for which the oldest due job has waited; 0 when none does."""
    return int(connection.execute(_OLDEST).scalar() or 0)


def queue_now(connection: Connection) -> Queue:
    """Count the queue's jobs and its workers."""
    jobs = {str(status): int(number) for status, number in connection.execute(_JOBS)}
    workers = connection.execute(_WORKERS, {"silent": WORKER_SILENT}).one()
    return Queue(
        jobs,
        oldest_due_job(connection),
        int(connection.execute(_FAILED).scalar_one()),
        workers.alive,
        workers.heard,
    )


def look(_settings: Settings) -> Look:
    """Whether anybody works, and whether anything waits too long or has failed."""
    with asking() as connection:
        now = queue_now(connection)
    facts = {"waiting": now.jobs.get("todo", 0), "oldest": now.oldest, "failed": now.failed}
    facts["workers"] = now.workers
    if not now.workers:
        return Look("queue", "fails", "no_worker", facts, now.heard)
    if now.oldest > QUEUE_LATE:
        return Look("queue", "fails", "late", facts, now.heard)
    if now.failed:
        return Look("queue", "watch", "failed", facts, now.heard)
    return Look("queue", "works", "ok", facts, now.heard)
