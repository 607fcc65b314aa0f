"""FAB's own users and roles, restyled: colleagues, what their roles open, and who gives them.

There is no form for a password, none for a role's permissions (they come from code), and a
person's roles follow their staff assignments: giving one *is* giving an assignment.
"""

from __future__ import annotations

from typing import Any

from flask_appbuilder.security.sqla.models import Role
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _p
from wtforms import SelectMultipleField

from app.authority.queries import staff_programs
from app.authority.service import staff
from app.authority.staff import STAFF_ROLES
from app.authority.staff_names import STAFF_DUTIES, STAFF_NAMES
from app.authority.staff_rules import assignable
from app.base.db import User, session
from app.base.errors import Conflict, Invalid, NotFound
from app.parties.models import Person
from app.programs.models import Program
from app.web.access import current_person
from app.web.admin import SafeModelView, SafeSQLAInterface
from app.web.forms import GuichetForm
from app.web.staff.fragment import drawn

READ = "staff.assignments.read"
_ROLE = _p("column", "Kind of staff")


class Posts(GuichetForm):
    """What somebody is, in each program whose staff the reader may change."""

    posts = SelectMultipleField(_l("Kinds of staff"))

    def __init__(self, *args: Any, obj: Any = None, **kwargs: Any) -> None:
        self.programs = _mine()
        if obj is not None:
            person = person_of(obj)
            kwargs["posts"] = [
                f"{key}:{kind}"
                for key in self.programs
                for kind in staff.kinds_held(session, person.id, key)
            ]
        super().__init__(*args, **kwargs)
        self.posts.choices = [
            (
                f"{key}:{kind}",
                gettext("%(program)s: %(kind)s", program=name, kind=STAFF_NAMES[kind]),
            )
            for key, name in self.programs.items()
            for kind in assignable(staff.kinds_held(session, current_person().id, key))
        ]

    def wanted(self) -> dict[int, list[str]]:
        """Program → the kinds that are chosen for it, none included."""
        chosen = [one.partition(":") for one in self.posts.data or ()]
        return {key: [kind for at, _, kind in chosen if int(at) == key] for key in self.programs}


def _mine() -> dict[int, str]:
    """The programs whose staff the reader may change, by name."""
    keys = staff_programs(session, current_person().id, staff.WRITE)
    programs = session.query(Program).filter(Program.id.in_(keys)).order_by(Program.id)
    return {one.id: str(one) for one in programs}


def person_of(user: Any) -> Person:
    """The person beside a user of FAB's. Raises NotFound for a user without one."""
    person = session.query(Person).filter(Person.user_id == user.id).one_or_none()
    if person is None:
        raise NotFound(f"User {user.id}")
    return person


class UserView(SafeModelView):
    """Colleagues: who signs in as staff, and under which roles."""

    datamodel = SafeSQLAInterface(User, READ)
    route_base = "/staff/users"
    help_topic = "staff-people"
    list_title, one_title = _l("Users"), _p("one", "User")
    facts = _l("Colleagues. Their roles follow their staff assignments.")
    empty = _l("No one is on the staff yet.")
    list_columns = ("last_name", "first_name", "username", "roles")
    show_columns = list_columns
    search_columns = ("last_name", "username")
    order_columns = ("last_name", "first_name", "username")
    base_order = ("last_name", "asc")
    label_columns = {
        "last_name": _l("Family name"),
        "first_name": _l("Given name"),
        "username": _l("Username"),
        "roles": _p("column", "Roles"),
    }
    edit_form, edit_title = Posts, _l("Change the roles")
    edit_action = "staff.users.write"
    words = {
        "inactive": _l("This person’s access is closed. It must be opened first."),
        "last_administrator": _l("A program keeps an administrator. Give another one first."),
    }

    def cell(self, row: Any, column: str) -> Any:
        """Roles by the names of the kinds of staff."""
        if column == "roles":
            return ", ".join(str(STAFF_NAMES.get(one.name, one.name)) for one in row.roles)
        return super().cell(row, column)

    def exported(self, row: Any, column: str) -> Any:
        """The same words in a file."""
        return self.cell(row, column) if column == "roles" else super().exported(row, column)

    def deed_edit(self, row: Any, form: Any) -> None:
        """Give and end assignments until they are what was chosen."""
        try:
            staff.set_assignments(current_person().id, person_of(row).id, form.wanted())
        except Conflict as conflict:
            raise Invalid({"": conflict.reason}) from conflict
        except Invalid as refusal:
            raise Invalid({"posts": next(iter(refusal.errors.values()))}) from refusal

    def row_title(self, row: Any) -> str:
        """The colleague's name."""
        return f"{row.first_name} {row.last_name}"


class RoleView(SafeModelView):
    """The kinds of staff, and which screens each has. Written by code, read here."""

    datamodel = SafeSQLAInterface(Role, READ)
    route_base = "/staff/roles"
    help_topic = "staff-people"
    list_title, one_title = _l("Roles"), _p("one", "Role")
    facts = _l("Kinds of staff and their screens. They come with the portal, nobody edits them.")
    empty = _l("Roles are written by the next start.")
    list_columns = ("name",)
    show_columns = list_columns
    search_columns = ()
    order_columns = ("name",)
    base_order = ("id", "asc")
    label_columns = {"name": _ROLE}
    choices = {"name": STAFF_NAMES}

    def row_title(self, row: Any) -> str:
        """The kind's name."""
        return str(STAFF_NAMES.get(row.name, row.name))

    def more_of(self, row: Any) -> Any:
        """Which screens, and which deeds on them."""
        from app.web.staff.screens import actions_of, all_screens

        held = STAFF_ROLES.get(row.name, frozenset())
        seen = [
            (
                view.list_title,
                [title for title, action in _doings(view, actions_of(view)) if action in held],
            )
            for view, _ in all_screens()
            if held & set(actions_of(view).values())
        ]
        return drawn("staff/role.html", duty=STAFF_DUTIES.get(row.name), screens=seen)


def _doings(view: Any, actions: Any) -> list[tuple[Any, str]]:
    """What may be done on a screen, in words, and the action it asks for."""
    found = [(_l("Read"), next(iter(actions.values())))]
    if issubclass(view, SafeModelView):
        if view.add_form is not None:
            found.append((view.add_title, view.add_action))
        if view.edit_form is not None:
            found.append((view.edit_title, view.edit_action))
        found += [(deed.label, deed.action) for deed in view.deeds]
        if view.can_export:
            found.append((_l("Export"), "staff.export"))
    return found
