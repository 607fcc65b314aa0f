"""What the staff's screens call the states of registrations, letters and codes, and an address."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.parties.rules.addresses import NBSP, region_name
from app.web.admin import Tag
from app.web.locale import language

REGISTRATION_STATES = {
    "draft": Tag("draft", _p("registration", "Draft")),
    "ineligible": Tag("refused", _p("registration", "Not eligible")),
    "routed": Tag("submitted", _p("registration", "By email")),
    "officer": Tag("turn", _p("registration", "With an officer")),
    "letter": Tag("waiting", _p("registration", "By letter")),
    "proved": Tag("waiting", _p("registration", "Approved")),
    "activated": Tag("done", _p("registration", "Activated")),
    "refused": Tag("refused", _p("registration", "Refused")),
    "lapsed": Tag("ended", _p("registration", "Lapsed")),
    "withdrawn": Tag("ended", _p("registration", "Withdrawn")),
}
OFFICER_REASONS = {
    "address": _p("officer looks", "Address differs"),
    "not_in_registry": _p("officer looks", "Not in the registry"),
    "already_active": _p("officer looks", "Already active"),
    "answers": _p("officer looks", "Answers to examine"),
    "no_facts": _p("officer looks", "No records to ask for"),
}
KINDS = {
    "self": _p("registration", "By the person"),
    "staff": _p("registration", "By staff"),
}
LETTER_KINDS = {
    "code": _p("letter", "With a code"),
    "notice": _p("letter", "Notice"),
}
LETTER_STATES = {
    "due": Tag("turn", _p("letter", "To send")),
    "withheld": Tag("hold", _p("letter", "Withheld")),
    "prepared": Tag("review", _p("letter", "Prepared")),
    "printed": Tag("review", _p("letter", "Printed")),
    "posted": Tag("submitted", _p("letter", "Mailed")),
    "delivered": Tag("done", _p("letter", "Delivered")),
    "returned": Tag("late", _p("letter", "Returned")),
    "replaced": Tag("ended", _p("letter", "Replaced")),
    "cancelled": Tag("ended", _p("letter", "Cancelled")),
}
CODE_STATES = {
    "valid": Tag("waiting", _p("activation code", "Valid")),
    "used": Tag("done", _p("activation code", "Used")),
    "replaced": Tag("ended", _p("activation code", "Replaced")),
    "locked": Tag("refused", _p("activation code", "Locked")),
}
EXPIRED = Tag("late", _p("activation code", "Expired"))
LANGUAGES = {"en": _l("English"), "fr": _l("French")}
COUNTRIES = {"CA": _l("Canada"), "US": _l("United States")}


def one_line(address: dict[str, str] | None) -> str:
    """An address as it is read aloud, no code in it; empty when nothing was typed."""
    if not address:
        return ""
    country, region = address.get("country", ""), address.get("region", "")
    told = {
        **address,
        "region": region_name(country, region, language()),
        "postal_code": address.get("postal_code", "").replace(" ", NBSP),
        "country": str(COUNTRIES.get(country, country)),
    }
    parts = ("street", "city", "region", "postal_code", "country")
    return ", ".join(told[part] for part in parts if told.get(part))
