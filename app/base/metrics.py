"""What this process counts, for Prometheus: requests, deeds, sign-ins, codes, jobs, mails.

Labels are words of this program (endpoints, events, actions, limits, tasks), never anything that
was typed: the number of series is bounded, and none of them tells of a person. What the database
knows is not counted here; ``app.ops.metrics`` asks it at each scrape.

Several web processes count into files of one folder (``PROMETHEUS_MULTIPROC_DIR``, set by
``run.py`` before this module is imported), and whichever is scraped adds all of them up.
"""

from __future__ import annotations

import os
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

disable_created_metrics()  # type: ignore[no-untyped-call] # when a series began: nobody asks
_own: Final = CollectorRegistry()
_REQUESTS: Final = Counter(
    "guichet_requests_total",
    "Requests answered, by endpoint, method and class of status.",
    ("endpoint", "method", "status"),
    registry=_own,
)
_REQUEST_SECONDS: Final = Histogram(
    "guichet_request_seconds",
    "Seconds until a request was answered, by endpoint.",
    ("endpoint",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=_own,
)
_DEEDS: Final = Counter(
    "guichet_deeds_total",
    "Deeds: done or failed, by the trail's event; refused, by the action; by a limit, by its name.",
    ("action", "outcome"),
    registry=_own,
)
_SIGN_INS: Final = Counter(
    "guichet_sign_ins_total",
    "Sign-ins that were completed (done), and what kept others out.",
    ("outcome",),
    registry=_own,
)
_CODES: Final = Counter(
    "guichet_codes_total", "One-time codes asked for, by purpose.", ("purpose",), registry=_own
)
_JOBS: Final = Counter(
    "guichet_jobs_total", "Tries of jobs, by task and outcome.", ("task", "outcome"), registry=_own
)
_JOB_SECONDS: Final = Histogram(
    "guichet_job_seconds",
    "Seconds that a try of a job took, by task.",
    ("task",),
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
    registry=_own,
)
_MAILS: Final = Counter(
    "guichet_mails_total",
    "Mails handed over: sent, refused for good, failed for now.",
    ("outcome",),
    registry=_own,
)

_state = {"counts": True}


def off() -> None:
    """Count nothing in this process: it has no room for its files."""
    _state["counts"] = False


def count_request(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Count an answered request."""
    if _state["counts"]:
        _REQUESTS.labels(endpoint, method, f"{status // 100}xx").inc()
        _REQUEST_SECONDS.labels(endpoint).observe(seconds)


def count_deed(action: str, outcome: str) -> None:
    """Count a deed that was *done*, *refused*, stopped by a *limit*, or a try that *failed*."""
    if _state["counts"]:
        _DEEDS.labels(action, outcome).inc()


def count_sign_in(outcome: str) -> None:
    """Count a completed sign-in (*done*), or why one failed."""
    if _state["counts"]:
        _SIGN_INS.labels(outcome).inc()


def count_code(purpose: str) -> None:
    """Count a one-time code that was asked for."""
    if _state["counts"]:
        _CODES.labels(purpose).inc()


def count_job(task: str, outcome: str, seconds: float) -> None:
    """Count a try of a job: *done* or *failed*."""
    if _state["counts"]:
        _JOBS.labels(task, outcome).inc()
        _JOB_SECONDS.labels(task).observe(seconds)


def count_mail(outcome: str) -> None:
    """Count a mail that was *sent*, *refused* for good, or that *failed* for now."""
    if _state["counts"]:
        _MAILS.labels(outcome).inc()


def written(*more: Collector) -> bytes:
    """Everything counted by this process and those beside it, and what ``more`` collect now."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for one in (_REQUESTS, _REQUEST_SECONDS, _DEEDS, _SIGN_INS, _CODES):
            registry.register(one)
        for one in (_JOBS, _JOB_SECONDS, _MAILS):
            registry.register(one)
    for another in more:
        registry.register(another)
    return generate_latest(registry)
