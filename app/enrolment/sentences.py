"""What the pages of enrolment say when something is wrong: one sentence for each error code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from app.base.errors import Conflict, Invalid
from app.web.formats import format_day
from app.web.forms import STALE, GuichetForm

Facts = Mapping[str, Any]
Sentence = Callable[[Facts], str]

# (field, code) first, then ("", code): what a code means at any field.
_SENTENCES: Mapping[tuple[str, str], Sentence] = {
    ("legal_name", "empty"): lambda _f: _("Enter the legal name."),
    ("legal_name", "too_long"): lambda _f: _("The legal name must have at most 200 characters."),
    ("street", "empty"): lambda _f: _("Enter the street address."),
    ("street", "too_long"): lambda _f: _("The street address must have at most 160 characters."),
    ("city", "empty"): lambda _f: _("Enter the city."),
    ("city", "too_long"): lambda _f: _("The city must have at most 60 characters."),
    ("region", "empty"): lambda _f: _("Select a province or a state."),
    ("region", "unknown"): lambda _f: _("Select a province or a state."),
    ("region", "region"): lambda _f: _("Select a province or a state."),
    ("country", "empty"): lambda _f: _("Select a province or a state."),
    ("postal_code", "empty"): lambda _f: _("Enter the postal code or the ZIP code."),
    ("postal_code", "format"): lambda _f: _("Enter the postal code as A1A 1A1."),
    ("postal_code", "postal_code"): lambda _f: _("Enter the postal code as A1A 1A1."),
    ("postal_code", "zip_code"): lambda _f: _("Enter the ZIP code as 12345."),
    ("client_number", "empty"): lambda _f: _("Enter the client number."),
    ("client_number", "typing"): lambda _f: _(
        "This client number contains a typing error. Check each digit."
    ),
    ("code", "empty"): lambda _f: _("Enter the activation code."),
    ("code", "typing"): lambda _f: _(
        "This activation code contains a typing error. Check each character."
    ),
    ("attested", "empty"): lambda _f: _("Confirm your signing authority to continue."),
    ("", "no_match"): lambda _f: _(
        "The client number and the activation code do not match. Copy both from your letter."
    ),
    ("", "expired"): lambda facts: _(
        "This activation code expired on %(date)s. Request a new code.",
        date=format_day(facts["date"]),
    ),
    ("", "locked"): lambda _f: _("Too many attempts. Request a new code."),
    ("terms", "changed"): lambda _f: _("The terms of use have changed. Read them again."),
    ("urn", "no_match"): lambda _f: _(
        "No person has this user reference number and this family name."
    ),
    ("mail_number", "format"): lambda _f: _(
        "Enter the registered mail number as RN 123 456 785 CA and check each character."
    ),
    ("mail_number", "taken"): lambda _f: _("Another letter already has this number."),
    ("letters", "empty"): lambda _f: _("Select at least one letter."),
    ("letters", "too_many"): lambda facts: ngettext(
        "Select at most %(num)s letter at a time.",
        "Select at most %(num)s letters at a time.",
        facts["num"],
    ),
    ("reason", "empty"): lambda _f: _("Enter the reason that the person will read."),
    ("reason", "too_long"): lambda _f: _("The text must have at most 2,000 characters."),
    ("note", "empty"): lambda _f: _("Enter a note for staff."),
    ("note", "too_long"): lambda _f: _("The text must have at most 2,000 characters."),
    ("paper_reference", "empty"): lambda _f: _("Enter the reference of the paper."),
    ("bn", "bn"): lambda _f: _("This business number contains a typing error. Check each digit."),
    ("bn", "no_identifier"): lambda _f: _("Enter a business number or a carrier code."),
    ("bn", "other_business"): lambda _f: _(
        "This is the number of another business than the one that was registered."
    ),
    ("bn", "taken"): lambda _f: _("The registry already has this business number."),
    ("carrier_code", "carrier_code"): lambda _f: _(
        "Enter the 4 letters or digits of the carrier code."
    ),
    ("carrier_code", "taken"): lambda _f: _("The registry already has this carrier code."),
    ("language", "empty"): lambda _f: _("Select a language."),
    ("language", "language"): lambda _f: _("Select a language."),
    ("lines", "lines"): lambda _f: _("Select at least one line of business."),
    ("program_accounts", "program_accounts"): lambda _f: _(
        "Write each account as RM0001, then its label, and put a semicolon between two."
    ),
    ("entry", "unknown"): lambda _f: _("Select a business of the registry."),
    ("file", "empty"): lambda _f: _("Select a CSV file."),
    ("file", "too_large"): lambda _f: _("Select a file of 15 MB at most."),
    ("", "unprintable"): lambda _f: _(
        "Remove the characters that a letter cannot print, such as symbols and emoji."
    ),
}

_CONFLICTS: Mapping[str, Callable[[], str]] = {
    "already_waiting": lambda: _("You have already registered this business."),
    "another_draft": lambda: _("Another registration is unfinished. Finish or withdraw it first."),
    "already_active": lambda: _(
        "This business has an active account. The registration can only be refused."
    ),
    "not_in_registry": lambda: _("This business is not in the registry. Enter it from the paper."),
    "letter_not_due": lambda: _("One of these letters has already been made. Check the list."),
    "letter_confirmed": lambda: _("One of these letters can no longer be made again."),
    "registration_moved_on": lambda: _("One of these registrations no longer waits for a letter."),
    "has_errors": lambda: _("The file contains errors. Nothing was imported."),
    "stale": lambda: str(STALE),
}


def show(form: GuichetForm, error: Invalid) -> None:
    """Put what went wrong where it can be mended: at its field, or above the form."""
    for field, code in error.errors.items():
        sentence = _SENTENCES.get((field, code)) or _SENTENCES[("", code)]
        form.add_error(field if field in form else None, sentence(error.values))


def conflict(error: Conflict) -> str | None:
    """What to tell about a conflict on the page itself; None when it needs the page of its own."""
    said = _CONFLICTS.get(error.reason)
    return said() if said is not None else None
