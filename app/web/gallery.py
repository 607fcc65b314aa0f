"""The gallery: every part of the shell, empty, filled and in error. Development and tests only."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from flask_babel import gettext, lazy_gettext, pgettext
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    EmailField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from app.web.access import public
from app.web.context import Link, Nameplate
from app.web.forms import (
    CodeField,
    DateField,
    GuichetForm,
    file_required,
    required,
    six_digits,
)

pages = Blueprint("gallery", __name__, url_prefix="/gallery")


class Sample(GuichetForm):
    """One field of each kind."""

    family_name = StringField(
        lazy_gettext("Family name"), [required(lazy_gettext("Enter the family name."))]
    )
    email = EmailField(
        lazy_gettext("Email address"), [required(lazy_gettext("Enter your email address."))]
    )
    phone = TelField(lazy_gettext("Telephone number"), [Optional()])
    password = PasswordField(
        lazy_gettext("Password"), [required(lazy_gettext("Enter your password."))]
    )
    role = SelectField(
        lazy_gettext("Role"),
        [required(lazy_gettext("Select a role."))],
        choices=[
            SelectChoice("", lazy_gettext("Select a role")),
            SelectChoice("owner", lazy_gettext("Account owner")),
            SelectChoice("proxy", lazy_gettext("Proxy account owner")),
        ],
    )
    reviewed_by = RadioField(
        lazy_gettext("Who reviewed the written risk assessment this year?"),
        [required(lazy_gettext("Select who reviewed the risk assessment."))],
        choices=[
            SelectChoice("own", lazy_gettext("Our own staff")),
            SelectChoice("hired", lazy_gettext("A firm we hired")),
            SelectChoice("nobody", lazy_gettext("No one yet")),
        ],
    )
    lines = SelectMultipleField(
        lazy_gettext("Lines of business"),
        [required(lazy_gettext("Select at least one line of business."))],
        choices=[
            SelectChoice("importer", lazy_gettext("Importer")),
            SelectChoice("carrier", lazy_gettext("Carrier")),
        ],
    )
    reviewed_on = DateField(
        lazy_gettext("Date of the last review"),
        [required(lazy_gettext("Enter the date of the last review."))],
    )
    note = TextAreaField(lazy_gettext("Note"), [Optional()])
    document = FileField(
        lazy_gettext("Business continuity plan"),
        [file_required(lazy_gettext("Upload the business continuity plan."))],
    )
    terms = BooleanField(
        lazy_gettext("Accept the terms of use"),
        [required(lazy_gettext("Accept the terms of use to continue."))],
    )


class SampleCode(GuichetForm):
    """The one-time code."""

    code = CodeField(lazy_gettext("One-time code"), [six_digits])
    terms = BooleanField(lazy_gettext("Accept the terms of use"))


def nameplate() -> Nameplate:
    """A business of the pictures."""
    here = "#main"
    return Nameplate(
        "Les Vergers du Suroît S.E.N.C.",
        number="100001739",
        role=gettext("Full access user"),
        links=[
            Link(gettext("Dashboard"), here, current=True),
            Link(gettext("Applications"), here),
            Link(gettext("Change business"), here),
        ],
    )


@pages.get("/")
@public
def parts() -> str:
    """Every part that is not a form."""
    return render_template("gallery/parts.html", nameplate=nameplate(), kinds=_kinds())


@pages.route("/form", methods=["GET", "POST"])
@public
def form() -> str:
    """Every field: empty on GET, in error on an empty POST, filled with the record's values."""
    sample = Sample()
    done = sample.validate_on_submit()
    return render_template("gallery/form.html", form=sample, done=done, nameplate=nameplate())


@pages.get("/form/filled")
@public
def filled() -> str:
    """The same form, filled from a record."""
    record = {
        "family_name": "Brûlé-Castonguay",
        "email": "e.brule@vergers.example",
        "role": "proxy",
        "reviewed_by": "hired",
        "lines": ["importer"],
        "reviewed_on": date(2026, 8, 1),
    }
    return render_template("gallery/form.html", form=Sample(data=record), done=False)


@pages.route("/code", methods=["GET", "POST"])
@public
def code() -> str:
    """The sheet with the arched top."""
    sample = SampleCode()
    sample.validate_on_submit()
    return render_template("gallery/code.html", form=sample)


@pages.route("/confirm", methods=["GET", "POST"])
@public
def confirm() -> str:
    """A page that asks once more."""
    return render_template("gallery/confirm.html", form=GuichetForm(), nameplate=nameplate())


def _kinds() -> list[tuple[str, str]]:
    return [
        ("draft", pgettext("application", "Draft")),
        ("submitted", pgettext("application", "Submitted")),
        ("review", pgettext("application", "Under review")),
        ("waiting", pgettext("access", "Awaiting activation")),
        ("turn", pgettext("whose turn", "Yours")),
        ("done", pgettext("access", "Active")),
        ("refused", pgettext("application", "Denied")),
        ("late", pgettext("tag", "Late")),
        ("hold", pgettext("membership", "Suspended")),
        ("ended", pgettext("access", "Ended")),
    ]
