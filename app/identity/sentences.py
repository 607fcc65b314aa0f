"""What the pages of sign-in say when a deed ends badly: one sentence for each error code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext

from app.base.db import now
from app.base.errors import Invalid, TooMany
from app.programs.library import portal
from app.web.formats import format_moment, format_time
from app.web.forms import GuichetForm

_SHORT_WAIT_SECONDS = 120

_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "credential": lambda _: gettext("The username or password is incorrect."),
    "access_closed": lambda _: gettext("Your access to the portal is closed. Contact us."),
    "factor_disabled": lambda _: gettext("Your account no longer accepts codes. Contact us."),
    "code_expired": lambda _: gettext("This code has expired. Request a new one."),
    "code_mismatch": lambda facts: ngettext(
        "This code does not match. You have %(num)s try left.",
        "This code does not match. You have %(num)s tries left.",
        facts["left"],
    ),
    "name_length": lambda _: gettext("The username must have 4 to 64 characters."),
    "name_characters": lambda _: gettext(
        "Use only letters without accents, digits and . - _ + @ in the username."
    ),
    "name_taken": lambda _: gettext("Someone already has this username. Enter a different one."),
    "password_short": lambda facts: gettext(
        "The password must have at least %(min)s characters.", min=facts["min"]
    ),
    "password_long": lambda facts: gettext(
        "The password must have at most %(max)s characters.", max=facts["max"]
    ),
    "password_characters": lambda facts: gettext(
        "Remove these characters from the password: %(chars)s", chars=facts["chars"]
    ),
    "password_context": lambda _: gettext(
        "Do not put your username, email address or the word Guichet in the password."
    ),
    "password_common": lambda _: gettext("This password is easy to guess. Enter a different one."),
    "present_password": lambda _: gettext("The present password is incorrect."),
    "phone": lambda _: gettext("Enter a telephone number with its area code, like 819-555-0142."),
}


def show(form: GuichetForm, error: Invalid | TooMany) -> None:
    """Put what went wrong where it can be mended: at its field, or above the form."""
    if isinstance(error, TooMany):
        form.add_error(None, too_many(error))
        return
    for field, code in error.errors.items():
        name = field if field in form else None
        form.add_error(name, _SENTENCES[code](error.values))


def too_many(error: TooMany) -> str:
    """Say when the next try is allowed."""
    moment = now()
    if error.limit in {"resend", "reset_resend"}:
        seconds = max(1, round((error.retry_at - moment).total_seconds()))
        if seconds <= _SHORT_WAIT_SECONDS:
            wait: str = ngettext(
                "Wait %(num)s second before requesting a code.",
                "Wait %(num)s seconds before requesting a code.",
                seconds,
            )
            return wait
        words = gettext("Too many codes were sent. Request a new one after %(time)s.")
    else:
        words = gettext("Too many attempts. Sign in again after %(time)s.")
    return str(words) % {"time": _when(error.retry_at, moment)}


def _when(later: datetime, moment: datetime) -> str:
    zone = portal().zone
    same_day = later.astimezone(zone).date() == moment.astimezone(zone).date()
    return format_time(later) if same_day else format_moment(later)
