"""The filters of the list of lines: read from the address, checked, and said again as links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from flask_babel import pgettext
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from app.ledger.pages.showing import side_words
from app.ledger.queries_lines import MOST_SELECTED, Key, Wanted
from app.ledger.rules.lines import parse_amount, parse_day
from app.ledger.words import KINDS, STATES
from app.web.forms import GuichetForm

_LONGEST: Final = 100
_LONGEST_ID: Final = 15


def _day(_form: GuichetForm, field: Field) -> None:
    if field.data and parse_day(field.data.strip()) is None:
        raise ValidationError(_("Enter a date that exists, like 2026-08-31."))


def _amount(_form: GuichetForm, field: Field) -> None:
    if field.data and parse_amount(field.data.strip()) is None:
        raise ValidationError(_("Enter an amount in digits, like 1234.56."))


class FilterForm(GuichetForm):
    """What narrows the list. It changes nothing, and stands in the address."""

    class Meta(GuichetForm.Meta):
        """Read from an address, which has no token."""

        csrf = False

    words = StringField(_l("Description or number"))
    kind = SelectField(_p("column", "Kind"), default="")
    state = SelectField(_p("column", "Status"), default="")
    by = SelectField(_p("column", "Submitted by"), default="")
    since = StringField(_l("From (yyyy-mm-dd)"), [_day])
    until = StringField(_l("To (yyyy-mm-dd)"), [_day])
    least = StringField(_l("Amount from"), [_amount])
    most = StringField(_l("Amount to"), [_amount])

    def validate_until(self, field: Field) -> None:
        """The last day is not before the first."""
        first, last = parse_day(self.since.data or ""), parse_day(field.data or "")
        if first and last and last < first:
            raise ValidationError(_("The last day is before the first. Change one of them."))


def filter_form() -> FilterForm:
    """The form as the address fills it; what is wrong in it is said at its field."""
    form = FilterForm(formdata=request.args)
    form.kind.choices = _choices(KINDS)
    form.state.choices = _choices(STATES)
    form.by.choices = _choices(side_words())
    form.process(request.args)
    form.validate()
    return form


def _choices(words: Mapping[str, Any]) -> list[SelectChoice]:
    every = SelectChoice("", pgettext("filter", "All"))
    return [every, *(SelectChoice(code, str(said)) for code, said in words.items())]


def wanted(form: FilterForm) -> Wanted:
    """What the form asks for; a field with a mistake narrows nothing."""
    given = {
        field.name: field.data.strip()[:_LONGEST]
        for field in form
        if field.data and not field.errors
    }
    read: Mapping[str, Callable[[str], Any]] = {
        "since": parse_day, "until": parse_day, "least": parse_amount, "most": parse_amount,
    }  # fmt: skip
    return Wanted(**{name: read.get(name, str)(value) for name, value in given.items()})


def selected() -> tuple[int, ...]:
    """The lines that were ticked on the list, for a file of these alone."""
    ticked = request.args.getlist("line")[:MOST_SELECTED]
    return tuple(int(one) for one in ticked if _plain(one))


def applied(form: FilterForm) -> list[tuple[str, str, str]]:
    """Each filter that counts: its name in the address, its label, and its value in words."""
    return [
        (field.name, str(field.label.text), _said(field))
        for field in form
        if field.data and not field.errors
    ]


def _said(field: Field) -> str:
    if not isinstance(field, SelectField):
        return str(field.data)
    return next(str(words) for code, words, *_rest in field.iter_choices() if code == field.data)


def key_of(name: str) -> Key | None:
    """Where a page begins, as an address says it: a day and a number, ``2026-09-01.17``."""
    day, _dot, number = request.args.get(name, "").partition(".")
    found = parse_day(day)
    return (found, int(number)) if found is not None and _plain(number) else None


def as_address(key: Key | None) -> str | None:
    """The same, written."""
    return None if key is None else f"{key[0].isoformat()}.{key[1]}"


def _plain(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID
