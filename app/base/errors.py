"""The few ways a deed can end badly; the shell gives each one page.

Services raise these, never an HTTP status. ``app.web.errors`` maps them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


class GuichetError(Exception):
    """Anything a service raises on purpose."""


class NotFound(GuichetError):
    """The row does not exist, or the person may not know that it does (404).

    The two answers are the same so that an address cannot be used to find out
    which accounts exist. ``asked`` is who asked for which row (``app.authority.hidden``), where
    whoever looked for it knows: the trail tells of rows that were hidden, the answer never does.
    """

    def __init__(self, what: str = "", *, asked: object = None) -> None:
        super().__init__(what)
        self.asked = asked


class Refused(GuichetError):
    """The person may not do this deed (403).

    ``action`` is the action code that was asked for and ``reason`` a stable word
    for the trail (never shown). ``person_id`` is who asked and ``target`` on what, as plain
    ids (``app.audit.targets``), where whoever refuses knows them. ``recorded`` turns true
    once the trail holds the refusal, ``counted`` once the metrics do.
    """

    def __init__(
        self,
        action: str,
        reason: str = "not_granted",
        *,
        person_id: int | None = None,
        target: object = None,
    ) -> None:
        super().__init__(f"{action}: {reason}")
        self.action = action
        self.reason = reason
        self.person_id = person_id
        self.target = target
        self.recorded = self.counted = False


class StepUpNeeded(GuichetError):
    """The deed asks for a code verified in the last minutes: send the person to step-up."""


class Invalid(GuichetError):
    """What was typed cannot be used (422, shown at the field).

    ``errors`` maps a field's name ("" for the whole form) to a stable error code;
    pages turn the code into one sentence in the reader's language.
    ``values`` are the numbers or names that the sentence needs.
    """

    def __init__(self, errors: Mapping[str, str], **values: Any) -> None:
        super().__init__(", ".join(f"{field}: {code}" for field, code in errors.items()))
        self.errors = dict(errors)
        self.values = values


class Conflict(GuichetError):
    """Somebody else changed it meanwhile, or its state no longer allows the deed (409)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooMany(GuichetError):
    """A limit is reached (429). ``retry_at`` is when the next try is allowed.

    ``person_id``, ``target``, ``recorded`` and ``counted`` are those of ``Refused``; a limit that
    is reached again and again is recorded once a window.
    """

    def __init__(
        self,
        limit: str,
        retry_at: datetime,
        *,
        person_id: int | None = None,
        target: object = None,
    ) -> None:
        super().__init__(limit)
        self.limit = limit
        self.retry_at = retry_at
        self.person_id = person_id
        self.target = target
        self.recorded = self.counted = False
