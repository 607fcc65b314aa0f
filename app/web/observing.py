"""Each request is counted and told in the log, by its endpoint; its answer names its reference."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Final

from flask import Flask, Response, g, request

from app.base import metrics
from app.base.context import Origin, set_origin
from app.web.request_id import HEADER, reference

log = logging.getLogger("guichet.requests")

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
QUIET: Final = frozenset({"static", "health.healthz", "health.readyz", "metrics.scrape"})
"""What machines ask for all the time is told at the level of debugging."""


def install(app: Flask) -> None:
    """Before everything else of a request, and for whatever it is answered with."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.began = perf_counter()
    # Until the gate knows more; a redirect into a language is answered before it.
    set_origin(Origin(request_id=reference(), endpoint=request.endpoint))


def _forget(_error: BaseException | None) -> None:
    """The thread's next request is another one. A mail that a job writes is no request."""
    if g.pop("began", None) is not None:
        set_origin(Origin())


def _end(response: Response) -> Response:
    response.headers[HEADER] = reference()
    seconds = perf_counter() - g.get("began", perf_counter())
    # A method may be any word, and an address of nowhere any text: neither becomes a label.
    method = request.method if request.method in _METHODS else "other"
    endpoint, status = request.endpoint or "none", response.status_code
    metrics.count_request(endpoint, method, status, seconds)
    log.log(
        logging.DEBUG if endpoint in QUIET else logging.INFO,
        "%s %s %s %s",
        reference(),
        method,
        endpoint,
        status,
        extra={"endpoint": endpoint, "status": status, "duration_ms": round(seconds * 1000, 1)},
    )
    return response
