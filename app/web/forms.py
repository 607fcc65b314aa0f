"""The forms' ground: own words, one list of problems, a language switch that keeps answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask import g, request
from flask_babel import get_translations, gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileRequired
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, PasswordField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from app.base.text import showable
from app.web.fields import (
    CodeField,
    DateField,
    ScreenSelect,
    VersionField,
    anchor_of,
    field_kind,
    is_optional,
)

__all__ = [
    "STALE",
    "SWITCH",
    "CodeField",
    "DateField",
    "GuichetForm",
    "Problem",
    "ScreenSelect",
    "VersionField",
    "anchor_of",
    "field_kind",
    "file_required",
    "is_optional",
    "required",
    "six_digits",
    "version_field",
]

SWITCH: Final = "_switch_language"
LONGEST_LINE: Final = 1_000
LONGEST_TEXT: Final = 10_000
"""More than any answer needs; fields that need less say so themselves."""
STALE: Final = lazy_gettext("Someone else changed this page. Check the changes, then save again.")


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: the words, and the id of the control that mends it (None: the whole form)."""

    anchor: str | None
    message: str


class _OwnWords:
    """WTForms asks here for its messages: our catalogue has the last word, in English too.

    It fills in the values itself, so the placeholders are left as they are.
    """

    @staticmethod
    def gettext(text: str) -> str:
        return str(get_translations().ugettext(text))

    @staticmethod
    def ngettext(one: str, many: str, number: int) -> str:
        return str(get_translations().ungettext(one, many, number))


class GuichetForm(FlaskForm):
    """Every form of the portal.

    A POST that carries ``_switch_language`` is not a submission: the page comes back in the
    other language, filled in and without errors.
    """

    class Meta(FlaskForm.Meta):
        """What WTForms asks about the form as a whole."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What was sent; else what the gate kept of a form whose session had ended.

            A file stands for its own field alone: nobody types one into a field for text.
            """
            sent = super().wrap_formdata(form, formdata)
            if sent is None:
                return g.get("kept_fields") if request.method == "GET" else None
            if not request.files:
                return sent
            asked = {name for name, field in form._fields.items() if isinstance(field, FileField)}
            files = [pair for pair in request.files.items(multi=True) if pair[0] in asked]
            return CombinedMultiDict([MultiDict(files), request.form])

        def get_translations(self, _form: FlaskForm) -> _OwnWords:
            """Our words win over WTForms' own French and English."""
            return _OwnWords()

    def process(self, *sent: Any, **values: Any) -> None:
        """Fill the fields; in another language too, nothing is shown again that cannot be shown."""
        super().process(*sent, **values)
        if self.is_switching():
            _faults(self)

    def is_switching(self) -> bool:
        """Whether the reader only changes the language of the page."""
        return request.method == "POST" and SWITCH in request.form

    def is_submitted(self) -> bool:
        """Whether the reader asks for the deed."""
        return bool(super().is_submitted()) and not self.is_switching()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields; a change of language checks nothing and accepts nothing."""
        faults = _faults(self)
        if self.is_switching():
            return False
        valid = bool(super().validate(extra_validators))
        for field in self:
            # « 12 x » is no number: that it is not from 1 to 9 either need not be said.
            field.errors = field.process_errors or field.errors
            if not (hasattr(field, "form_class") or hasattr(field, "entries")):
                # Some of WTForms' sentences quote what was sent.
                field.errors = [showable(str(error)) for error in field.errors]
            if field.name in faults:
                field.errors = [faults[field.name]]
        return valid and not faults

    def add_error(self, name: str | None, message: str) -> None:
        """Show ``message`` at the field ``name``, or for the whole form when None or empty."""
        if not name:
            self.form_errors.append(str(message))
            return
        field = self[name]
        field.errors = [*field.errors, str(message)]

    def lift(self, name: str) -> None:
        """Tell a field's errors for the whole form: this page does not draw the field."""
        field = self[name]
        self.form_errors.extend(field.errors)
        field.errors = []

    def stale(self, current: object) -> bool:
        """Whether the record was saved since this form was drawn, by its hidden version."""
        field = self["version"]
        return (field.data or "") != str(current)

    def drawn_version(self) -> int:
        """The hidden version as a number; 0, which nothing has, when it was tampered with."""
        text = self["version"].data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

    def problems(self) -> list[Problem]:
        """All errors in the order of the fields: what the summary lists."""
        whole = [Problem(None, str(message)) for message in self.form_errors]
        return [*whole, *_problems(self)]


def _faults(form: FlaskForm) -> dict[str, str]:
    """Field → what no text may be, whatever the field's own checks say.

    A browser sends none of it. Forged, a line end in a name would break the e-mails that tell of
    it, the database keeps no NUL, and a text turned around shows another name than it is. What
    cannot be shown is taken out, so that the page that tells of it can be shown.
    """
    found = {}
    for field in form:
        if not isinstance(field, StringField) or isinstance(field, PasswordField):
            continue  # of a password nothing is kept or shown
        typed, lines = field.data or "", isinstance(field, TextAreaField)
        longest = LONGEST_TEXT if lines else LONGEST_LINE
        if len(typed) > longest:
            found[field.name] = gettext("Enter at most %(max)s characters.", max=longest)
        elif (clean := showable(typed, lines=lines)) != typed:
            field.data = clean
            found[field.name] = gettext(
                "Characters that cannot be shown were removed. Check this answer."
            )
    return found


def _problems(fields: Any) -> Iterator[Problem]:
    for field in fields:
        inner = getattr(field, "form", None) if hasattr(field, "form_class") else None
        if inner is not None:
            yield from _problems(inner)
        elif hasattr(field, "entries"):
            yield from _problems(field.entries)
        else:
            # A hidden field has no place on the page: a fault of it is the whole form's.
            anchor = None if field_kind(field) == "hidden" else anchor_of(field)
            yield from (Problem(anchor, str(error)) for error in field.errors)


def required(message: str) -> DataRequired:
    """The field must be filled; spaces do not fill it. ``message`` uses the label's words."""
    return DataRequired(message)


def file_required(message: str) -> FileRequired:
    """A file must be chosen."""
    return FileRequired(message)


def version_field() -> VersionField:
    """A hidden field with the version of the record the form was drawn from."""
    return VersionField()


def six_digits(_form: FlaskForm, field: Field) -> None:
    """A one-time code is six digits, spaces forgiven."""
    text = field.data or ""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        raise ValidationError(gettext("Enter the 6 digits of your code."))
