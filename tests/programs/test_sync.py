"""Publishing: what YAML says stands in tables, once, and a published version never changes."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.programs import library, service
from app.programs.models import (
    LevelAction,
    Program,
    ProgramAction,
    ProgramRole,
    ProgramVersion,
    RoleAction,
    RoleGrant,
    Standing,
)
from app.programs.rules import roles as rules
from tests.programs.conftest import delegation, tree, written

NOW = library.definition("pip").version
NEXT, AFTER = str(NOW + 1), str(NOW + 2)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The shipped definitions, in a folder where a test may change them."""
    for path in library.DEFINITIONS.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(library, "DEFINITIONS", tmp_path)
    return tmp_path


def rewrite(folder, code="pip", **changes):
    """A new version of a definition, in which some values of the tree are replaced."""
    value = tree(code) | changes
    (folder / f"{value['code']}.yaml").write_text(written(value), encoding="utf-8")


def stored(db: Session, model, program_code="pip"):
    program = db.scalar(select(Program).where(Program.code == program_code))
    return db.scalars(select(model).where(model.program_id == program.id)).all()


def test_a_second_run_writes_nothing(owner_db):
    before = owner_db.scalar(text("SELECT count(*) FROM audit.entry"))
    assert service.sync(owner_db) == 0
    assert owner_db.scalar(text("SELECT count(*) FROM audit.entry")) == before


def test_the_tables_say_what_the_definition_says(owner_db):
    pip = library.definition("pip")
    roles = {role.code: role for role in stored(owner_db, ProgramRole)}
    assert sorted(roles, key=lambda code: roles[code].rank) == list(pip.roles)
    for code, role in pip.roles.items():
        row = roles[code]
        assert (row.label_en, row.label_fr) == (role.label.en, role.label.fr)
        assert (row.exclusive, row.required, row.retired) == (role.exclusive, role.required, False)
    cells = {(cell.role_code, cell.action_code) for cell in stored(owner_db, RoleAction)}
    assert cells == {(role, a) for role in pip.roles for a in rules.actions_of(pip, role)}
    grants = {(g.giver_code, g.role_code): g.kind for g in stored(owner_db, RoleGrant)}
    for giver in pip.roles:
        for role in pip.roles:
            given = rules.may_give(pip, giver, role)
            proposed = rules.may_propose(pip, giver, role)
            kind = "give" if given else "propose" if proposed else None
            assert grants.get((giver, role)) == kind
    assert {s.code for s in stored(owner_db, Standing)} == set(pip.standings)
    labels = {a.code: (a.label_en, a.label_fr) for a in stored(owner_db, ProgramAction)}
    for row in pip.matrix.values():
        for action, label in row.actions.items():
            assert labels.pop(action) == (label.en, label.fr)
    assert not labels


def test_the_source_of_a_published_version_is_kept_with_its_fingerprint(owner_db):
    (version,) = stored(owner_db, ProgramVersion)
    assert version.source == library.source("pip")
    assert version.sha256 == hashlib.sha256(version.source.encode()).hexdigest()


def test_a_published_version_cannot_be_changed_in_the_table_even_by_the_owner(owner_db):
    with pytest.raises(DBAPIError):
        owner_db.execute(text("UPDATE program_version SET source = 'other'"))


def test_the_application_writes_no_definition(db):
    with pytest.raises(DBAPIError, match="permission denied"):
        db.execute(text("UPDATE program_role SET exclusive = false"))
    db.rollback()


def test_a_changed_text_under_a_published_version_is_refused(owner_db, folder):
    path = folder / "pip.yaml"
    path.write_text(library.source("pip") + "# one more word\n", encoding="utf-8")
    with pytest.raises(service.PublishedVersionChanged) as refused:
        service.sync(owner_db)
    assert str(refused.value).startswith(
        f"pip.yaml, version: expected {NEXT}: version {NOW} was published on 20"
    )
    assert str(refused.value).endswith("with another text")


def test_a_new_version_is_published_beside_the_old_one_and_told_in_the_trail(owner_db, folder):
    rewrite(folder, version=NEXT)
    assert service.sync(owner_db) > 0
    assert [v.version for v in stored(owner_db, ProgramVersion)] == [NOW, NOW + 1]
    assert owner_db.scalar(select(Program.version).where(Program.code == "pip")) == NOW + 1
    event = owner_db.execute(
        text("SELECT event, changes FROM audit.entry ORDER BY seq DESC LIMIT 1")
    ).one()
    assert event.event == "definition.published"
    assert event.changes["version"] == [None, NEXT]
    assert service.sync(owner_db) == 0


def test_an_older_version_does_not_come_back(owner_db, folder):
    rewrite(folder, version=AFTER)
    service.sync(owner_db)
    rewrite(folder, version=NEXT)
    with pytest.raises(service.PublishedVersionChanged, match=f"version {AFTER} is in force"):
        service.sync(owner_db)


def test_a_role_that_is_gone_is_retired_and_grants_nothing(owner_db, folder):
    all_roles, value = tree()["roles"], tree()
    del value["roles"]["user_administrator"]
    for role in value["roles"].values():
        role["gives"] = [r for r in role.get("gives", ()) if r != "user_administrator"]
        if not role["gives"]:
            del role["gives"]
    rewrite(folder, version=NEXT, roles=value["roles"])
    service.sync(owner_db)
    retired = [role.code for role in stored(owner_db, ProgramRole) if role.retired]
    assert retired == ["user_administrator"]
    assert "user_administrator" not in {c.role_code for c in stored(owner_db, RoleAction)}
    grants = stored(owner_db, RoleGrant)
    assert "user_administrator" not in {g.role_code for g in grants}
    assert "user_administrator" not in {g.giver_code for g in grants}
    rewrite(folder, version=AFTER, roles=all_roles)
    service.sync(owner_db)
    assert not any(role.retired for role in stored(owner_db, ProgramRole))


def test_a_row_taken_from_a_role_takes_its_actions(owner_db, folder):
    value = tree()
    value["roles"]["full_access_user"]["may"].remove("add_users")
    rewrite(folder, version=NEXT, roles=value["roles"])
    service.sync(owner_db)
    cells = {(cell.role_code, cell.action_code) for cell in stored(owner_db, RoleAction)}
    assert ("full_access_user", "users.add") not in cells
    assert ("full_access_user", "users.view") in cells


def test_levels_and_acting_roles_are_written_as_the_actions_they_grant(owner_db, folder):
    value = delegation("looking", reading=["view_users", "company_profile"])
    value["acting"]["looking"]["may"] = ["view_users"]
    rewrite(folder, version=NEXT, delegation=value)
    service.sync(owner_db)
    granted = {(row.level, row.action_code) for row in stored(owner_db, LevelAction)}
    assert granted == {
        ("reading", "users.view"),
        ("reading", "company_profile.view"),
        ("reading", "company_profile.edit"),
        ("looking", "users.view"),
    }
    value["acting"]["looking"]["may"] = ["company_profile"]
    rewrite(folder, version=AFTER, delegation=value)
    service.sync(owner_db)
    granted = {row.action_code for row in stored(owner_db, LevelAction) if row.level == "looking"}
    assert granted == {"company_profile.view", "company_profile.edit"}


def test_how_far_each_role_reaches_is_written(owner_db, folder):
    value = tree()
    value["roles"]["user_administrator"]["reach"] = "program_account"
    value["roles"]["user_administrator"].pop("proposes")
    rewrite(folder, version=NEXT, roles=value["roles"])
    service.sync(owner_db)
    reaches = {row.code: row.reach for row in stored(owner_db, ProgramRole)}
    assert reaches.pop("user_administrator") == "program_account"
    assert set(reaches.values()) == {"account"}


def test_another_program_is_one_more_file(owner_db, folder):
    shipped = library.codes()
    before = owner_db.scalar(select(func.count()).select_from(Program))
    value = tree() | {"code": "csa"}
    (folder / "csa.yaml").write_text(written(value), encoding="utf-8")
    service.sync(owner_db)
    assert owner_db.scalar(select(func.count()).select_from(Program)) == before + 1
    assert [one.code for one in service.definitions()] == sorted([*shipped, "csa"])
    assert len(stored(owner_db, ProgramRole, "csa")) == len(value["roles"])


def test_a_definition_that_cannot_be_read_publishes_nothing(owner_db, folder):
    value = tree() | {"version": NEXT, "zone": "Mars"}
    (folder / "pip.yaml").write_text(written(value), encoding="utf-8")
    with pytest.raises(service.DefinitionError):
        service.sync(owner_db)
    assert [v.version for v in stored(owner_db, ProgramVersion)] == [NOW]


def test_what_other_packages_write_is_part_of_the_sync(owner_db, monkeypatch):
    monkeypatch.setattr(service, "sync_steps", [lambda _db: 3, lambda _db: 4])
    assert service.sync(owner_db) == 7


def test_a_program_that_does_not_exist_is_not_found():
    with pytest.raises(NotFound):
        service.definition("../portal")
    with pytest.raises(NotFound):
        service.definition("portal")
