"""The forms over saved views and columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField

from app.authority.queries import staff_programs
from app.base.db import session
from app.desk.service.views import SHARE
from app.programs.models import Program
from app.web.access import current_person
from app.web.admin.arranging import KeptView, possible
from app.web.admin.base import Screen
from app.web.forms import GuichetForm, required

OWN, AS_NEW, INSTEAD = "own", "new", "instead"


class KeepForm(GuichetForm):
    """What the view is called and who finds it; of an open view, whether it is replaced."""

    how = RadioField(_l("What to save"), default=INSTEAD)
    name = StringField(_l("Name of the view"), [required(_l("Enter a name for the view."))])
    whose = RadioField(_l("Who finds it"), default=OWN)
    with_columns = BooleanField(_l("Save the columns shown now, too"))

    def __init__(self, opened: KeptView | None, **kwargs: Any) -> None:
        may = {str(one.id): one for one in _teams()}
        changeable = opened is not None and (opened.whose == "own" or _is_of(opened, may))
        if opened is not None and changeable:
            kwargs["name"] = opened.label
            kwargs["with_columns"] = bool(opened.columns)
        super().__init__(**kwargs)
        if opened is not None and changeable:
            self.how.choices = [
                (INSTEAD, gettext("Change the view “%(name)s”", name=opened.label)),
                (AS_NEW, gettext("Save a new view")),
            ]
        else:
            del self.how
        self.whose.choices = [
            (OWN, gettext("Only me")),
            *((key, gettext("Everyone who works for %(program)s", program=one.title))
              for key, one in may.items()),
        ]  # fmt: skip
        if not may:
            del self.whose

    @property
    def replaces(self) -> bool:
        """Whether the open view is changed, and no new one made."""
        return "how" in self and self.how.data == INSTEAD

    @property
    def program_id(self) -> int | None:
        """The program whose team finds the view; none for the person alone."""
        chosen = self.whose.data if "whose" in self else OWN
        return None if chosen == OWN else int(chosen)


class ColumnsForm(GuichetForm):
    """Which columns a list shows beside the one that names the row."""

    columns = SelectMultipleField(_p("form", "Columns"))

    def __init__(self, screen: Screen, shown: Sequence[str], **kwargs: Any) -> None:
        super().__init__(columns=list(shown), **kwargs)
        first, *others = possible(screen)
        self.first = first
        self.columns.choices = [(name, str(screen.label_columns[name])) for name in others]


def _teams() -> Sequence[Program]:
    """The programs whose lists the person may arrange for everybody."""
    keys = staff_programs(session, current_person().id, SHARE)
    return session.query(Program).filter(Program.id.in_(keys)).order_by(Program.id).all()


def _is_of(view: KeptView, teams: Any) -> bool:
    return view.whose == "team" and str(view.program_id) in teams
