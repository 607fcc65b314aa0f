"""Two questions that machines ask: does the process live, and can it serve?"""

import logging
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, jsonify
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.base.db import session
from app.ops import schema
from app.web.access import public

log = logging.getLogger(__name__)
pages = Blueprint("health", __name__)

QUEUE_LATE: Final = 300
"""Seconds after which a due job counts as stuck: nobody would get a code, so nobody enters."""

# A job that is due at once has no hour of its own: then it is the one it was put in.
_OLDEST: Final = text(
    """
    SELECT EXTRACT(EPOCH FROM now() - min(COALESCE(job.scheduled_at, event.at)))
    FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS event ON event.job_id = job.id AND event.type = 'deferred'
    WHERE job.status = 'todo' AND COALESCE(job.scheduled_at, event.at) <= now()
    """
)


@pages.get("/healthz")
@public
def healthz() -> Response:
    """The process answers; nothing else is asked."""
    return _json({"alive": True}, HTTPStatus.OK)


@pages.get("/readyz")
@public
def readyz() -> Response:
    """The database answers, its version is the program's, and no due job waits too long."""
    state = {"database": False, "migrations": False, "queue": False, "oldest_due_job_seconds": None}
    try:
        with session.get_bind().engine.connect() as connection:
            state |= _look(connection)
    except SQLAlchemyError as error:
        log.warning("not ready: %s", error)  # the reason is for operators, not for callers
    ready = all(state[part] for part in ("database", "migrations", "queue"))
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return _json({"ready": ready, **state}, status)


def _look(connection: Connection) -> dict[str, Any]:
    connection.execute(text("SET LOCAL statement_timeout = '3s'"))
    if not schema.is_current(connection):
        return {"database": True}
    age = oldest_due_job(connection)
    return {
        "database": True,
        "migrations": True,
        "queue": age <= QUEUE_LATE,
        "oldest_due_job_seconds": age,
    }


def oldest_due_job(connection: Connection) -> int:
    """Seconds for which the oldest due job has waited; 0 when none does."""
    return int(connection.execute(_OLDEST).scalar() or 0)


def _json(body: dict[str, Any], status: HTTPStatus) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
