"""What is said of name, address and facts: never which of them was wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.base.errors import Invalid
from app.web.formats import format_datetime
from app.web.forms import GuichetForm

_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "name_and_address": lambda facts: ngettext(
        "These data do not match our file. Enter them exactly as recorded, punctuation included."
        " You have %(num)s try left.",
        "These data do not match our file. Enter them exactly as recorded, punctuation included."
        " You have %(num)s tries left.",
        facts["left"],
    ),
    "facts": lambda facts: ngettext(
        "Your answers do not match our file. Check them all. You have %(num)s try left.",
        "Your answers do not match our file. Check them all. You have %(num)s tries left.",
        facts["left"],
    ),
    "too_few": lambda facts: _("Answer at least %(num)s of these questions.", num=facts["num"]),
    "locked": lambda facts: _(
        "Too many attempts. Try again after %(time)s.", time=format_datetime(facts["until"])
    ),
    "business_locked": lambda _facts: _(
        "Too many attempts were made for this business. Contact us: only staff can allow more."
    ),
}


def show_facts(form: GuichetForm, error: Invalid) -> None:
    """Put above the form what concerns all of it: that is never a single field."""
    for code in error.errors.values():
        form.add_error(None, _SENTENCES[code](error.values))


def zero_amount() -> str:
    """What is said at an amount of zero where zero proves nothing."""
    return str(_("Enter an amount other than zero."))
