"""What the states of an access are called: the same words for clients and for staff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

ACCESS_NAMES: Final[Mapping[str, LazyString]] = {
    "offered": lazy_pgettext("access", "Requested"),
    "waiting": lazy_pgettext("access", "Awaiting activation"),
    "active": lazy_pgettext("access", "Active"),
    "suspended": lazy_pgettext("access", "Suspended"),
    "ended": lazy_pgettext("access", "Ended"),
}
"""Status of a membership → its word."""
