"""Fields that WTForms lacks, and what the templates ask about a field."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from flask_babel import gettext
from wtforms import Field, HiddenField, SelectField, StringField
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from app.base.text import showable

_BETWEEN_DIGITS: Final = re.compile(r"[\s\u00a0\u202f-]+")
_KINDS: Final = {
    "BooleanField": "box",
    "CodeField": "code",
    "DateField": "date",
    "FileField": "file",
    "HiddenField": "hidden",
    "CSRFTokenField": "hidden",
    "VersionField": "hidden",
    "RadioField": "radios",
    "PasswordField": "password",
    "TextAreaField": "textarea",
    "EmailField": "email",
    "TelField": "tel",
    "SearchField": "search",
}


class CodeField(StringField):
    """A one-time code, copied with or without spaces."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Forgive the spaces of « 418 302 »."""
        self.data = _BETWEEN_DIGITS.sub("", valuelist[0]) if valuelist else None


class VersionField(HiddenField):
    """The version of the record a form was drawn from: a later save makes the form stale."""


class ScreenSelect(SelectField):
    """A drop-down of a staff screen, its choices already limited to what the reader may see."""


class DateField(Field):
    """A date in three text boxes: year, month, day. ``data`` is a date or None.

    What was typed stays in ``parts`` and is shown again, even when no such day exists.
    """

    parts: tuple[str, str, str] = ("", "", "")
    names: Final = ("year", "month", "day")

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Read the three boxes, or fill them from the record."""
        super().process(formdata, data, extra_filters)
        boxes = [f"{self.name}-{part}" for part in self.names]
        if formdata and any(box in formdata for box in boxes):
            year, month, day = (showable(str(formdata.get(box, ""))).strip() for box in boxes)
            self.parts = (year, month, day)
            self.raw_data = [part for part in self.parts if part]
            self.data = self._read()
        elif isinstance(self.data, date):
            self.parts = (f"{self.data:%Y}", f"{self.data:%m}", f"{self.data:%d}")

    def _read(self) -> date | None:
        year, month, day = self.parts
        plain = all(p.isascii() and p.isdigit() and len(p) <= 4 for p in self.parts)
        if not plain or len(year) != 4:
            return None
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            return None

    def pre_validate(self, form: Any) -> None:
        """Refuse a day that does not exist, before any other check speaks."""
        if any(self.parts) and self.data is None:
            raise StopValidation(gettext("Enter a date that exists, like 2026-08-31."))
        super().pre_validate(form)


def field_kind(field: Field) -> str:
    """How the templates draw a field: its own kind, else that of the nearest class it extends."""
    if getattr(field.widget, "multiple", False) and hasattr(field, "iter_choices"):
        return "boxes"
    for ancestor in type(field).__mro__:
        if ancestor.__name__ in _KINDS:
            return _KINDS[ancestor.__name__]
    if hasattr(field, "iter_choices"):
        return "select"
    return "number" if getattr(field.widget, "input_type", "text") == "number" else "text"


def anchor_of(field: Field) -> str:
    """The id of the first control of a field, where an error's link leads."""
    kind = field_kind(field)
    if kind == "date":
        return f"{field.id}-year"
    return f"{field.id}-0" if kind in {"radios", "boxes"} else str(field.id)


def is_optional(field: Field) -> bool:
    """Whether the label says “(optional)”: never for a code, nor for a box, its own answer."""
    return field_kind(field) not in {"box", "code"} and not field.flags.required
