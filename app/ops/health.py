"""Two questions that machines ask: does the process live, and can it serve?"""

import logging
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.ops import schema
from app.ops.looks.found import asking
from app.ops.looks.queue import QUEUE_LATE, oldest_due_job
from app.web.access import public

log = logging.getLogger(__name__)
pages = Blueprint("health", __name__)


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
        with asking() as connection:
            state |= _look(connection)
    except SQLAlchemyError as error:
        log.warning("not ready: %s", error)  # the reason is for operators, not for callers
    ready = all(state[part] for part in ("database", "migrations", "queue"))
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    return _json({"ready": ready, **state}, status)


def _look(connection: Connection) -> dict[str, Any]:
    if not schema.is_current(connection):
        return {"database": True}
    age = oldest_due_job(connection)
    return {
        "database": True,
        "migrations": True,
        "queue": age <= QUEUE_LATE,
        "oldest_due_job_seconds": age,
    }


def _json(body: dict[str, Any], status: HTTPStatus) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
