"""What the kinds of staff are called, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

STAFF_NAMES: Mapping[str, LazyString] = {
    "program_officer": lazy_pgettext("staff", "Program officer"),
    "technical_support": lazy_pgettext("staff", "Technical support"),
    "supervisor": lazy_pgettext("staff", "Supervisor"),
    "auditor": lazy_pgettext("staff", "Auditor"),
    "administrator": lazy_pgettext("staff", "Administrator"),
}

STAFF_DUTIES: Mapping[str, LazyString] = {
    "program_officer": lazy_pgettext("staff", "Decides registrations and sends letters"),
    "technical_support": lazy_pgettext("staff", "Helps people sign in again"),
    "supervisor": lazy_pgettext("staff", "Does both, and disables people"),
    "auditor": lazy_pgettext("staff", "Reads everything and changes nothing"),
    "administrator": lazy_pgettext("staff", "Gives and ends staff assignments"),
}
"""One line for the form in which a kind is chosen; 90 characters at most."""
