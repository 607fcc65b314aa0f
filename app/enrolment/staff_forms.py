"""The forms of the officer's pages, and the words for what is wrong in a registry file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from flask_babel import pgettext
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app.enrolment.deeds import OwnerForm
from app.enrolment.forms import region_choices
from app.parties.models import RegistryEntry
from app.programs.schema.definition import Definition
from app.programs.wording import said
from app.web.forms import GuichetForm, required, version_field
from app.web.staff.importing import ErrorWords, Sentences


class EntryFields(GuichetForm):
    """A business as the registry has it."""

    bn = StringField(_l("Business number (BN)"), [Optional()])
    carrier_code = StringField(_l("Carrier code"), [Optional()])
    legal_name = StringField(_l("Legal name"), [Optional()])
    street = StringField(_l("Street address"), [Optional()])
    city = StringField(_l("City"), [Optional()])
    region = SelectField(_l("Province or state"), [Optional()])
    postal_code = StringField(_l("Postal code or ZIP code"), [Optional()])
    language = RadioField(
        _l("Language of letters"),
        [Optional()],
        choices=[SelectChoice("en", _l("English")), SelectChoice("fr", _l("French"))],
    )
    lines = SelectMultipleField(_l("Lines of business"), [Optional()])

    def offer(
        self,
        program: Definition,
        entry: RegistryEntry | None = None,
        typed: Mapping[str, Any] | None = None,
    ) -> None:
        """Give the lists their choices and, when the form is new, the fields their values."""
        self.region.choices = region_choices()
        self.lines.choices = [
            SelectChoice(code, said(line.label)) for code, line in program.lines.items()
        ]
        if self.is_submitted() or self.is_switching():
            return
        start = dict(typed or {})
        if entry is not None:
            start = {
                name: getattr(entry, name)
                for name in ("bn", "carrier_code", "legal_name", "language", "lines")
            } | entry.address
        if not start:
            return
        for name in ("bn", "carrier_code", "legal_name", "street", "city", "postal_code"):
            self[name].data = start.get(name) or ""
        self.language.data, self.lines.data = start.get("language"), list(start.get("lines", ()))
        self.region.data = f"{start.get('country', '')}-{start.get('region', '')}"

    def values(self) -> dict[str, str]:
        """The columns of a registry file, as typed."""
        country, _dash, region = (self.region.data or "").partition("-")
        names = ("bn", "carrier_code", "legal_name", "street", "city", "postal_code", "language")
        return {name: self[name].data or "" for name in names} | {
            "region": region,
            "country": country,
            "lines": "|".join(self.lines.data or ()),
        }


class EntryForm(EntryFields):
    """A business added by hand, and the paper it stands on."""

    program_accounts = StringField(_l("Program accounts"), [Optional()])
    paper_reference = StringField(
        _l("Paper reference"), [required(_l("Enter the reference of the paper."))]
    )

    def values(self) -> dict[str, str]:
        """The columns of a registry file, its program accounts among them."""
        return super().values() | {"program_accounts": self.program_accounts.data or ""}


class ApproveForm(EntryFields):
    """Which address the letter goes to, and the paper that the decision stands on."""

    version = version_field()
    use = RadioField(
        _l("Where does the letter go?"),
        [Optional()],
        choices=[
            SelectChoice("registry", _p("approve", "To the address in the registry")),
            SelectChoice("corrected", _p("approve", "To the corrected address below")),
        ],
        default="registry",
    )
    paper_reference = StringField(
        _l("Paper reference"), [required(_l("Enter the reference of the paper."))]
    )
    note = TextAreaField(_l("Note for staff"), [required(_l("Enter a note for staff."))])


class RefuseForm(GuichetForm):
    """The reason that the person reads, and what staff should know."""

    version = version_field()
    reason = TextAreaField(
        _l("Reason, for the person"), [required(_l("Enter the reason that the person will read."))]
    )
    paper_reference = StringField(_l("Paper reference"), [Optional()])
    note = TextAreaField(_l("Note for staff"), [Optional()])


class CreateForm(OwnerForm):
    """An existing member's registration: which business, and who will own its account."""

    number = StringField(
        _l("Business number or carrier code"),
        [required(_l("Enter a business number or a carrier code."))],
    )


def error_words() -> ErrorWords:
    """Made anew for each request, since it follows the reader's language."""
    columns = {
        "bn": _("Business number (BN)"),
        "carrier_code": _("Carrier code"),
        "legal_name": _("Legal name"),
        "street": pgettext("registry column", "Address"),
        "city": _("City"),
        "region": _("Province or state"),
        "postal_code": _("Postal code or ZIP code"),
        "country": _("Country"),
        "language": _("Language"),
        "lines": _("Lines of business"),
        "program_accounts": _("Program accounts"),
    }
    return ErrorWords(columns, _SENTENCES)


_SENTENCES: Sentences = {
    "no_lines": lambda _e: _("The file holds no business."),
    "too_many": lambda _e: _("A file holds at most 100,000 businesses."),
    "carrier_code": lambda _e: _("A carrier code has 4 letters or digits."),
    "no_identifier": lambda _e: _("Enter a business number or a carrier code."),
    "region": lambda _e: _("This is no province or state of the country."),
    "country": lambda _e: _("Enter CA or US."),
    "postal_code": lambda _e: _("Enter the postal code as A1A 1A1."),
    "zip_code": lambda _e: _("Enter the ZIP code as 12345."),
    "language": lambda _e: _("Enter en or fr."),
    "lines": lambda _e: _("The program does not know one of these lines of business."),
    "program_accounts": lambda _e: _(
        "Write each account as RM0001, then its label, and put a semicolon between two."
    ),
    "unprintable": lambda _e: _(
        "Remove the characters that a letter cannot print, such as symbols and emoji."
    ),
    "other_business": lambda _e: _("The registry gives this carrier code to another business."),
}
