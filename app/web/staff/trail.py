"""What an entry of the trail says: its fields by their labels, their values in words.

Every field that an event may tell stands here once: in `READ_AS` with the way its value is read,
or in `AS_WRITTEN` when it is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.audit.labels import LIMITS, field_label
from app.audit.models import Entry
from app.authority.staff_names import STAFF_NAMES
from app.documents.sentences import SCANS
from app.web.staff import trail_cases as cases
from app.web.staff import trail_consents as consents
from app.web.staff import trail_delegations as delegations
from app.web.staff import trail_values as values
from app.web.staff.defined import Defined
from app.web.staff.trail_names import NAMED, Names
from app.web.staff.trail_values import Reader, Told, all_among, among

KINDS: Final[Mapping[str, Any]] = {
    "email_code": _l("Code by email"),
    "mfa": _p("terms", "Terms of multi-factor authentication"),
    "portal": _p("terms", "Terms of use of the portal"),
    "program": _p("terms", "Terms of use of the program"),
}
PURPOSES: Final[Mapping[str, Any]] = {
    "sign_up": _p("purpose", "Sign-up"),
    "sign_in": _p("purpose", "Sign-in"),
    "password_reset": _p("purpose", "Password reset"),
    "step_up": _p("purpose", "Confirmation of identity"),
}
FORMATS: Final[Mapping[str, Any]] = {"csv": "CSV", "xlsx": "XLSX"}
LANGUAGES: Final[Mapping[str, Any]] = {"en": _l("English"), "fr": _l("French")}
COUNTRIES: Final[Mapping[str, Any]] = {"CA": _l("Canada"), "US": _l("United States")}
ROLES: Final = Defined("roles")


def _kind(told: Told, field: str, value: str) -> str:
    """The screens know the kinds of registrations; of a factor and of terms they show none."""
    found = values.state(told, field, value)
    return found if found != value else str(KINDS.get(value, value))


_BY_READER: Final[Mapping[Reader, str]] = {
    values.name: " ".join(NAMED),  # the columns of an entry too
    values.yes_or_no: "active attested proposed",
    values.count: "added changed failures in_a_row in_all locks row_count rows sessions_ended"
    " tries",
    values.moment: "disabled_at due_on ends_at expires_at locked_at locked_until"
    " offer_expires_at retry_at starts_at",
    values.phone: "contact_phone phone",
    values.address: "mailing_address",
    values.state: "officer_reason state status",
    values.reason: "reason",
    values.action: "action",
    values.deed: "deed",
    values.list_name: "screen",
    values.columns: "columns",
    values.filters: "filters search",
    values.question: "question",
    values.answers: "answers",
    cases.case_type: "case_type",
    cases.case_move: "case_move",
    cases.case_state: "case_state",
    cases.section: "section",
    cases.topic: "topic",
    cases.questions: "questions questions_aside questions_back",
    cases.answers_given: "answers_given",
    _kind: "kind",
    among(PURPOSES): "purpose",
    among(SCANS): "scan",
    among(LIMITS): "limit",
    among({"email_code": KINDS["email_code"]}): "factor",
    among(FORMATS): "format",
    among(LANGUAGES): "language terms_language",
    among(COUNTRIES): "country",
    among(Defined("bases"), COUNTRIES): "base",
    among(ROLES): "role old_owner_role",
    among(STAFF_NAMES): "staff_role",
    among(Defined("standings")): "standing",
    all_among(STAFF_NAMES): "roles",
    among(Defined("lines")): "line",
    all_among(Defined("lines")): "lines",
    all_among({}): "program_accounts",
    consents.consent: "consent",
    consents.partners: "partners",
    among(delegations.LEVELS): "level",
    among(delegations.ACTING): "acting",
    all_among(delegations.SEEN): "sees",
}

READ_AS: Final[Mapping[str, Reader]] = {
    field: reader for reader, fields in _BY_READER.items() for field in fields.split()
}

_AS_WRITTEN: Final = """
    bn carrier_code program_account legal_name zip_code given_name family_name sign_in_name
    email contact_email contact_title mailbox device urn name number mail_number paper_reference
    officer_note street city region postal_code title_en title_fr body_en body_fr file_name
    sha256 key_id code program label reason_given copied_from_id version definition_version
    terms_version challenge entries permissions wording description comment
"""
AS_WRITTEN: Final = frozenset(_AS_WRITTEN.split())
"""What people typed, numbers that people copy, and versions."""


@dataclass(frozen=True, slots=True)
class Line:
    """A field of an entry: its name and label, and what it was and became, in words."""

    name: str
    label: str
    before: str | None
    after: str | None
    as_written: bool


def lines_of(entry: Entry, names: Names) -> Iterator[Line]:
    """The fields of an entry, the personal ones included as long as they are kept."""
    told = Told(entry, names)
    # The network address has a line of its own on the page.
    personal = {name: pair for name, pair in entry.personal.items() if name != "address"}
    for name, (before, after) in sorted((entry.changes | personal).items()):
        was, became = said(told, name, before), said(told, name, after)
        yield Line(name, field_label(name), was, became, name in AS_WRITTEN)


def said(told: Told, field: str, value: str | None) -> str | None:
    """A value in words, as it was written when it has none."""
    reader = READ_AS.get(field)
    return value if value is None or reader is None else reader(told, field, value)
