"""docs/new-screen.md is true: its own code, run as it stands there, is a working screen."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from flask_babel import lazy_gettext
from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

import app.web.staff.screens as screens_module
from app import create_app
from app.authority import scopes
from app.authority.scopes import Scope, register
from app.authority.staff_roles import sync_roles
from app.base import db as base
from app.base.columns import Key, Moment, Words
from app.base.db import Model
from app.programs.models import Program
from app.web.admin import SafeModelView, SafeSQLAInterface
from app.web.admin.contract import Incomplete
from app.web.staff.screens import Screens, add_screens, permissions
from tests.support.client import Client
from tests.support.signing import give_session

PAGE = Path("docs/new-screen.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture
def written(monkeypatch):
    """The page's two blocks, run once, and everything they made taken back."""
    names = {
        "Model": Model, "Key": Key, "Moment": Moment, "Words": Words, "Mapped": Mapped,
        "mapped_column": mapped_column, "ForeignKey": ForeignKey, "Program": Program,
        "relationship": relationship, "register": register, "Scope": Scope, "_l": lazy_gettext,
        "SafeModelView": SafeModelView, "SafeSQLAInterface": SafeSQLAInterface, "Screens": Screens,
    }  # fmt: skip
    module = ModuleType("visits_admin")
    module.__dict__.update(names)
    monkeypatch.setitem(sys.modules, "visits_admin", module)
    for block in BLOCKS:
        exec(compile(block, "docs/new-screen.md", "exec"), module.__dict__)  # noqa: S102
    monkeypatch.setattr(screens_module, "PACKAGES", (*screens_module.PACKAGES, "visits_admin"))
    yield module
    scopes._scopes.pop(module.Visit)
    Model.metadata.remove(module.Visit.__table__)
    Model.registry._dispose_cls(module.Visit)


@pytest.fixture
def portal(written, settings, engine, owner_engine):
    """A portal with the new screen in it, on this test's database."""
    with owner_engine.begin() as owner:
        written.Visit.__table__.create(owner)
        owner.execute(text("GRANT SELECT, INSERT, UPDATE ON visit TO guichet_app"))
    portal = create_app(settings)
    with portal.app_context():
        add_screens(portal.appbuilder, written.SCREENS)
    yield portal
    base.session.remove()
    base.session.get_bind().engine.dispose()


def test_the_view_is_about_fifteen_lines(written):
    view = next(block for block in BLOCKS if "class VisitView" in block)
    lines = view[: view.index("SCREENS")].strip().splitlines()
    assert 12 <= len([line for line in lines if line.strip()]) <= 17


def test_the_screen_of_the_page_works_in_both_languages(portal, written, world, owner_db):
    sync_roles(owner_db, permissions())
    owner_db.commit()
    other = world.other_program()
    for program, place in ((world.program(), "Halifax"), (other, "Zibeline")):
        row = written.Visit(program_id=program.id, place=place, done_at=world.now())
        world.db.add(row)
        world.db.commit()
    officer = world.staff("program_officer")
    client = Client(portal)
    give_session(world, client, officer)
    for lang in ("en", "fr"):
        page = client.get("/staff/visits/list/", lang=lang)
        assert "Halifax" in page.main
        assert "Zibeline" not in page.main
        assert "Halifax" in client.get("/staff/visits/show/1", lang=lang).main
    assert client.get("/staff/visits/list/?_flt_0_place=hali").main.count("1 result") == 1
    client.get("/staff/visits/show/2", expect=404)
    token = client.token("/staff/visits/list/")
    file = client.post("/staff/visits/export/csv", {"csrf_token": token}, expect=200)
    assert "Halifax" in file.data.decode()
    assert "Visits" in client.get("/staff/").links()


def test_it_is_in_the_screens_of_the_kinds_that_have_its_action(written):
    assert permissions()["VisitView"] == {
        "can_list": "staff.letters.read",
        "can_show": "staff.letters.read",
        "can_export": "staff.export",
    }
    assert permissions()["visits"] == {"menu_access": "staff.letters.read"}


def test_a_screen_that_leaves_something_to_chance_does_not_start(written):
    class Forgetful(written.VisitView):
        label_columns = {"place": "Place"}

    with pytest.raises(Incomplete, match="no label for done_at, program"):
        Forgetful()
