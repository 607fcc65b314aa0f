"""Staff screens over real tables, for the tests of what all screens share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from flask_wtf import CSRFProtect
from sqlalchemy import true
from wtforms import StringField

from app.base import db
from app.base.errors import Conflict, Invalid
from app.identity.security_manager import SecurityManager
from app.parties.models import Account, RegistryEntry
from app.web import shell
from app.web.admin import Deed, Related, SafeModelView, SafeSQLAInterface, Tab, Tag, scope
from app.web.admin.bulk import set_ledger
from app.web.builder import Desk
from app.web.forms import GuichetForm, required
from tests.web.small_app import ROOT

SECRET = "paper_reference"


class EveryRole(SecurityManager):
    """FAB's half of access, always yes: these tests are about rows."""

    def has_access(self, _permission: str, _view: str) -> bool:
        return True

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        return set(menu_names or ())


class Rename(GuichetForm):
    """The form of a deed."""

    legal_name = StringField("Legal name", [required("Enter the legal name.")])


class Done:
    """What the deeds of these screens were asked to do."""

    def __init__(self) -> None:
        self.deeds: list[tuple[str, Any]] = []
        self.fails: Exception | None = None

    def __call__(self, name: str) -> Callable[..., None]:
        def run(row: Any, _form: GuichetForm) -> None:
            if self.fails is not None:
                raise self.fails
            rows = row if isinstance(row, list) else [row]
            self.deeds.append((name, [one.id for one in rows]))

        return run


done = Done()


class Registry(SafeModelView):
    """The screen that most tests look at."""

    datamodel = SafeSQLAInterface(RegistryEntry, "staff.registry.read")
    route_base = "/staff/registry"
    list_title = _l("Name")
    one_title = _l("Legal name")
    empty = _l("Nothing left to do")
    list_columns = ("legal_name", "bn", "base", "as_of")
    show_columns = ("legal_name", "bn", "base", "program", "as_of")
    search_columns = ("search", "bn", "base", "as_of", "program")
    order_columns = ("legal_name", "as_of")
    sort_as = {"legal_name": "name_folded"}
    base_order = ("legal_name", "asc")
    identifiers = frozenset({"bn"})
    choices = {"base": {"CA": "Canada", "US": Tag("done", "U.S.")}}
    label_columns = {
        "legal_name": _l("Legal name"),
        "search": _l("Name"),
        "bn": _l("Business number (BN)"),
        "base": _l("Carrier"),
        "as_of": _l("Email"),
        "program": _l("Activation"),
    }
    tabs = (Tab(_l("Name"), {}), Tab(_l("Address"), {"_flt_0_base": "US"}))
    related = (Related(_l("Access"), "Accounts", "program"),)
    deeds = (
        Deed("mark", _l("Edit"), _l("See also"), done("mark"), "staff.registry.add"),
        Deed("rename", _l("Name"), _l("Facts"), done("rename"), "staff.registry.add", form=Rename),
        Deed(
            "many",
            _l("Select"),
            _l("See also"),
            done("many"),
            "staff.registry.add",
            many=_l("Select"),
        ),
    )
    words = {"taken": _l("Check this answer.")}

    def row_title(self, row: RegistryEntry) -> str:
        return row.legal_name


class Accounts(SafeModelView):
    """A screen whose columns pass relationships."""

    datamodel = SafeSQLAInterface(Account, "staff.accounts.read")
    route_base = "/staff/accounts"
    list_title = _l("Access")
    one_title = _l("Access")
    empty = _l("Nothing left to do")
    list_columns = ("party.name", "program.code", "state")
    show_columns = ("party.name",)
    search_columns = ("party.search", "program")
    order_columns = ("party.name",)
    sort_as = {"party.name": "party.name_folded"}
    base_order = ("party.name", "asc")
    label_columns = {
        "party.name": _l("Name"),
        "party.search": _l("Name"),
        "program": _l("Activation"),
        "program.code": _l("Activation"),
        "state": _l("Access"),
    }


class Memory:
    """A ledger that keeps the results of one test."""

    def __init__(self) -> None:
        self.runs: dict[str, dict[str, str]] = {}

    def begin(self, token: str, _screen: str, _deed: str, rows: Any) -> int:
        self.runs[token] = {c.key: c.skip.code if c.skip else "waiting" for c in rows}
        return len(self.runs)

    def begun(self, token: str) -> int | None:
        return list(self.runs).index(token) + 1 if token in self.runs else None

    def _lines(self, run: int) -> dict[str, str]:
        return list(self.runs.values())[run - 1]

    def do(self, run: int, keys: Any, work: Callable[[], Any]) -> Any:
        answer = work()
        self._lines(run).update(dict.fromkeys(keys, "done"))
        return answer

    def skip(self, run: int, key: str, why: Any) -> None:
        self._lines(run)[key] = why.code

    def finish(self, _run: int) -> None: ...

    def abandon(self, run: int) -> None:
        self.runs.pop(list(self.runs)[run - 1])

    def address(self, run: int) -> str:
        return f"/en/result/{run}"


def screen_app() -> Flask:
    """The shell and these two screens; who may see what is set by each test."""
    app = Flask("app", template_folder="web/templates", static_folder="web/static")
    app.config.update(
        SECRET_KEY="only for tests",
        TESTING=True,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        BABEL_DEFAULT_LOCALE="en_CA",
        FAB_CREATE_DB=False,
        FAB_UPDATE_PERMS=False,
        FAB_ADD_SECURITY_API=False,
        FAB_ADD_OPENAPI_VIEWS=False,
        FAB_SECURITY_MANAGER_CLASS="tests.web.screens.EveryRole",
    )
    app.teardown_appcontext(lambda _error: db.session.remove())
    with app.app_context():
        CSRFProtect(app)
        builder = Desk()
        builder.init_app(app, db.session)
        builder.add_view(Registry, "Registry", label=_l("Name"))
        builder.add_view(Accounts, "Accounts", label=_l("Access"))
        shell.install(app)
        from app.web.admin.menu import staff_menu

        app.jinja_env.globals.update(staff_menu=staff_menu)
        app.register_blueprint(front_pages())
    return app


def front_pages() -> Any:
    """The public pages: FAB's index is theirs."""
    from app.web.front import pages

    return pages


def see_all(app: Flask) -> None:
    """Every row is visible and every deed allowed."""
    scope.set_scope(app, lambda _model, _action: true(), lambda _action, _row: True)
    set_ledger(app, Memory())


__all__ = ["SECRET", "Conflict", "Invalid", "Memory", "done", "screen_app", "see_all"]
