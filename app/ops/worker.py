"""The worker: runs the jobs that deeds have put into the queue, and those of dead workers.

procrastinate fetches and counts; the work is a plain function of a package's `jobs.py`.
"""

import asyncio
import logging
import os
import pkgutil
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from time import perf_counter
from typing import Any, Final

import procrastinate
import psycopg
import psycopg_pool
from flask import Flask
from procrastinate.exceptions import ConnectorException

import app as portal
from app.base import metrics
from app.base.context import Origin, origin, set_origin
from app.base.db import session
from app.base.queue import REQUEST, Job, find_job, registered
from config import Settings

log = logging.getLogger(__name__)

CONCURRENCY: Final = 4
HEARTBEAT: Final = 5.0
STALLED_AFTER: Final = 20.0
"""Seconds without a heartbeat after which a worker counts as dead."""
RESCUE_EVERY: Final = 10.0
"""So a killed worker's job runs again within half a minute; one minute is promised."""
RESCUES: Final = 5
"""A job that has met this many deaths probably causes them: it fails instead."""
POLL: Final = 2.0
"""Seconds between looks at the queue: only new jobs announce themselves, not those whose hour or
whose turn (of one lock) has come."""
DRAIN: Final = 10.0
"""Seconds that running jobs get when the worker is asked to stop."""
RESTART_AFTER: Final = 2.0
_CATCH_UP: Final = 24 * 3600.0  # a schedule missed overnight is run in the morning

# One statement, so that two rescuers never give the same job out twice: rows that another one
# holds are skipped, and the condition is read again once a row is locked.
_RESCUE: Final = """
WITH stalled AS (
    SELECT job.id, job.attempts
    FROM procrastinate_jobs AS job
    LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
      AND (worker.id IS NULL
           OR worker.last_heartbeat < now() - make_interval(secs => %(stalled_after)s))
    FOR UPDATE OF job SKIP LOCKED
)
SELECT id,
       CASE WHEN attempts >= %(rescues)s
            THEN procrastinate_finish_job_v1(id, 'failed', false)::text
            ELSE procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL)::text
       END AS done
FROM stalled
"""


def import_jobs() -> None:
    """Import every package's `jobs` module, which registers its jobs."""
    for package in pkgutil.iter_modules(portal.__path__, f"{portal.__name__}."):
        if package.ispkg:
            names = {m.name for m in pkgutil.iter_modules(import_module(package.name).__path__)}
            if "jobs" in names:
                import_module(f"{package.name}.jobs")


def perform(flask_app: Flask, name: str, job_id: int | None = None, **args: Any) -> None:
    """Do one job here and now: in an application context, with a session of its own.

    What it writes and logs names the request that put it in; a scheduled job has none, and is
    named by its own number.
    """
    work, before = find_job(name).work, origin()
    itself = f"job-{job_id}" if job_id is not None else None
    with flask_app.app_context():
        set_origin(
            Origin(request_id=args.pop(REQUEST, itself), job=f"{name} {itself or ''}".strip())
        )
        session.remove()
        try:
            with _measured(name):
                work(**args)
        finally:
            session.remove()
            set_origin(before)


@contextmanager
def _measured(name: str) -> Iterator[None]:
    """Count a try and tell it in the log; why it failed is told by whoever decides on another."""
    began, outcome = perf_counter(), "failed"
    try:
        yield
        outcome = "done"
    finally:
        seconds = perf_counter() - began
        metrics.count_job(name, outcome, seconds)
        extra = {"task": name, "duration_ms": round(seconds * 1000, 1)}
        log.log(
            logging.INFO if outcome == "done" else logging.WARNING, "job %s", outcome, extra=extra
        )


def build(settings: Settings, flask_app: Flask) -> procrastinate.App:
    """Return procrastinate's application with one task for each registered job."""
    import_jobs()
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_dsn,
        min_size=1,
        max_size=CONCURRENCY + 2,
        kwargs={"application_name": "guichet-worker", "connect_timeout": 5},
    )
    queue = procrastinate.App(connector=connector, periodic_defaults={"max_delay": _CATCH_UP})
    for job in registered():
        task = queue.task(name=job.name, pass_context=True, retry=retry_of(job))(
            _task(flask_app, job.name)
        )
        if job.cron is not None:
            queue.periodic(cron=job.cron)(task)
    return queue


def retry_of(job: Job) -> procrastinate.RetryStrategy | bool:
    """How a job that raised is tried again: after 8, 14, 32 seconds, and so on, tripling."""
    if job.tries == 1:
        return False
    return procrastinate.RetryStrategy(max_attempts=job.tries - 1, wait=5, exponential_wait=3)


def _task(flask_app: Flask, name: str) -> Callable[..., None]:
    def run(context: procrastinate.JobContext, **args: Any) -> None:
        if find_job(name).cron is not None:
            args.pop("timestamp", None)  # procrastinate tells scheduled jobs their hour
        perform(flask_app, name, context.job.id, **args)

    return run


async def rescue(queue: procrastinate.App) -> list[int]:
    """Put the jobs of dead workers back into the queue; return their numbers."""
    rows = await queue.connector.execute_query_all_async(
        _RESCUE, stalled_after=STALLED_AFTER, rescues=RESCUES
    )
    numbers = [row["id"] for row in rows]
    if numbers:
        log.warning("took over the jobs %s of a worker that is gone", numbers)
    return numbers


def run(settings: Settings, flask_app: Flask) -> None:
    """Work until TERM or INT, then let running jobs finish for up to ten seconds."""
    asyncio.run(_run(build(settings, flask_app)))


async def _run(queue: procrastinate.App) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stopping)
    while not stopping.is_set():
        try:
            async with queue.open_async():
                await _work(queue, stopping)
        except (ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout) as error:
            log.warning("the database is away, trying again: %s", error)
        if not stopping.is_set():
            await asyncio.sleep(RESTART_AFTER)


def _stop(stopping: asyncio.Event) -> None:
    stopping.set()
    # A job in a thread cannot be interrupted. It is left as it is and rescued by another worker.
    last = threading.Timer(DRAIN + 1, os._exit, [1])
    last.daemon = True
    last.start()


async def _work(queue: procrastinate.App, stopping: asyncio.Event) -> None:
    """Run one procrastinate worker and its rescuer until asked to stop, or until it gives up."""
    worker = asyncio.create_task(
        queue.run_worker_async(
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            fetch_job_polling_interval=POLL,
            shutdown_graceful_timeout=DRAIN,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED_AFTER,
        )
    )
    rescuer = asyncio.create_task(_rescue_forever(queue))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({worker, asked}, return_when=asyncio.FIRST_COMPLETED)
    for task in (asked, rescuer, worker):
        task.cancel()
    results = await asyncio.gather(worker, rescuer, asked, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _rescue_forever(queue: procrastinate.App) -> None:
    while True:
        try:
            await rescue(queue)
        except ConnectorException as error:
            log.warning("could not look for stalled jobs: %s", error)
        await asyncio.sleep(RESCUE_EVERY)
