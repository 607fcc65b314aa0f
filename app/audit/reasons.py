"""The words for the reasons that the trail keeps as codes: why something ended, or was refused.

One code means different things of different rows, so the reasons stand by the first word of the
event: *refused* of a membership is not *refused* of a letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString

Reasons = Mapping[str, LazyString]

ENDINGS: Final[Reasons] = {
    "left": lazy_pgettext("end of access", "Left the account"),
    "removed": lazy_pgettext("end of access", "Removed"),
    "declined": lazy_pgettext("end of access", "Declined the role"),
    "refused": lazy_pgettext("end of access", "Not activated"),
    "withdrawn": lazy_pgettext("end of access", "Offer withdrawn"),
    "lapsed": lazy_pgettext("end of access", "Offer lapsed"),
    "transferred": lazy_pgettext("end of access", "Ownership transferred"),
    "became_owner": lazy_pgettext("end of access", "Became account owner"),
    "role_changed": lazy_pgettext("end of access", "Role changed"),
    "expired": lazy_pgettext("end of access", "End date reached"),
    "off_boarded": lazy_pgettext("end of access", "Left the business"),
}
"""Why a membership ended."""

SESSION_ENDINGS: Final[Reasons] = {
    "signed_out": lazy_pgettext("end of session", "Signed out"),
    "replaced": lazy_pgettext("end of session", "Replaced by a new one"),
    "by_person": lazy_pgettext("end of session", "Ended by the person"),
    "by_staff": lazy_pgettext("end of session", "Ended by staff"),
    "password_changed": lazy_pgettext("end of session", "Password changed"),
    "disabled": lazy_pgettext("end of session", "Person disabled"),
}
"""Why a session ended."""

_NAMING: Final[Reasons] = {
    "no_match": lazy_pgettext("reason", "No one matches these three details"),
    "already_user": lazy_pgettext("reason", "The person has a role already"),
    "yourself": lazy_pgettext("reason", "The details are those of the account owner"),
    "taken": lazy_pgettext("reason", "Another person has this role"),
    "unknown": lazy_pgettext("reason", "There is no such role"),
}
# A letter, its code and the registration itself end for the same reasons.
_REGISTRATION: Final[Reasons] = {
    "approved": lazy_pgettext("reason", "The registration was approved"),
    "refused": lazy_pgettext("reason", "The registration was refused"),
    "withdrawn": lazy_pgettext("reason", "The registration was withdrawn"),
    "lapsed": lazy_pgettext("reason", "The registration lapsed"),
    "other_owner": lazy_pgettext("reason", "Another person becomes the account owner"),
    "activated_by_another": lazy_pgettext("reason", "Another person activated the account"),
}
_LETTER: Final[Reasons] = {
    "registered": lazy_pgettext("reason", "The business was registered"),
    "created_by_staff": lazy_pgettext("reason", "Staff registered the business"),
    "asked_by_person": lazy_pgettext("reason", "The person asked for a new code"),
    "made_anew": lazy_pgettext("reason", "The letter was made again"),
    "new_letter": lazy_pgettext("reason", "A new letter replaces it"),
    "account_begun": lazy_pgettext("reason", "The account was opened from the records"),
}
_FACTS: Final[Reasons] = {
    "name_and_address": lazy_pgettext("reason", "Name and address"),
    "facts": lazy_pgettext("reason", "Answers from the records"),
    "person": lazy_pgettext("reason", "Too many failures of this person"),
    "business": lazy_pgettext("reason", "Too many failures for this business"),
}
_LAPSE: Final[Reasons] = {
    "draft_too_long": lazy_pgettext("reason", "Unfinished for too long"),
    "letter_too_long": lazy_pgettext("reason", "Not activated in time"),
    "proved_too_long": lazy_pgettext("reason", "Terms not accepted in time"),
}
_ACTIVATION: Final[Reasons] = {
    "no_match": lazy_pgettext("reason", "The two numbers do not match"),
    "tries_used_up": lazy_pgettext("reason", "No try is left"),
}
_REFUSAL: Final[Reasons] = {
    "not_granted": lazy_pgettext("reason", "The role does not allow it"),
    "role_not_given": lazy_pgettext("reason", "The role cannot give this one"),
    "required_role": lazy_pgettext("reason", "The account owner cannot leave"),
    "last_holder": lazy_pgettext("reason", "The last person with the role stays"),
    "own": lazy_pgettext("reason", "No one decides on what is their own"),
    "own_company": lazy_pgettext("reason", "No one approves their own company as a third party"),
    "own_person": lazy_pgettext("reason", "No one does this to themselves"),
    "ceiling": lazy_pgettext("reason", "The kind of staff cannot give this one"),
    "not_staff": lazy_pgettext("reason", "The person is not on the staff"),
    "no_session": lazy_pgettext("reason", "No one was signed in"),
    "no_such_permission": lazy_pgettext("reason", "The kind of staff does not have this page"),
    "not_visible": lazy_pgettext("reason", "The person may not see it"),
}
SIGN_IN: Final[Reasons] = {
    "disabled": lazy_pgettext("reason", "The person is disabled"),
    "unverified": lazy_pgettext("reason", "The email address is not confirmed"),
    "locked": lazy_pgettext("reason", "Sign-in is locked"),
    "factor_disabled": lazy_pgettext("reason", "Codes are no longer accepted"),
    "code_expired": lazy_pgettext("reason", "The code has expired, or no try is left"),
    "unknown_name": lazy_pgettext("reason", "No one has this username"),
    "too_many": lazy_pgettext("reason", "A limit is reached"),
}
"""Why a sign-in was refused, or a password reset sent nothing."""

REASONS: Final[Mapping[str, Reasons]] = {
    "membership": {**ENDINGS, **_NAMING},
    "transfer": _NAMING,
    "registration": {**_REGISTRATION, **_LAPSE},
    "letter": {**_REGISTRATION, **_LETTER},
    "activation_code": {**_REGISTRATION, **_LETTER},
    "activation": _ACTIVATION,
    "facts": _FACTS,
    "session": {**SESSION_ENDINGS, "others": lazy_pgettext("end of session", "All but this one")},
    "deed": _REFUSAL,
    "sign_in": SIGN_IN,
}
"""First word of the event → code → its words."""

TYPED: Final = frozenset(
    {
        "person.unlocked", "person.disabled", "person.enabled", "registration.refused",
        "registration.ineligible", "registration.routed", "facts.unlocked", "trail.erased",
    }
)  # fmt: skip
"""Events whose reason is a sentence: somebody typed it, or the definition says it."""


def reason_words(event: str, codes: str) -> str:
    """What a reason of an event says to a reader; several are parted by semicolons.

    A reason without words (of an event that is recorded no more) stays as it was written.
    """
    if event in TYPED:
        return codes
    known = REASONS.get(event.partition(".")[0], {})
    return "; ".join(str(known.get(code, code)) for code in codes.split("; "))
