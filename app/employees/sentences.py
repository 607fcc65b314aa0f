"""What these pages say when a deed ends badly: one sentence for each error code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from app.base.errors import Conflict, Invalid, TooMany
from app.web.formats import format_moment
from app.web.forms import STALE, GuichetForm

_SENTENCES: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {
    ("", "already_member"): lambda _: gettext("You have access to this business already."),
    ("", "already_asked"): lambda _: gettext(
        "You have asked this business already. Wait for the answer, or withdraw your request."
    ),
    ("", "same"): lambda _: gettext("The person has exactly this access already."),
    ("number", "bn"): lambda _: gettext(
        "This business number contains a typing error. Check each digit."
    ),
    ("program_account", "format"): lambda _: gettext("Enter 2 letters and 4 digits, like RM0001."),
    ("comment", "empty"): lambda _: gettext("Say who you are and what you do there."),
    ("comment", "long"): lambda facts: gettext(
        "Enter at most %(max)s characters.", max=facts["max"]
    ),
    ("role", "unknown"): lambda _: gettext("Select a role."),
    ("role", "taken"): lambda _: gettext("Another person already has this role."),
    ("role", "held"): lambda _: gettext(
        "The person has access already. Change it on their page instead."
    ),
    ("parts", "held"): lambda _: gettext(
        "The person has access there already. Change it on their page instead."
    ),
    ("parts", "whole"): lambda _: gettext(
        "This role reaches every program account. Clear all the boxes."
    ),
    ("parts", "none"): lambda _: gettext("Select at least one program account for this role."),
    ("parts", "unknown"): lambda _: gettext("Select program accounts of this business."),
    ("ends_on", "required"): lambda _: gettext("This role has no last day. Leave the date empty."),
    ("ends_on", "past"): lambda _: gettext("Enter today’s date or a later one."),
    ("reason", "empty"): lambda _: gettext("Enter a reason. The person reads it."),
    ("reason", "long"): lambda facts: gettext(
        "Enter at most %(max)s characters.", max=facts["max"]
    ),
    ("chosen", "none"): lambda _: gettext("Select the access to end."),
}

_CONFLICTS: Mapping[str, Callable[[], str]] = {
    "closed": lambda: gettext("The account is closed. No one can be given access."),
    "moved_on": lambda: gettext("This request has been answered or withdrawn."),
}


def show(form: GuichetForm, error: Invalid | TooMany | Conflict) -> None:
    """Put what went wrong where it can be mended: at its field, or above the form."""
    if isinstance(error, TooMany):
        form.add_error(
            None,
            gettext(
                "You have asked too often. Ask again after %(time)s.",
                time=format_moment(error.retry_at),
            ),
        )
    elif isinstance(error, Conflict):
        sentence = _CONFLICTS.get(error.reason)
        form.add_error(None, sentence() if sentence else str(STALE))
    else:
        for field, code in error.errors.items():
            form.add_error(field if field in form else None, _SENTENCES[field, code](error.values))
