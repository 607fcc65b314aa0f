"""Staff screens: notices that people were sent, and announcements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

from flask_appbuilder import AppBuilder
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from markupsafe import Markup
from wtforms import SelectField, StringField, TextAreaField

from app.authority.queries import staff_programs
from app.base.days import local_day
from app.base.db import session
from app.base.errors import Conflict, Invalid
from app.correspondence import announcements
from app.correspondence.announcements import Wording
from app.correspondence.models import Announcement, Notice
from app.correspondence.templates import all_templates
from app.correspondence.words import words_of
from app.programs.library import portal
from app.programs.models import Program
from app.web.access import current_person
from app.web.admin import SafeModelView, SafeSQLAInterface, Tag
from app.web.forms import STALE, DateField, GuichetForm, required, version_field
from app.web.staff.clock import moment
from app.web.staff.fragment import drawn
from app.web.staff.screens import Screens, add_screens

ALL = "all"
_HOLE = re.compile(r"%\(\w+\)s")
MAIL_STATES = {
    "none": Tag("ended", _p("mail", "Not mailed")),
    "queued": Tag("waiting", _p("mail", "Queued")),
    "sent": Tag("done", _p("mail", "Sent")),
    "failed": Tag("late", _p("mail", "Failed")),
}


class Subjects(Mapping[str, str]):
    """Name of a notice → its subject in the reader's language, values left out."""

    def __getitem__(self, name: str) -> str:
        return next(self._said(one) for one in all_templates() if one.name == name)

    def __iter__(self) -> Iterator[str]:
        return (one.name for one in all_templates())

    def __len__(self) -> int:
        return len(list(all_templates()))

    @staticmethod
    def _said(template: Any) -> str:
        return _HOLE.sub("…", str(template.subject))


class NoticeView(SafeModelView):
    """What people were told, in the portal and by email."""

    datamodel = SafeSQLAInterface(Notice, "staff.notices.read")
    route_base = "/staff/notices"
    list_title, one_title = _l("Notices"), _p("one", "Notice")
    empty = _l("No one has been sent a notice yet.")
    list_columns = ("template", "person", "made_at", "read_at", "mail_state")
    show_columns = (*list_columns, "mailed_at", "mail_to", "program")
    search_columns = (
        "template", "person.party.search", "made_at", "mail_state", "program", "person_id",
        "account_id",
    )  # fmt: skip
    linked_by = frozenset({"account_id", "person_id"})
    order_columns = ("person", "made_at", "read_at", "mail_state")
    sort_as = {"person": "person.party.name_folded"}
    base_order = ("made_at", "desc")
    label_columns = {
        "template": _p("column", "Subject"),
        "person": _p("column", "To whom"),
        "person.party.search": _p("column", "To whom"),
        "made_at": _p("column", "Sent on"),
        "read_at": _p("column", "Read on"),
        "mail_state": _p("column", "Email"),
        "mailed_at": _l("Emailed on"),
        "mail_to": _l("Emailed to"),
        "program": _p("column", "Program"),
        "person_id": _l("Person number"),
        "account_id": _l("Account number"),
    }
    choices = {"template": Subjects(), "mail_state": MAIL_STATES}

    def row_title(self, row: Any) -> str:
        """The subject as the person reads it."""
        return words_of(session, row).subject

    def more_of(self, row: Any) -> Any:
        """The words, in the language of whoever looks."""
        return drawn("staff/notice.html", words=words_of(session, row))


class WriteAnnouncement(GuichetForm):
    """What to announce, in both languages, and from when to when."""

    program_id = SelectField(_p("column", "Program"), [required(_l("Select a program."))])
    title_en = StringField(
        _l("Title in English"),
        [required(_l("Enter the title in English."))],
        description=_l("60 characters at most."),
        render_kw={"lang": "en"},
    )
    title_fr = StringField(
        _l("Title in French"),
        [required(_l("Enter the title in French."))],
        description=_l("60 characters at most."),
        render_kw={"lang": "fr"},
    )
    body_en = TextAreaField(
        _l("Text in English"),
        [required(_l("Enter the text in English."))],
        render_kw={"lang": "en"},
    )
    body_fr = TextAreaField(
        _l("Text in French"),
        [required(_l("Enter the text in French."))],
        render_kw={"lang": "fr"},
    )
    first_day = DateField(_l("First day"), [required(_l("Enter the first day."))])
    last_day = DateField(_l("Last day"), description=_l("Leave empty to announce until changed."))
    version = version_field()

    def __init__(self, *args: Any, obj: Announcement | None = None, **kwargs: Any) -> None:
        if obj is not None:
            zone = portal().zone
            kwargs["version"] = str(obj.row_version)
            kwargs["program_id"] = str(obj.program_id or ALL)
            kwargs["first_day"] = local_day(obj.starts_at, zone)
            kwargs["last_day"] = local_day(obj.ends_at, zone) if obj.ends_at else None
            for name in ("title_en", "title_fr", "body_en", "body_fr"):
                kwargs[name] = getattr(obj, name)
        super().__init__(*args, **kwargs)
        mine = staff_programs(session, current_person().id, announcements.WRITE)
        programs = session.query(Program).order_by(Program.id).all()
        choices = [(str(one.id), str(one)) for one in programs if one.id in mine]
        if len(choices) == len(programs):
            choices.append((ALL, gettext("All programs")))
        self.program_id.choices = choices

    def wording(self) -> Wording:
        """What was typed."""
        return Wording(
            program_id=None if self.program_id.data == ALL else int(self.program_id.data),
            title_en=self.title_en.data,
            title_fr=self.title_fr.data,
            body_en=self.body_en.data,
            body_fr=self.body_fr.data,
            first_day=cast("date", self.first_day.data),  # its validator asks for one
            last_day=self.last_day.data,
        )


class AnnouncementView(SafeModelView):
    """A sentence or two from the agency, in both languages, for a time."""

    datamodel = SafeSQLAInterface(Announcement, "staff.announcements.read")
    route_base = "/staff/announcements"
    list_title, one_title = _l("Announcements"), _p("one", "Announcement")
    empty = _l("Nothing has been announced yet.")
    list_columns = ("title", "starts_at", "ends_at", "program")
    show_columns = ("title_en", "body_en", "title_fr", "body_fr", "starts_at", "ends_at", "program")
    search_columns = ("title_en", "title_fr", "starts_at", "ends_at", "program")
    order_columns = ("starts_at", "ends_at")
    base_order = ("starts_at", "desc")
    label_columns = {
        "title": _p("column", "Title"),
        "title_en": _l("Title in English"),
        "title_fr": _l("Title in French"),
        "body_en": _l("Text in English"),
        "body_fr": _l("Text in French"),
        "starts_at": _l("First day"),
        "ends_at": _l("Last day"),
        "program": _p("column", "Program"),
    }
    add_form = edit_form = WriteAnnouncement
    add_title, edit_title = _l("Write an announcement"), _l("Change the announcement")
    add_action = edit_action = announcements.WRITE
    words = {
        "missing": _l("Enter the text in both languages."),
        "too_long": _l("Shorten it: %(title)s characters for a title, %(body)s for a text."),
        "before_start": _l("The end date must be after the start date."),
        "stale": STALE,
    }

    def deed_add(self, form: Any) -> None:
        """Announce it."""
        announcements.write_announcement(current_person().id, form.wording())

    def deed_edit(self, row: Any, form: Any) -> None:
        """Change it, unless somebody else did since."""
        version = int(form.version.data) if (form.version.data or "").isdigit() else 0
        try:
            announcements.change_announcement(current_person().id, row.id, version, form.wording())
        except Conflict as conflict:
            raise Invalid({"": conflict.reason}) from conflict

    def cell(self, row: Any, column: str) -> Any:
        """One without program is for all of them; words say which language they are in."""
        if column == "program" and row.program_id is None:
            return gettext("All programs")
        if column.endswith(("_en", "_fr")):
            words = getattr(row, column)
            return Markup('<span lang="{}">{}</span>').format(column[-2:], words)
        return super().cell(row, column)

    row_words = {"hold": _p("row", "Over")}

    def row_state(self, row: Any) -> str | None:
        """Those that are over stand back."""
        return "hold" if row.ends_at is not None and row.ends_at <= moment() else None

    def row_title(self, row: Any) -> str:
        """The title in the reader's language."""
        return str(row.title)


SCREENS: Screens = (
    (NoticeView, "notices"),
    (AnnouncementView, "announcements"),
)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
