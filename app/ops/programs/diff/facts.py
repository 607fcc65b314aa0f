"""What a change of one key means, where that can be said without its value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

SWITCHES: Final[Mapping[str, tuple[LazyString, LazyString]]] = {
    "required": (
        _l("%(place)s may now be left out."),
        _l("%(place)s must now be there."),
    ),
    "exclusive": (
        _l("%(place)s may now be held by several people."),
        _l("%(place)s is now held by one person at most."),
    ),
    "may_not_apply": (
        _l("%(place)s can no longer be said not to apply."),
        _l("%(place)s may now be said not to apply, with a reason."),
    ),
    "may_be_copied": (
        _l("%(place)s can no longer begin as a copy."),
        _l("%(place)s may now begin as a copy of another."),
    ),
    "counts_at_once": (
        _l("%(place)s counts only once it is submitted."),
        _l("%(place)s now counts when it is saved."),
    ),
    "asks_reason": (
        _l("%(place)s no longer asks for a reason."),
        _l("%(place)s now asks for a reason."),
    ),
    "submits": (
        _l("%(place)s no longer keeps what was answered."),
        _l("%(place)s now keeps what was answered, under a number."),
    ),
    "initial": (
        _l("%(place)s is no longer where it begins."),
        _l("%(place)s is now where it begins."),
    ),
    "final": (
        _l("%(place)s is no longer an end."),
        _l("%(place)s is now an end."),
    ),
    "default": (
        _l("%(place)s: hidden at first."),
        _l("%(place)s: shown at first."),
    ),
    "groups": (
        _l("People are no longer put on clients by groups."),
        _l("People may now be put on clients by groups."),
    ),
    "program_account": (
        _l("%(place)s: whoever asks no longer names a program account."),
        _l("%(place)s: whoever asks may now name a program account."),
    ),
    "benefits": (
        _l("%(place)s no longer brings the benefits."),
        _l("%(place)s now brings the benefits."),
    ),
}
"""Key → what is said when it became no, and when it became yes."""

FACTS: Final[Mapping[str, LazyString]] = {
    "shown_when": _l("%(place)s is asked under other conditions."),
    "help": _l("%(place)s is explained otherwise."),
    "hint": _l("%(place)s is explained otherwise."),
    "lead": _l("%(place)s is introduced otherwise."),
    "description": _l("%(place)s is described otherwise."),
    "requirement": _l("%(place)s shows another requirement."),
    "declaration": _l("%(place)s asks for another declaration."),
    "notices": _l("%(place)s tells others, or in other words."),
    "source": _l("%(place)s names another source."),
    "none_of_these": _l("%(place)s: “none of these” is offered otherwise."),
    "consequences": _l("%(place)s leads to something else."),
    "remind_after": _l("The reminders go out on other days."),
    "reminders": _l("The reminders go out on other days."),
    "reach": _l("%(place)s now reaches more, or less, than before."),
}

KEYS: Final[Mapping[str, LazyString]] = {
    "within": lazy_pgettext("key", "time allowed"),
    "counted_from": lazy_pgettext("key", "counted from"),
    "valid": lazy_pgettext("key", "life of the activation code"),
    "expected_within": lazy_pgettext("key", "time that the letter takes"),
    "late_after": lazy_pgettext("key", "letter late after"),
    "lapse_after": lazy_pgettext("key", "time to ask for another letter"),
    "draft_life": lazy_pgettext("key", "life of unfinished answers"),
    "accept_within": lazy_pgettext("key", "time to accept"),
    "opens_after": lazy_pgettext("key", "delay before the first delegation"),
    "asked_at_once": lazy_pgettext("key", "clients on one list"),
    "longest_comment": lazy_pgettext("key", "length of a comment"),
    "immediate": lazy_pgettext("key", "at once"),
    "role": lazy_pgettext("key", "role"),
    "old_holder_becomes": lazy_pgettext("key", "role offered to the former owner"),
    "old_holder_may_leave": lazy_pgettext("key", "the former owner may leave"),
    "attestation": lazy_pgettext("key", "declaration"),
    "by": lazy_pgettext("key", "made by"),
    "action": lazy_pgettext("key", "action needed"),
    "goes_to": lazy_pgettext("key", "state that it leads to"),
    "standing": lazy_pgettext("key", "what the account becomes"),
    "clock": lazy_pgettext("key", "service standard that begins"),
    "opened": lazy_pgettext("key", "beginning"),
    "group": lazy_pgettext("key", "heading"),
    "repeated": lazy_pgettext("key", "repetition"),
    "accepted": lazy_pgettext("key", "time of acceptance"),
    "version": lazy_pgettext("key", "version"),
    "published": lazy_pgettext("key", "day of publication"),
    "sections": lazy_pgettext("key", "wording"),
    "title": lazy_pgettext("key", "title"),
    "email": lazy_pgettext("key", "e-mail address"),
    "telephone": lazy_pgettext("key", "telephone number"),
    "hours": lazy_pgettext("key", "opening hours"),
    "unit": lazy_pgettext("key", "unit"),
    "format_error": lazy_pgettext("key", "sentence about a mistake"),
    "pattern": lazy_pgettext("key", "format"),
}
"""What a key is called in a sentence; one that is not here is named as the file writes it."""
LABELS: Final[Mapping[str, str]] = {
    "role": "roles",
    "old_holder_becomes": "roles",
    "goes_to": "states",
    "standing": "standings",
    "clock": "service_standards",
}
"""Key whose value is a code → where the code has its label."""
