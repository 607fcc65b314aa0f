"""What the page of a move says when something stands in its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flask_babel import gettext as _

from app.base.errors import Conflict, Invalid
from app.cases.admin.case import Opened
from app.web.formats import format_number

_GUARDS: Final[Mapping[str, Callable[[], str]]] = {
    "all_sections_complete": lambda: _("Not every section of the application is complete."),
    "documents_scanned": lambda: _("A document waits for its scan, or was found to be harmful."),
    "one_owner": lambda: _("The account does not have its one owner."),
}


def in_the_way(error: Conflict, here: Opened) -> str:
    """Why the move cannot be made; ``here`` is the case as it is by now."""
    if error.reason in _GUARDS:
        return str(_GUARDS[error.reason]())
    return str(
        _(
            "Someone else moved this application meanwhile. Its status is now: %(state)s.",
            state=str(here.tag),
        )
    )


def fault(error: Invalid) -> str:
    """What is wrong with the reason."""
    if error.errors.get("reason") == "too_long":
        most = format_number(int(str(error.values["max"])))
        return str(_("Enter at most %(max)s characters.", max=most))
    return str(_("Enter the reason."))
