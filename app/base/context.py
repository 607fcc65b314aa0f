"""Where a deed comes from: set once a request or job, read by the trail."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Origin:
    """Who acts, through which session, from which address, in which request.

    ``person_id`` is None for visitors and for the portal's own jobs. ``code_verified_at``
    is when this session last proved a one-time code: step-up counts from it. ``request_id`` is the
    reference that error pages show; a job has that of the request which enqueued it, and names
    itself in ``job``. ``endpoint`` is the page's name, without anything of its address.
    """

    person_id: int | None = None
    session_id: int | None = None
    address: str | None = None
    request_id: str | None = None
    language: str = "en"
    code_verified_at: datetime | None = None
    endpoint: str | None = None
    job: str | None = None


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)
_NOBODY = Origin()


def origin() -> Origin:
    """The origin of the running request or job."""
    return _origin.get() or _NOBODY


def set_origin(value: Origin) -> None:
    """Set by the gate at the start of a request, by the worker at the start of a job."""
    _origin.set(value)
