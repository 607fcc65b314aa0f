"""What these pages say when a deed ends badly: one sentence for each error code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from app.base.errors import Conflict, Invalid, TooMany
from app.web.formats import format_time
from app.web.forms import STALE, GuichetForm

_SENTENCES: Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str]] = {
    ("", "no_match"): lambda _: gettext(
        "No one in the portal has this name, reference number and address. Check all three."
    ),
    ("", "already_user"): lambda _: gettext(
        "This person already has a role in this account, or an offer of one."
    ),
    ("", "yourself"): lambda _: gettext(
        "You are the account owner already. Enter the details of another person."
    ),
    ("role", "unknown"): lambda _: gettext("Select a role."),
    ("role", "same"): lambda _: gettext("Select a role other than the present one."),
    ("role", "taken"): lambda _: gettext("Another person already has this role."),
    ("old_owner_role", "unknown"): lambda _: gettext("Select what you become afterwards."),
    ("attested", "required"): lambda _: gettext(
        "Confirm that you have signing authority to continue."
    ),
    ("title", "long"): lambda facts: gettext("Enter at most %(max)s characters.", max=facts["max"]),
    ("phone", "phone"): lambda _: gettext(
        "Enter a telephone number with its area code, like 819-555-0142."
    ),
    ("email", "email"): lambda _: gettext("Enter an address with an @, like name@example.ca."),
}

_CONFLICTS: Mapping[str, Callable[[], str]] = {
    "transfer_open": lambda: gettext("The ownership is already offered to someone."),
    "lapsed": lambda: gettext("This offer has lapsed. Ask for a new one."),
}


def show(form: GuichetForm, error: Invalid | TooMany | Conflict) -> None:
    """Put what went wrong where it can be mended: at its field, or above the form."""
    if isinstance(error, TooMany):
        form.add_error(
            None,
            gettext(
                "Too many attempts. Try again after %(time)s.", time=format_time(error.retry_at)
            ),
        )
    elif isinstance(error, Conflict):
        sentence = _CONFLICTS.get(error.reason)
        form.add_error(None, sentence() if sentence else str(STALE))
    else:
        for field, code in error.errors.items():
            name = field if field in form else None
            form.add_error(name, _SENTENCES[field, code](error.values))
