"""Staff screen: programs, drawn from their definitions. People change the file, not the screen."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p

from app.programs import library
from app.programs.models import Program
from app.programs.pages import matrix_of
from app.web.admin import Related, SafeModelView, SafeSQLAInterface
from app.web.staff.fragment import drawn
from app.web.staff.screens import Screens, add_screens


class ProgramView(SafeModelView):
    """The programs somebody works for: roles, texts and numbers as the definition has them."""

    datamodel = SafeSQLAInterface(Program, "staff.programs.read")
    route_base = "/staff/programs"
    list_title, one_title = _l("Programs"), _p("one", "Program")
    facts = _l("Drawn from the definition files. To change a program, change its file.")
    empty = _l("You work for no program.")
    list_columns = ("title", "code", "version")
    show_columns = ("name_en", "name_fr", "code", "version")
    search_columns = ("name_en", "name_fr")
    order_columns = ("code", "version")
    base_order = ("name_en", "asc")
    label_columns = {
        "title": _p("column", "Name"),
        "name_en": _l("Name in English"),
        "name_fr": _l("Name in French"),
        "code": _p("column", "Code"),
        "version": _p("column", "Version"),
    }
    identifiers = frozenset({"code"})
    related = (
        Related(_l("Accounts"), "AccountView", "program"),
        Related(_l("Registrations"), "RegistrationView", "program"),
        Related(_l("Letters"), "LetterView", "program"),
        Related(_l("Staff assignments"), "AssignmentView", "program"),
    )

    def row_title(self, row: Any) -> str:
        """The program's name."""
        return str(row)

    def more_of(self, row: Any) -> Any:
        """The matrix, then the texts."""
        one = library.definition(row.code)
        return drawn("staff/program.html", program=one, rows=matrix_of(one))


SCREENS: Screens = ((ProgramView, "programs"),)


def register(builder: AppBuilder) -> None:
    """Put the screens into the staff menu."""
    add_screens(builder, SCREENS)
