"""What consents are called when people read them: whether one lets anything be shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_pgettext

from app.consents.rules import Effect

EFFECTS: Final[Mapping[Effect, tuple[str, Any]]] = {
    "effective": ("done", lazy_pgettext("consent", "In effect")),
    "not_begun": ("waiting", lazy_pgettext("consent", "Not in effect yet")),
    "ended": ("ended", lazy_pgettext("consent", "No longer in effect")),
    "withdrawn": ("ended", lazy_pgettext("consent", "Withdrawn")),
}
"""The tag's shape, and its words."""
