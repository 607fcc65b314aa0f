"""Jobs: work that is done after the deed, by the worker, and survives its death.

A job is put into the queue by the deed's own transaction: a rollback leaves none. A worker that
is killed leaves its job unfinished, and another one runs it again; so **every job may run
twice** and must be written for it. A job carries ids, never a code, a secret or a letter. Among
them is the reference of the request that put it in: entries, mails and log lines of the job name
it too.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Text, bindparam, column, text
from sqlalchemy.orm import Session, scoped_session

from app.base.context import origin

Work = Callable[..., None]

REQUEST: Final = "_request"
"""Beside the job's own arguments: the request it comes from. The worker takes it out again."""

_ENQUEUE: Final = text(
    """
    SELECT (procrastinate_defer_jobs_v1(ARRAY[
        ROW(:queue, :task, :priority, :lock, NULL, CAST(:args AS jsonb), :schedule_at)
        ::procrastinate_job_to_defer_v1
    ]))[1] AS job_id
    """
).bindparams(bindparam("lock", type_=Text), bindparam("schedule_at", type_=DateTime(timezone=True)))


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work, known by its name.

    `tries` is how often it is attempted when it raises, with a growing pause between; `cron`
    (five fields, or six with seconds last) makes the worker start it by itself, without
    arguments.
    """

    name: str
    work: Work
    tries: int
    cron: str | None


_registered: dict[str, Job] = {}


def job(name: str, *, tries: int = 1, cron: str | None = None) -> Callable[[Work], Work]:
    """Register a function of a package's `jobs.py` as the work of the job `<package>.<deed>`.

    The worker calls it with the arguments of `enqueue`, in a Flask application context and
    with a fresh session. Raises ValueError when the name is taken.
    """

    def register(work: Work) -> Work:
        known = _registered.get(name)
        if known is not None and known.work.__module__ != work.__module__:
            raise ValueError(f"two jobs are called {name}")
        _registered[name] = Job(name, work, tries, cron)
        return work

    return register


def registered() -> Iterable[Job]:
    """Return every job whose module was imported; the worker imports all of them."""
    return _registered.values()


def find_job(name: str) -> Job:
    """Return one job; raise LookupError when no imported module registers it."""
    try:
        return _registered[name]
    except KeyError:
        raise LookupError(f"no job is called {name}") from None


def enqueue(
    db: Session | scoped_session[Session],
    task: str,
    *,
    queue: str = "default",
    schedule_at: datetime | None = None,
    lock: str | None = None,
    priority: int = 0,
    **args: Any,
) -> int:
    """Put a job into the queue, inside the transaction of `db`; return its number.

    `schedule_at` is the earliest instant; of jobs with the same `lock` one runs at a time, in
    the order they were put in; a higher `priority` goes first. `args` must be JSON values. The
    job carries the reference of this request, or of the one that the running job comes from.
    """
    if where := origin().request_id:
        args[REQUEST] = where
    values = {
        "queue": queue,
        "task": task,
        "priority": priority,
        "lock": lock,
        "args": json.dumps(args),
        "schedule_at": schedule_at,
    }
    statement = _ENQUEUE.columns(column("job_id", BigInteger))
    number: int = db.execute(statement, values).scalar_one()
    return number
