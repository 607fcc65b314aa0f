"""What the parts of a definition are called on the analyst's screen, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from flask_babel import gettext as _
from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

if TYPE_CHECKING:
    from app.programs.schema.base import Text

TYPES: Final[Mapping[str, LazyString]] = {
    "short_text": lazy_pgettext("question", "short text"),
    "long_text": lazy_pgettext("question", "long text"),
    "number": lazy_pgettext("question", "number"),
    "money": lazy_pgettext("question", "amount of money"),
    "date": lazy_pgettext("question", "day"),
    "yes_no": lazy_pgettext("question", "yes or no"),
    "one_of": lazy_pgettext("question", "one choice"),
    "several_of": lazy_pgettext("question", "several choices"),
    "country": lazy_pgettext("question", "country"),
    "address": lazy_pgettext("question", "address"),
    "person": lazy_pgettext("question", "person"),
    "table": lazy_pgettext("question", "table"),
    "document": lazy_pgettext("question", "documents or pictures"),
}
GUARDS: Final[Mapping[str, LazyString]] = {
    "all_sections_complete": lazy_pgettext("guard", "every section is complete"),
    "documents_scanned": lazy_pgettext("guard", "every document was scanned"),
    "fresh_code": lazy_pgettext("guard", "a code was entered a moment ago"),
    "one_owner": lazy_pgettext("guard", "the account has its owner"),
}
RECIPIENTS: Final[Mapping[str, LazyString]] = {
    "owner": lazy_pgettext("told", "the account owner"),
    "mover": lazy_pgettext("told", "whoever makes the move"),
    "users": lazy_pgettext("told", "everybody with access to the account"),
    "officers": lazy_pgettext("told", "the officers"),
}
COLON: Final = {"en": ": ", "fr": "\u00a0: "}
"""What stands between a name and what it names."""


def quoted(text: Text | str, language: str) -> str:
    """A text between the quotation marks of the language."""
    words = text if isinstance(text, str) else text.say(language)
    return f"«\u00a0{words}\u00a0»" if language == "fr" else f"“{words}”"


def listed(words: Iterable[str]) -> str:
    """Words one after the other, the last two joined by “and”."""
    *rest, last = words
    return _("%(words)s and %(last)s", words=", ".join(rest), last=last) if rest else last


def either(words: Iterable[str]) -> str:
    """Words one after the other, the last two joined by “or”."""
    *rest, last = words
    return _("%(words)s or %(last)s", words=", ".join(rest), last=last) if rest else last
