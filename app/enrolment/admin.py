"""Staff screens: registrations, letters, and the state of activation codes (never the code)."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from flask_babel import pgettext

from app.base.days import BusinessDays
from app.enrolment.admin_tries import BusinessTriesView
from app.enrolment.deeds import LETTER_DEEDS, REGISTRATION_DEEDS, WORDS
from app.enrolment.models import ActivationCode, Letter, Registration
from app.enrolment.rules.times import age, late_from
from app.enrolment.service.members import CREATE
from app.enrolment.service.officers import DECIDE
from app.enrolment.staff_words import (
    CODE_STATES,
    EXPIRED,
    KINDS,
    LANGUAGES,
    LETTER_KINDS,
    LETTER_STATES,
    OFFICER_REASONS,
    REGISTRATION_STATES,
    one_line,
)
from app.programs.schema.definition import Definition
from app.programs.wording import say_days
from app.web.admin import Door, Related, SafeModelView, SafeSQLAInterface, Tab
from app.web.staff.clock import moment
from app.web.staff.defined import Defined
from app.web.staff.posts import definition_here
from app.web.staff.screens import Screens, add_screens

BUSINESS_NAME = _l("Legal name")
TO_SEND = {"_flt_0_state": "due", "_oc_LetterView": "due_at", "_od_LetterView": "asc"}
"""The letters to send, the oldest first: the others can wait longer."""


class RegistrationView(SafeModelView):
    """Requests for an account, from the first question to activation."""

    datamodel = SafeSQLAInterface(Registration, "staff.registrations.read")
    route_base = "/staff/registrations"
    help_topic = "staff-decide"
    list_title, one_title = _l("Registrations"), _p("one", "Registration")
    empty = _l("No business has been registered yet.")
    list_columns = ("legal_name", "person", "state", "officer_reason", "sent_at")
    show_columns = (
        "legal_name", "person", "state", "officer_reason", "bn", "carrier_code", "program_account",
        "lines", "address", "registry_entry", "kind", "made_at", "matched_at", "sent_at", "officer",
        "decided_at", "officer_note", "refusal_reason", "paper_reference", "activated_at",
        "program",
    )  # fmt: skip
    search_columns = (
        "legal_name", "bn", "carrier_code", "person.party.search", "state", "officer_reason",
        "kind", "sent_at", "program", "person_id", "party_id", "registry_entry_id",
    )  # fmt: skip
    linked_by = frozenset({"party_id", "person_id", "registry_entry_id"})
    order_columns = ("legal_name", "person", "state", "officer_reason", "sent_at")
    sort_as = {"person": "person.party.name_folded"}
    base_order = ("sent_at", "desc")
    label_columns = {
        "legal_name": BUSINESS_NAME,
        "person": _p("column", "Person"),
        "person.party.search": _p("column", "Person"),
        "state": _p("column", "Status"),
        "officer_reason": _p("column", "Why an officer looks"),
        "bn": _l("Business number"),
        "carrier_code": _l("Carrier code"),
        "program_account": _l("Program account"),
        "matched_at": _l("Name and address right on"),
        "lines": _l("Lines of business"),
        "address": _l("Address as typed"),
        "registry_entry": _p("one", "Registry entry"),
        "registry_entry_id": _l("Registry entry number"),
        "kind": _p("column", "Begun"),
        "made_at": _p("column", "Begun on"),
        "sent_at": _p("column", "Sent on"),
        "officer": _p("column", "Officer"),
        "decided_at": _p("column", "Decided on"),
        "officer_note": _l("Officer’s note"),
        "refusal_reason": _l("Reason of refusal"),
        "paper_reference": _l("Paper reference"),
        "activated_at": _l("Activated on"),
        "program": _p("column", "Program"),
        "person_id": _l("Person number"),
        "party_id": _l("Party number"),
    }
    choices = {"state": REGISTRATION_STATES, "officer_reason": OFFICER_REASONS, "kind": KINDS}
    identifiers = frozenset({"bn", "carrier_code", "program_account"})
    tabs = (
        Tab(_p("registrations", "All"), {}),
        Tab(_p("registrations", "With an officer"), {"_flt_0_state": "officer"}),
        Tab(_p("registrations", "By letter"), {"_flt_0_state": "letter"}),
    )
    related = (
        Related(_l("Letters"), "LetterView", "registration_id"),
        Related(_l("Activation codes"), "ActivationCodeView", "registration_id"),
    )
    lines = Defined("lines")
    deeds = REGISTRATION_DEEDS
    words = WORDS
    doors = (
        Door(_l("Register an existing member"), "enrolment.create_registration", CREATE),
        Door(
            _l("Decide on this registration"),
            "enrolment.decide",
            DECIDE,
            key="registration_id",
            when=lambda row: row.state == "officer",
        ),
    )

    def cell(self, row: Any, column: str) -> Any:
        """Lines by their labels, an address on one line."""
        if column == "lines":
            return ", ".join(str(self.lines.get(code, code)) for code in row.lines)
        if column == "address":
            return one_line(row.address)
        return super().cell(row, column)

    def row_title(self, row: Any) -> str:
        """The business that is registered."""
        return str(row.legal_name or f"{self.one_title} {row.id}")


class LetterView(SafeModelView):
    """Registered letters, from being due to being delivered."""

    datamodel = SafeSQLAInterface(Letter, "staff.letters.read")
    route_base = "/staff/letters"
    help_topic = "staff-letters"
    list_title, one_title = _l("Letters"), _p("one", "Letter")
    empty = _l("No letter has been asked for yet.")
    list_columns = (
        "registration.legal_name", "kind", "number", "state", "waits_since", "due_at", "posted_at",
    )  # fmt: skip
    show_columns = (
        "registration.legal_name", "kind", "number", "state", "waits_since", "language", "address",
        "due_at", "maker", "made_at", "printed_at", "posted_at", "mail_number", "delivered_at",
        "returned_at", "program",
    )  # fmt: skip
    search_columns = (
        "registration.legal_name", "kind", "number", "state", "language", "due_at", "mail_number",
        "registration.state", "program", "registration_id",
    )  # fmt: skip
    linked_by = frozenset({"registration_id"})
    order_columns = ("registration.legal_name", "number", "state", "due_at", "posted_at")
    base_order = ("due_at", "desc")
    label_columns = {
        "registration.legal_name": BUSINESS_NAME,
        "kind": _p("letter", "Kind"),
        "number": _p("column", "Letter"),
        "state": _p("column", "Status"),
        "language": _p("column", "Language"),
        "address": _l("Registry address"),
        "waits_since": _p("column", "Age"),
        "due_at": _p("column", "Asked for on"),
        "maker": _p("column", "Made by"),
        "made_at": _p("column", "Made on"),
        "printed_at": _p("column", "Printed on"),
        "posted_at": _p("column", "Mailed on"),
        "mail_number": _l("Registered mail"),
        "delivered_at": _p("column", "Delivered on"),
        "returned_at": _p("column", "Returned on"),
        "program": _p("column", "Program"),
        "registration.state": _p("one", "Registration"),
        "registration_id": _l("Registration number"),
    }
    choices = {
        "state": LETTER_STATES,
        "kind": LETTER_KINDS,
        "language": LANGUAGES,
        "registration.state": REGISTRATION_STATES,
    }
    identifiers = frozenset({"number", "mail_number"})
    tabs = (
        Tab(_p("letters", "All"), {}),
        Tab(_p("letters", "To send"), TO_SEND),
        Tab(_p("letters", "Prepared"), {"_flt_0_state": "prepared"}),
        Tab(_p("letters", "Returned"), {"_flt_0_state": "returned"}),
    )
    related = (Related(_l("Activation codes"), "ActivationCodeView", "letter_id"),)
    deeds = LETTER_DEEDS
    words = WORDS

    def cell(self, row: Any, column: str) -> Any:
        """The registry's address on one line; how long it has waited, in business days."""
        if column == "waits_since":
            return self._age(row)
        return one_line(row.address) if column == "address" else super().cell(row, column)

    def listed(self, row: Any, column: str) -> Any:
        """An age is no day."""
        return self._age(row) if column == "waits_since" else super().listed(row, column)

    def cell_kind(self, row: Any, column: str) -> str:
        """An age is words."""
        return "text" if column == "waits_since" else super().cell_kind(row, column)

    def exported(self, row: Any, column: str) -> Any:
        """An age is a number of business days, to be sorted and summed."""
        if column != "waits_since":
            return super().exported(row, column)
        one = _definition_of_due(row)
        return None if one is None else age(row.due_at, moment(), one.zone)

    def _age(self, row: Any) -> str:
        one = _definition_of_due(row)
        if one is None:
            return ""
        words = say_days(BusinessDays(age(row.due_at, moment(), one.zone)))
        late = pgettext("letter", "late") if self.row_state(row) == "late" else ""
        return f"{words} · {late}" if late else words

    def row_state(self, row: Any) -> str | None:
        """Late after the program's business days; soon while it still waits to be sent."""
        one = _definition_of_due(row)
        if one is None:
            return None
        allowed = one.enrolment.first.late_after
        return "late" if late_from(row.due_at, allowed, one.zone) < moment() else "soon"

    def row_title(self, row: Any) -> str:
        """The business that the letter goes to."""
        return str(row.registration.legal_name)


class ActivationCodeView(SafeModelView):
    """Codes by state and dates. What a code is stands on paper alone."""

    datamodel = SafeSQLAInterface(ActivationCode, "staff.codes.read")
    route_base = "/staff/activation-codes"
    help_topic = "staff-letters"
    list_title, one_title = _l("Activation codes"), _p("one", "Activation code")
    facts = _l("State and dates only: a code is on paper and nowhere else.")
    empty = _l("No code has been made yet.")
    list_columns = ("registration.legal_name", "letter.number", "state", "made_at", "expires_at")
    show_columns = (*list_columns, "tries", "used_at", "program")
    search_columns = (
        "registration.legal_name", "letter.number", "state", "made_at", "expires_at",
        "registration.state", "program", "registration_id", "letter_id",
    )  # fmt: skip
    linked_by = frozenset({"letter_id", "registration_id"})
    order_columns = ("registration.legal_name", "letter.number", "state", "made_at", "expires_at")
    base_order = ("made_at", "desc")
    label_columns = {
        "registration.legal_name": BUSINESS_NAME,
        "letter.number": _p("column", "Letter"),
        "state": _p("column", "Status"),
        "made_at": _p("column", "Made on"),
        "expires_at": _p("column", "Expires on"),
        "tries": _l("Wrong tries"),
        "used_at": _p("column", "Used on"),
        "program": _p("column", "Program"),
        "registration.state": _p("one", "Registration"),
        "registration_id": _l("Registration number"),
        "letter_id": _l("Letter’s record"),
    }
    choices = {"state": CODE_STATES, "registration.state": REGISTRATION_STATES}
    identifiers = frozenset({"letter.number"})

    def cell(self, row: Any, column: str) -> Any:
        """Having expired is no state in the table: the clock says it."""
        if column == "state" and row.state == "valid" and row.expires_at <= moment():
            return EXPIRED
        return super().cell(row, column)

    def row_title(self, row: Any) -> str:
        """The business that the code opens an account for."""
        return str(row.registration.legal_name)


def _definition_of_due(letter: Letter) -> Definition | None:
    """The definition that says how old is late; none for a letter that nobody waits for."""
    return definition_here(letter.program_id) if letter.waits_since else None


SCREENS: Screens = (
    (RegistrationView, "registrations"),
    (LetterView, "letters"),
    (ActivationCodeView, "activation-codes"),
    (BusinessTriesView, "tries"),
)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
