"""The forms of sign-in, sign-up, passwords and one's own details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    StringField,
    TelField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from app.base.text import fold_email
from app.web.forms import CodeField, GuichetForm, required, six_digits, version_field

LANGUAGES = [SelectChoice("en", "English"), SelectChoice("fr", "Français")]
_EMAIL_LONGEST = 254  # RFC 5321, 4.5.3.1.3


def email_address(_form: GuichetForm, field: Field) -> None:
    """An address with one @, a name before it and a domain with a point after it.

    No more is checked: the code that is sent there is the proof.
    """
    address = (field.data or "").strip()
    local, at, domain = address.rpartition("@")
    odd = any(c.isspace() or not c.isprintable() for c in address) or '"' in address
    plain = all(c.isascii() for c in address) and not any(c in "<>(),;:\\[]" for c in address)
    if not (at and local and "@" not in local and "." in domain.strip(".")) or odd or not plain:
        raise ValidationError(gettext("Enter an address with an @, like name@example.ca."))
    if len(address) > _EMAIL_LONGEST or domain.startswith((".", "-")) or domain.endswith("."):
        raise ValidationError(gettext("Enter an address with an @, like name@example.ca."))


def _name(message: str) -> Callable[[GuichetForm, Field], None]:
    """A name has a letter, of whichever script: signs that nobody sees are no name."""

    def check(_form: GuichetForm, field: Field) -> None:
        if not any(sign.isalpha() for sign in field.data or ""):
            raise StopValidation(message)

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check


_not_too_long = Length(max=64, message=_l("Enter at most 64 characters."))


def _trimmed(text: str | None) -> str:
    return (text or "").strip()


class SignInForm(GuichetForm):
    """Username and password."""

    sign_in_name = StringField(_l("Username"), [required(_l("Enter your username."))])
    password = PasswordField(_l("Password"), [required(_l("Enter your password."))])


class SignUpForm(GuichetForm):
    """A new person; the e-mail typed twice, because the code goes there."""

    given_name = StringField(
        _l("Given name"),
        [_name(_l("Enter your given name.")), _not_too_long],
        filters=[_trimmed],
    )
    family_name = StringField(
        _l("Family name"),
        [_name(_l("Enter your family name.")), _not_too_long],
        filters=[_trimmed],
    )
    email = EmailField(
        _l("Email address"),
        [required(_l("Enter your email address.")), email_address],
        filters=[_trimmed],
    )
    email_again = EmailField(
        _l("Email address, once more"),
        [required(_l("Enter your email address once more."))],
        filters=[_trimmed],
    )
    language = RadioField(
        _l("Language of emails and letters to you"),
        [required(_l("Select a language."))],
        choices=LANGUAGES,
    )
    sign_in_name = StringField(
        _l("Username"), [required(_l("Enter a username."))], filters=[_trimmed]
    )
    password = PasswordField(_l("Password"), [required(_l("Enter a password."))])

    def validate_email_again(self, field: Field) -> None:
        """The same address twice, capitals forgiven."""
        if fold_email(field.data or "") != fold_email(self.email.data or ""):
            raise ValidationError(
                gettext("The two addresses are different. Enter the same one twice.")
            )


class CodeForm(GuichetForm):
    """A one-time code."""

    code = CodeField(_l("One-time code"), [six_digits])


class SignInCodeForm(CodeForm):
    """The code and, from the second sign-in on, the terms beside it."""

    accept = BooleanField(
        _l("Accept the terms of use"),
        [required(_l("Accept the terms of use to continue."))],
    )
    version = HiddenField()


class TermsForm(GuichetForm):
    """Terms that are shown whole; kind and version are those that were read."""

    kind = HiddenField()
    version = HiddenField()
    accept = BooleanField(
        _l("Accept the terms of use"),
        [required(_l("Accept the terms of use to continue."))],
    )


class ResetForm(GuichetForm):
    """Whose password is forgotten."""

    sign_in_name = StringField(_l("Username"), [required(_l("Enter your username."))])


class NewPasswordForm(GuichetForm):
    """A password that nobody has yet."""

    password = PasswordField(_l("New password"), [required(_l("Enter a password."))])


class ChangePasswordForm(GuichetForm):
    """The present password, then the new one."""

    present = PasswordField(_l("Present password"), [required(_l("Enter your password."))])
    password = PasswordField(_l("New password"), [required(_l("Enter a new password."))])


class DetailsForm(GuichetForm):
    """What a person keeps up to date."""

    version = version_field()
    given_name = StringField(
        _l("Given name"),
        [_name(_l("Enter your given name.")), _not_too_long],
        filters=[_trimmed],
    )
    family_name = StringField(
        _l("Family name"),
        [_name(_l("Enter your family name.")), _not_too_long],
        filters=[_trimmed],
    )
    phone = TelField(_l("Telephone"), [Optional()], filters=[_trimmed])
    language = RadioField(
        _l("Language of emails and letters to you"),
        [required(_l("Select a language."))],
        choices=LANGUAGES,
    )


def fields_of(form: Any, *names: str) -> dict[str, str]:
    """The values of some text fields."""
    return {name: form[name].data or "" for name in names}
