"""The forms of both sides."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from app.web.forms import DateField, GuichetForm, required, version_field


class AskForm(GuichetForm):
    """One client."""

    number = StringField(
        _l("Business number (BN) of the client"),
        [required(_l("Enter the 9 digits of the business number."))],
    )
    comment = TextAreaField(_l("Comment"), [Optional()])


class ListForm(GuichetForm):
    """Several clients: pasted, or from a file; ``token`` is the mark of the page."""

    numbers = TextAreaField(_l("Business numbers"), [Optional()])
    file = FileField(_l("File of business numbers"))
    comment = TextAreaField(_l("Comment"), [Optional()])


class SendListForm(GuichetForm):
    """A checked list that is to be sent."""

    token = HiddenField()
    numbers = TextAreaField(_l("Business numbers"), [Optional()])
    comment = TextAreaField(_l("Comment"), [Optional()])


class TermsForm(GuichetForm):
    """What a third party may do: its choices are those of the definition."""

    version = version_field()
    level = RadioField(_l("Level"), [required(_l("Select a level."))])
    parts = SelectMultipleField(
        _l("Program accounts"),
        [Optional()],
        coerce=int,
    )
    sees_own = BooleanField()
    sees_client = BooleanField()
    sees_others = BooleanField()
    starts = DateField(_l("Start date"), [Optional()])
    ends = DateField(_l("End date"), [Optional()])


class ReasonForm(GuichetForm):
    """A deed that asks for its reason."""

    version = version_field()
    reason = TextAreaField(_l("Reason"), [required(_l("Enter the reason."))])


class AssignForm(GuichetForm):
    """An employee or a group, and what they are for the client."""

    who = SelectField(_l("Employee or group"), [required(_l("Select a person or a group."))])
    acting = RadioField(
        _l("What they are for the client"), [required(_l("Select what they are for the client."))]
    )


class GroupForm(GuichetForm):
    """A group by its name."""

    name = StringField(_l("Name of the group"), [required(_l("Enter the name of the group."))])


class MemberForm(GuichetForm):
    """An employee for a group."""

    who = SelectField(_l("Employee"), [required(_l("Select a person."))])
