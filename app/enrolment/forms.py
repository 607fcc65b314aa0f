"""The forms of registering and activating; the questions' own are made from the definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from app.parties.rules.addresses import listed_regions
from app.programs.rules.eligibility import Answer, Answers, choices
from app.programs.rules.identifiers import identifier_fault, program_account_of
from app.programs.schema.definition import Definition
from app.programs.schema.eligibility import Question
from app.programs.schema.enrolment import Identifier, IdentifierField, ProgramAccountAsked
from app.programs.wording import said
from app.web.forms import DateField, GuichetForm, required, version_field
from app.web.locale import language

NUMBER = "number_"
"""Before an identifier's field codes, so that no code of a definition meets another field."""


class DeedForm(GuichetForm):
    """A deed without questions: the token and nothing else."""


class BeginForm(GuichetForm):
    """For which program."""

    program = RadioField(_l("Program"), [required(_l("Select a program."))], validate_choice=True)


class AddressForm(GuichetForm):
    """The mailing address as the person knows it."""

    street = StringField(_l("Street address"), [required(_l("Enter the street address."))])
    city = StringField(_l("City"), [required(_l("Enter the city."))])
    region = SelectField(_l("Province or state"), [required(_l("Select a province or a state."))])
    postal_code = StringField(
        _l("Postal code or ZIP code"), [required(_l("Enter the postal code or the ZIP code."))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region.choices = region_choices()

    def address(self) -> dict[str, str]:
        """The parts as the service takes them; the region says the country."""
        country, _dash, region = (self.region.data or "").partition("-")
        return {
            "street": self.street.data or "",
            "city": self.city.data or "",
            "region": region,
            "postal_code": self.postal_code.data or "",
            "country": country,
        }


def region_choices() -> list[SelectChoice]:
    """Provinces, then states, each with its country, by name in the reader's language."""
    listed = [SelectChoice(code, words) for code, words in listed_regions(language())]
    return [SelectChoice("", _("Select from the list")), *listed]


def typed_address(address: Mapping[str, str] | None) -> dict[str, str]:
    """What the address form shows of an address that was given before."""
    if address is None:
        return {}
    return {**address, "region": f"{address['country']}-{address['region']}"}


class ActivateForm(GuichetForm):
    """Both numbers of the letter, and the attestation."""

    client_number = StringField(_l("Client number"), [required(_l("Enter the client number."))])
    code = StringField(_l("Activation code"), [required(_l("Enter the activation code."))])
    attested = BooleanField(
        _l("I confirm this"), [required(_l("Confirm your signing authority to continue."))]
    )


class TermsForm(GuichetForm):
    """The program's terms of use, in the version that is shown."""

    version = version_field()
    accept = BooleanField(
        _l("Accept the terms of use"),
        [required(_l("Accept the terms of use to continue."))],
    )


def question_form(
    program: Definition, question: Question, answers: Answers, answer: Answer | None
) -> GuichetForm:
    """The form of one question, filled with the answer given before."""
    form_class = type(
        "QuestionForm", (GuichetForm,), {"answer": _field(program, question, answers)}
    )
    shown: Any = answer
    if question.type == "date" and isinstance(answer, str):
        shown = date.fromisoformat(answer)
    form: GuichetForm = form_class(answer=shown)
    return form


def answer_of(question: Question, form: GuichetForm) -> Answer:
    """What is stored of the typed answer."""
    data = form["answer"].data
    if isinstance(data, date):
        return data.isoformat()
    return data if question.type == "several_of" else str(data or "")


def _field(program: Definition, question: Question, answers: Answers) -> Any:
    label = said(question.text)
    if question.type == "date":
        return DateField(label, [required(_l("Enter the date."))])
    if question.type == "yes_no":
        listed = [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]
    else:
        offered = choices(program, question, answers)
        listed = [SelectChoice(code, said(text)) for code, text in offered]
    if question.type == "several_of":
        message = required(_l("Select at least one answer."))
        return SelectMultipleField(label, [message], choices=listed)
    return RadioField(label, [required(_l("Select an answer."))], choices=listed)


def business_form(
    identifier: Identifier, account: ProgramAccountAsked | None, values: Mapping[str, str]
) -> GuichetForm:
    """The fields that name the business, from the definition, and its legal name."""
    fields: dict[str, Any] = {
        f"{NUMBER}{code}": StringField(
            said(field.label), [required(said(field.format_error)), _well_formed(field)]
        )
        for code, field in identifier.fields.items()
    }
    if account is not None:
        fields["program_account"] = StringField(
            said(account.label), [required(said(account.format_error)), _can_be(account)]
        )
    fields["legal_name"] = StringField(_l("Legal name"), [required(_l("Enter the legal name."))])
    form_class = type("BusinessForm", (GuichetForm,), fields)
    form: GuichetForm = form_class(data=dict(values))
    return form


def typed_numbers(identifier: Identifier, form: GuichetForm) -> dict[str, str]:
    """The identifier's fields as typed, by the definition's codes."""
    return {code: form[f"{NUMBER}{code}"].data or "" for code in identifier.fields}


def _can_be(account: ProgramAccountAsked) -> Any:
    def check(_form: Form, typed: Any) -> None:
        if program_account_of(account, typed.data or "") is None:
            raise ValidationError(said(account.format_error))

    return check


def _well_formed(field: IdentifierField) -> Any:
    def check(_form: Form, typed: Any) -> None:
        fault = identifier_fault(field, typed.data or "")
        if fault is not None:
            raise ValidationError(said(fault))

    return check
