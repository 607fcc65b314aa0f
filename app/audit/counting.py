"""What the trail is told, counted for the metrics: how many, never of whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.audit.events import Event, Outcome
from app.base import metrics
from app.base.errors import Refused, TooMany

_KEPT_OUT: Final[Mapping[str, str]] = {
    Event.PASSWORD_WRONG: "password_wrong",
    Event.CODE_WRONG: "code_wrong",
    Event.SIGN_IN_LOCKED: "locked",
}


def count(values: Mapping[str, Any]) -> None:
    """Count an entry that was written. Refusals are counted apart, whether or not they are told."""
    event = values["event"]
    if values["outcome"] != Outcome.REFUSED:
        metrics.count_deed(event, values["outcome"])
    if event == Event.SIGNED_IN:
        metrics.count_sign_in("done")
    elif event in _KEPT_OUT:
        metrics.count_sign_in(_KEPT_OUT[event])
    elif event == Event.CODE_SENT:
        metrics.count_code(str(values["changes"]["purpose"][1]))


def count_refused(error: Refused | TooMany) -> None:
    """Count a refusal or a full limit, once, whoever reports it first."""
    if error.counted:
        return
    error.counted = True
    if isinstance(error, TooMany):
        metrics.count_deed(error.limit, "limit")
    else:
        metrics.count_deed(error.action, "refused")
