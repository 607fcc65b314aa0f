"""The forms of asking, answering, changing and ending."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.web.forms import DateField, GuichetForm, required, version_field

_LINE = Length(max=100, message=_l("Enter at most 100 characters."))


class AskForm(GuichetForm):
    """Which business, and why: one program at least is always chosen."""

    program = SelectField(_l("Program"), [required(_l("Select a program."))])
    number = StringField(
        _l("Business number (BN)"),
        [required(_l("Enter the 9 digits of the business number.")), _LINE],
    )
    program_account = StringField(_l("Program account"), [Optional(), _LINE])
    comment = TextAreaField(
        _l("Comment to the business"), [required(_l("Say who you are and what you do there."))]
    )


class WithdrawForm(GuichetForm):
    """A request is taken back: nothing to fill in."""


class AccessForm(GuichetForm):
    """A role, on which program accounts, and until when."""

    version = version_field()
    role = SelectField(_l("Role"), [required(_l("Select a role."))])
    words = StringField(_l("Find program accounts by number or name"), [Optional(), _LINE])
    parts = SelectMultipleField(_l("Program accounts"), [Optional()])
    ends_on = DateField(_l("Last day of the access"), [Optional()])


class ReasonForm(GuichetForm):
    """Why a request is refused, or all of an access ends."""

    version = version_field()
    reason = TextAreaField(_l("Reason"), [required(_l("Enter a reason. The person reads it."))])


class EndForm(ReasonForm):
    """Which of somebody's access ends, and why."""

    chosen = SelectMultipleField(_l("Access to end"), [required(_l("Select the access to end."))])
