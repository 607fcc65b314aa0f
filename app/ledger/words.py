"""What the staff's pages call the kinds, states and columns of the ledger, and its errors."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_pgettext as _p
from flask_babel import pgettext

from app.web.admin import Tag
from app.web.staff.importing import ErrorWords, Sentences

KINDS: Final = {
    "transaction": _p("ledger line", "Transaction"),
    "payment": _p("ledger line", "Payment"),
    "statement": _p("ledger line", "Statement of account"),
}
STATES: Final = {
    "open": Tag("waiting", _p("ledger line", "Open")),
    "arrears": Tag("late", _p("ledger line", "In arrears")),
    "paid": Tag("done", _p("ledger line", "Paid")),
    "cancelled": Tag("ended", _p("ledger line", "Cancelled")),
}


def error_words() -> ErrorWords:
    """Made anew for each request, since it follows the reader's language."""
    columns = {
        "bn": _("Business number (BN)"),
        "program_account": pgettext("column", "Program account"),
        "kind": pgettext("column", "Kind"),
        "number": pgettext("column", "Number"),
        "dated": pgettext("column", "Date"),
        "description": pgettext("column", "Description"),
        "amount": pgettext("column", "Amount"),
        "state": pgettext("column", "Status"),
        "due_on": pgettext("column", "Due date"),
        "submitted_by": pgettext("column", "Submitted by"),
    }
    return ErrorWords(columns, _SENTENCES)


_SENTENCES: Final[Sentences] = {
    "no_lines": lambda _e: _("The file holds no line of the ledger."),
    "too_many": lambda _e: _("A file holds at most 100,000 lines."),
    "program_account": lambda _e: _("Enter 2 letters and 4 digits, like RM0001."),
    "kind": lambda _e: _("Enter transaction, payment or statement."),
    "dated": lambda _e: _("Enter a date that exists, like 2026-08-31."),
    "due_on": lambda _e: _("Enter a date that exists, like 2026-08-31."),
    "amount": lambda _e: _("Enter an amount in digits, like 1234.56."),
    "payment": lambda _e: _("Put a minus before what was paid, like -1234.56."),
    "state": lambda _e: _("Enter open, in arrears, paid or cancelled."),
    "submitted_by": lambda _e: _("The check digit of the business number is wrong."),
    "unshowable": lambda _e: _("Remove the characters that cannot be shown."),
    "not_in_registry": lambda _e: _(
        "The registry has no such business. Import the registry first."
    ),
    "account_missing": lambda _e: _(
        "This business has program accounts. Enter the one that the line is about."
    ),
    "other_account": lambda _e: _(
        "This business does not have this program account in the registry. Check it there."
    ),
    "kept": lambda e: _(
        "The ledger has %(value)s here, and keeps it. Bring a correction as another line.",
        value=e.value,
    ),
}
