"""`/metrics`: what the processes counted, and what the database knows at this moment.

Only whoever shows the token of the settings reads it; without a token there is no such page. The
web part answers for all its processes; the worker, which has no pages, serves its own.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.audit import anchors
from app.base import metrics, settings
from app.base.db import session
from app.documents import scanning
from app.ops import schema
from app.ops.looks import documents
from app.ops.looks.queue import queue_now
from app.web.access import public
from config import ConfigError, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)
pages = Blueprint("metrics", __name__)

_BEARER: Final = "Bearer "
_LETTERS: Final = text("SELECT state, count(*) FROM letter GROUP BY state")
_SESSIONS: Final = text(
    "SELECT COALESCE(state, 'unknown'), count(*) FROM pg_stat_activity"
    " WHERE usename = current_user AND datname = current_database() GROUP BY 1"
)


@pages.get("/metrics")
@public
def scrape() -> Response:
    """Everything, in Prometheus's text, for whoever shows the token (401 without it)."""
    token = settings.get().metrics_token
    if token is None:
        abort(HTTPStatus.NOT_FOUND)
    return _answer(request.headers.get("Authorization", ""), token, Now())


def _answer(header: str, token: str, *more: Collector) -> Response:
    given = header.removeprefix(_BEARER) if header.startswith(_BEARER) else ""
    if hmac.compare_digest(given.encode(), token.encode()):
        return Response(metrics.written(*more), content_type=CONTENT_TYPE_LATEST)
    unknown = Response("401 Unauthorized\n", HTTPStatus.UNAUTHORIZED, mimetype="text/plain")
    unknown.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
    return unknown


class Now(Collector):
    """What is read at the scrape: true for all machines, whichever is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Each gauge; of a database that does not answer, only that it does not."""
        found: list[GaugeMetricFamily] = []
        try:
            with session.get_bind().engine.connect() as connection:
                connection.execute(text("SET LOCAL statement_timeout = '3s'"))
                found += _of_the_database(connection)
        except SQLAlchemyError as error:
            log.warning("the database does not answer for the metrics: %s", error)
        up = len(found) > 0
        yield _gauge("guichet_database_up", "1 when the database answers.", int(up))
        yield from found
        yield from _of_the_documents(settings.get())


def _of_the_database(connection: Connection) -> Iterator[GaugeMetricFamily]:
    current = schema.is_current(connection)
    yield _gauge(
        "guichet_migrations_at_head", "1 when the tables are at the program's version.", current
    )
    yield _by("guichet_database_sessions", "Connections by state.", connection, _SESSIONS)
    pool = session.get_bind().engine.pool
    size = getattr(pool, "size", lambda: 0)()
    yield _gauge("guichet_database_pool_size", "Connections that a process keeps.", size)
    if not current:
        return
    queue = queue_now(connection)
    yield _gauge("guichet_queue_oldest_seconds", "Age of the oldest job that is due.", queue.oldest)
    jobs = GaugeMetricFamily("guichet_queue_jobs", "Jobs by state.", labels=("state",))
    for state, number in queue.jobs.items():
        jobs.add_metric((state,), number)
    yield jobs
    yield _gauge("guichet_workers", "Workers that gave a sign of life.", queue.workers)
    yield _by("guichet_letters", "Letters by state.", connection, _LETTERS)
    yield from _of_the_anchors(connection)


def _of_the_documents(values: Settings) -> Iterator[GaugeMetricFamily]:
    """Whether the store takes documents, and the scanner answers, where one is set."""
    works = documents.look_at_store(values).state != "fails"
    yield _gauge("guichet_documents_up", "1 when the store takes and gives documents.", works)
    if values.clamd_address is None:
        return
    try:
        scanning.ask(values.clamd_address)
    except OSError:
        yield _gauge("guichet_scanner_up", "1 when the virus scanner answers.", 0)
    else:
        yield _gauge("guichet_scanner_up", "1 when the virus scanner answers.", 1)


def _of_the_anchors(connection: Connection) -> Iterator[GaugeMetricFamily]:
    """Age of the newest anchor: none when there is none or this machine cannot read it."""
    try:
        newest = anchors.newest(settings.get().anchor_dir)
    except (OSError, anchors.AnchorError):
        return
    if newest is None:
        return
    asked = text("SELECT EXTRACT(EPOCH FROM guichet_now() - CAST(:made AS timestamptz))")
    age = connection.execute(asked, {"made": newest.made}).scalar_one()
    yield _gauge("guichet_anchor_age_seconds", "Age of the newest anchor of the trail.", float(age))


def _gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=float(value))


def _by(name: str, says: str, connection: Connection, asked: object) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=("state",))
    for state, number in connection.execute(asked):  # type: ignore[call-overload]
        family.add_metric((str(state),), number)
    return family


# ── the worker's own ────────────────────────────────────────────────────────────────────


class _Server(ThreadingMixIn, WSGIServer):
    """One thread a scrape; none keeps the worker from ending."""

    daemon_threads = True


class _Silent(WSGIRequestHandler):
    """The standard one writes a line of its own form for each request."""

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def serve(values: Settings) -> WSGIServer | None:
    """Serve what this process counted at METRICS_PORT, and nothing else; return the server.

    Raises ConfigError when somebody else has the port.
    """
    token = values.metrics_token
    if values.metrics_port is None or token is None:
        return None

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != "/metrics":
            return Response("404 Not Found\n", HTTPStatus.NOT_FOUND)(environ, start)
        return _answer(environ.get("HTTP_AUTHORIZATION", ""), token)(environ, start)

    try:
        server = make_server(values.listen, values.metrics_port, answer, _Server, _Silent)
    except OSError as error:
        raise ConfigError(f"METRICS_PORT: {error.strerror}") from None
    Thread(target=server.serve_forever, daemon=True).start()
    return server
