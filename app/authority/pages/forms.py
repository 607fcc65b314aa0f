"""The forms of users and of the transfer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.validators import Length, Optional

from app.web.forms import GuichetForm, required, version_field

_NOT_TOO_LONG = Length(max=254, message=_l("Enter at most 254 characters."))


class ThreeDataForm(GuichetForm):
    """What a person gives so that a business can name them; they never give a password."""

    family_name = StringField(
        _l("Family name"), [required(_l("Enter the family name.")), _NOT_TOO_LONG]
    )
    urn = StringField(
        _l("User reference number (URN)"),
        [required(_l("Enter the user reference number.")), _NOT_TOO_LONG],
    )
    email = EmailField(
        _l("Email address"), [required(_l("Enter the email address.")), _NOT_TOO_LONG]
    )


class AddUserForm(ThreeDataForm):
    """Who, and which role; the choices are those that the adder may offer."""

    role = SelectField(_l("Role"), [required(_l("Select a role."))])


class OfferTransferForm(ThreeDataForm):
    """Who becomes the owner, and what the present owner becomes; empty is leaving."""

    old_owner_role = RadioField(
        _l("What you become afterwards"), [required(_l("Select what you become afterwards."))]
    )


class RoleForm(GuichetForm):
    """Another role for a user."""

    version = version_field()
    role = SelectField(_l("Role"), [required(_l("Select a role."))])


class ContactForm(GuichetForm):
    """How the business's people are reached there; nothing is required."""

    version = version_field()
    title = StringField(_l("Position"), [Optional(), _NOT_TOO_LONG])
    phone = TelField(_l("Business telephone"), [Optional(), _NOT_TOO_LONG])
    email = EmailField(_l("Business email"), [Optional(), _NOT_TOO_LONG])


class ConfirmForm(GuichetForm):
    """A deed without questions, on the version of the row that was shown."""

    version = version_field()


class AttestForm(GuichetForm):
    """The declaration of who accepts an ownership; its words are the definition's."""

    attested = BooleanField()


def version_of(form: GuichetForm) -> int:
    """The version that the form was drawn from; one that nothing has when it was tampered with."""
    text = form["version"].data or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
