"""An invented program of tests/programs/second, published beside the shipped one, and its versions.

Whatever a test needs to know of it is found in the definition: its codes stand in no line of app/.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.audit.models import Entry
from app.cases.models import Answer, CasePart, ClientCase
from app.cases.rules.filling import Forms
from app.correspondence.models import Notice
from app.programs import library, service
from app.programs.loader import read_tree
from app.programs.models import Program
from app.programs.schema.definition import Definition
from config import ROOT
from tests.programs.conftest import written

FILE = ROOT / "tests" / "programs" / "second" / "night_berths.yaml"
CODE = FILE.stem

DAY = date(2026, 11, 2)
COUNTRIES = frozenset({"CA"})
Change = Callable[[dict[str, Any]], object]


class Second:
    """The program in a folder where the definitions are looked for while the test runs."""

    def __init__(self, folder: Path, owner_engine: Engine) -> None:
        self.folder, self._owner = folder, owner_engine
        portal = (library.DEFINITIONS / "portal.yaml").read_bytes()
        (folder / "portal.yaml").write_bytes(portal)
        self.file = folder / FILE.name
        self.file.write_bytes(FILE.read_bytes())
        self.tree: dict[str, Any] = read_tree(FILE.read_text(encoding="utf-8"), FILE.name)[1]

    @property
    def definition(self) -> Definition:
        """As it stands now."""
        return library.definition(CODE)

    def changed(self, change: Change | None = None) -> str:
        """The text of the next version: `change` alters the tree of the one before."""
        value = copy.deepcopy(self.tree)
        value["version"] = str(int(value["version"]) + 1)
        if change is not None:
            change(value)
        return written(value)

    def publish(self, change: Change | None = None, *, first: bool = False) -> int:
        """Publish it, or its next version; return the version."""
        if not first:
            text = self.changed(change)
            self.file.write_text(text, encoding="utf-8")
            self.tree = read_tree(text, FILE.name)[1]
        with Session(self._owner) as owner, owner.begin():
            service.sync(owner)
        return int(self.tree["version"])

    def program(self, db: Session) -> Program:
        """Its row."""
        found = db.scalars(select(Program).where(Program.code == CODE)).one()
        db.rollback()
        return found


class Berths:
    """Requests for a berth, filled in as the definition asks, whatever it calls things."""

    def __init__(self, world, second):
        self.world, self.second = world, second
        self.program = second.program(world.db)
        self.program_id = self.program.id
        self.kind = next(iter(second.definition.cases.values()))
        self.sections = [one for one in self.kind.sections.values() if one.topics]

    def draft(self, answers=None, **columns):
        """A case with these answers, section by section; all of them where none are given."""
        account = self.world.account(program=self.program)
        owner = self.world.owner(account)
        case = ClientCase(
            account_id=account.id, program_id=account.program_id, case_type=self.kind.code,
            definition_version=self.second.definition.version, only_one=True, opened_by=owner.id,
            state=next(code for code, one in self.kind.states.items() if one.initial), **columns,
        )  # fmt: skip
        self.world.db.add(case)
        self.world.db.flush()
        for section, given in (self.whole() if answers is None else answers).items():
            part = CasePart(case_id=case.id, section=section, key="", made_by=owner.id)
            self.world.db.add(part)
            self.world.db.flush()
            for code, value in given.items():
                row = Answer(part_id=part.id, question=code, value=value, changed_by=owner.id)
                self.world.db.add(row)
        self.world.db.commit()
        return self.world.fresh(case)

    def whole(self):
        """An answer to every question that is asked: documents are no answers."""
        scenario = next(iter(self.second.definition.scenarios.values()))
        forms = Forms(self.second.definition, scenario, COUNTRIES)
        forms.fill({}, DAY, (), complete=True)
        return {one.code: dict(forms.parts[one.code][0].answers) for one in self.sections}

    def answers(self, case):
        """Question → its answer, and since which version it is kept aside."""
        wanted = select(Answer).join(CasePart).where(CasePart.case_id == case.id)
        found = {
            one.question: (one.value, one.unfit_since) for one in self.world.db.scalars(wanted)
        }
        self.world.db.rollback()
        return found

    def version(self, case):
        return self.world.fresh(case).definition_version

    def entries(self):
        found = self.world.db.scalars(
            select(Entry).where(Entry.event == "case.carried").order_by(Entry.seq)
        ).all()
        self.world.db.rollback()
        return found

    def told(self):
        wanted = select(Notice).where(Notice.template == "application_asks_more")
        found = [one.person_id for one in self.world.db.scalars(wanted.order_by(Notice.id))]
        self.world.db.rollback()
        return found


@pytest.fixture
def second(tmp_path, monkeypatch, owner_engine, engine):
    folder = tmp_path / "definitions"
    folder.mkdir()
    made = Second(folder, owner_engine)
    monkeypatch.setattr(library, "DEFINITIONS", folder)
    made.publish(first=True)
    return made


@pytest.fixture
def berths(world, second):
    return Berths(world, second)
