"""What these pages say when a deed ends badly, and the words of reasons and states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask_babel import gettext, lazy_gettext, pgettext
from flask_babel import lazy_pgettext as _p

from app.base.errors import Conflict, Invalid, TooMany
from app.web.formats import format_time
from app.web.forms import STALE, GuichetForm

REASONS: Final[Mapping[str, Any]] = {
    "bn": lazy_gettext("This business number contains a typing error. Check each digit."),
    "own": lazy_gettext("This is the number of your own business."),
    "acting": lazy_gettext("Your business already acts for the whole of this client."),
    "asked": lazy_gettext("Your business has already asked this client and waits for the answer."),
    "twice": lazy_gettext("This number is twice in the list."),
    "not_granted": lazy_gettext("Whoever sent the list may no longer ask clients."),
}
"""Why a number is not asked: nothing here tells whether a business exists."""

STATES: Final[Mapping[str, tuple[str, Any]]] = {
    "waiting": ("waiting", _p("request to a client", "Awaiting answer")),
    "asked": ("waiting", _p("request to a client", "Awaiting answer")),
    "withdrawn": ("ended", _p("request to a client", "Withdrawn")),
    "answered": ("done", _p("request to a client", "Answered")),
    "skipped": ("refused", _p("request to a client", "Not asked")),
}
"""What became of an ask: whether the worker has been there yet is no one’s concern."""

_SENTENCES: Final[Mapping[tuple[str, str], Callable[[Mapping[str, Any]], str]]] = {
    ("comment", "too_long"): lambda v: gettext("Enter at most %(max)s characters.", max=v["most"]),
    ("reason", "too_long"): lambda v: gettext("Enter at most %(max)s characters.", max=v["most"]),
    ("reason", "empty"): lambda _: gettext("Enter the reason."),
    ("numbers", "empty"): lambda _: gettext("Enter at least one business number."),
    ("numbers", "too_many"): lambda v: gettext(
        "Enter at most %(max)s business numbers at once.", max=v["most"]
    ),
    ("level", "unknown"): lambda _: gettext("Select a level."),
    ("parts", "empty"): lambda _: gettext("Select at least one program account."),
    ("parts", "unknown"): lambda _: gettext("Select among the program accounts shown."),
    ("parts", "taken"): lambda _: gettext(
        "The third party already acts for one of these program accounts. Clear its box."
    ),
    ("starts", "past"): lambda _: gettext("The start date must be today or later."),
    ("ends", "past"): lambda _: gettext("The end date must be today or later."),
    ("ends", "before_start"): lambda _: gettext("The end date must be after the start date."),
    ("who", "unknown"): lambda _: gettext("Select a person or a group."),
    ("acting", "unknown"): lambda _: gettext("Select what they are for the client."),
    ("name", "taken"): lambda _: gettext("A group already has this name. Enter a different one."),
    ("name", "empty"): lambda _: gettext("Enter the name of the group."),
    ("name", "too_long"): lambda v: gettext("Enter at most %(max)s characters.", max=v["most"]),
}

_CONFLICTS: Final[Mapping[str, Callable[[], str]]] = {
    "too_early": lambda: gettext("Third parties cannot be approved yet for this business."),
    "closed": lambda: gettext("This account is closed."),
}


def show(form: GuichetForm, error: Invalid | TooMany | Conflict) -> None:
    """Put what went wrong where it can be mended: at its field, or above the form."""
    if isinstance(error, TooMany):
        time = format_time(error.retry_at)
        form.add_error(None, gettext("Too many attempts. Try again after %(time)s.", time=time))
    elif isinstance(error, Conflict):
        sentence = _CONFLICTS.get(error.reason)
        form.add_error(None, sentence() if sentence else str(STALE))
    else:
        for field, code in error.errors.items():
            form.add_error(field if field in form else None, _sentence(field, code, error.values))


def _sentence(field: str, code: str, values: Mapping[str, Any]) -> str:
    if field == "number":
        return str(REASONS[code])
    return _SENTENCES[field, code](values)


def ended_words(reason: str | None) -> str:
    """Why a delegation ended: what somebody typed, or the words for what happened by itself."""
    words = {
        "over": pgettext("end of a delegation", "The end date passed"),
        "changed": pgettext("end of a delegation", "Replaced by a change"),
    }
    return str(words.get(reason or "", reason or ""))
