"""FAB's users and roles, restyled: a ceiling, nobody their own, nothing of passwords."""

from __future__ import annotations

import pytest

from app.authority.service import staff
from app.authority.staff import ASSIGNABLE_BY
from app.authority.staff_rules import ADMINISTRATOR


@pytest.fixture
def administrator(world, sign_in):
    person = world.staff(ADMINISTRATOR, person=world.person("Nadia", "Hébert"))
    sign_in(person)
    return person


def _kinds(world, person):
    world.db.rollback()
    return staff.kinds_held(world.db, person.id, world.program().id)


def _box(world, kind):
    return f"{world.program().id}:{kind}"


def test_changing_the_roles_gives_and_ends_assignments(world, administrator, client, trail):
    officer = world.staff("program_officer", person=world.person("Hope", "Okafor"))
    page = client.get(f"/staff/users/edit/{officer.user_id}")
    assert page.form("posts").values.getlist("posts") == [_box(world, "program_officer")]
    boxes = [_box(world, "supervisor"), _box(world, "auditor")]
    page.submit({"posts": boxes}, to=f"/staff/users/show/{officer.user_id}")
    assert _kinds(world, officer) == {"supervisor", "auditor"}
    assert len(trail("assignment.ended")) == 1
    shown = client.get(f"/staff/users/show/{officer.user_id}").main
    assert "Supervisor" in shown
    assert "Program officer" not in shown


def test_nobody_changes_their_own_roles(world, administrator, client, trail):
    own = f"/staff/users/show/{administrator.user_id}"
    assert "Change the roles" not in client.get(own).main
    client.get(f"/staff/users/edit/{administrator.user_id}", expect=403)
    token = client.token("/staff/users/list/")
    data = {"csrf_token": token, "posts": [_box(world, "supervisor")]}
    client.post(f"/staff/users/edit/{administrator.user_id}", data, expect=403)
    assert _kinds(world, administrator) == {ADMINISTRATOR}


def test_a_kind_above_the_ceiling_is_neither_offered_nor_taken(
    world, administrator, client, monkeypatch
):
    officer = world.staff("program_officer")
    monkeypatch.setitem(ASSIGNABLE_BY, ADMINISTRATOR, frozenset({"program_officer", "auditor"}))
    page = client.get(f"/staff/users/edit/{officer.user_id}")
    offered = page.form("posts").choices("posts")
    assert set(offered) == {_box(world, "program_officer"), _box(world, "auditor")}
    token = client.token(f"/staff/users/edit/{officer.user_id}")
    client.post(
        f"/staff/users/edit/{officer.user_id}",
        {"csrf_token": token, "posts": [_box(world, "supervisor")]},
        expect=200,
    )
    assert _kinds(world, officer) == {"program_officer"}


def test_what_is_above_the_ceiling_is_not_taken_away_either(
    world, administrator, acting, monkeypatch
):
    from app.base.errors import Refused

    supervisor = world.staff("supervisor")
    monkeypatch.setitem(ASSIGNABLE_BY, ADMINISTRATOR, frozenset({"auditor"}))
    acting(administrator)
    with pytest.raises(Refused, match="ceiling"):
        staff.set_assignments(administrator.id, supervisor.id, {world.program().id: ["auditor"]})
    assert _kinds(world, supervisor) == {"supervisor"}


def test_taking_every_kind_away_ends_the_assignments(world, administrator, client):
    other = world.staff(ADMINISTRATOR)
    page = client.get(f"/staff/users/edit/{other.user_id}")
    page.submit({"posts": []}, to=f"/staff/users/show/{other.user_id}")
    assert _kinds(world, other) == frozenset()


def test_all_or_nothing(world, administrator, acting):
    """One change that is refused takes the others back."""
    disabled = world.staff("auditor")
    world.set(disabled, state="disabled")
    acting(administrator)
    from app.base.errors import Invalid

    with pytest.raises(Invalid):
        staff.set_assignments(administrator.id, disabled.id, {world.program().id: ["supervisor"]})
    assert _kinds(world, disabled) == {"auditor"}


def test_other_kinds_of_staff_read_no_users_or_change_none(world, sign_in, client):
    colleague = world.staff("program_officer")
    sign_in(world.staff("auditor"))
    assert "Change the roles" not in client.get(f"/staff/users/show/{colleague.user_id}").main
    client.get(f"/staff/users/edit/{colleague.user_id}", expect=403)


def test_the_page_of_a_role_says_its_screens(world, administrator, client):
    page = client.get("/staff/roles/list/").click("Auditor")
    assert "Reads everything and changes nothing" in page.main
    assert "Audit trail" in page.main
    assert "Give a staff assignment" not in page.main


def test_no_page_shows_a_password(world, administrator, client):
    officer = world.staff("program_officer")
    for path in ("show", "edit"):
        page = client.get(f"/staff/users/{path}/{officer.user_id}")
        assert "password" not in page.main.casefold()
        assert not [e for e in page.page.all("input") if e.get("type") == "password"]


def test_giving_and_ending_through_the_screen_of_assignments(world, administrator, client):
    person = world.person("Denis", "Roy")
    page = client.get("/staff/assignments/add")
    page.submit(
        {"urn": person.urn, "family_name": "Roy", "kind": "technical_support",
         "program": str(world.program().id)},
        to="/staff/assignments/list/",
    )  # fmt: skip
    assert _kinds(world, person) == {"technical_support"}
    listed = client.get("/staff/assignments/list/?_flt_0_staff_role=technical_support")
    row = listed.click(f"Denis Roy ({person.urn})")
    asked = row.click("End the assignment")
    asked.submit({}, action=asked.path.removeprefix("/en"), expect=302)
    assert _kinds(world, person) == frozenset()


def test_what_is_wrong_is_said_at_the_form(world, administrator, client):
    page = client.get("/staff/assignments/add", lang="fr")
    answer = page.submit(
        {"urn": "N-1234567-A", "family_name": "Roy", "kind": "auditor"}, expect=200
    )
    (error,) = answer.errors
    assert error.startswith("Personne dans le portail ne correspond à ce nom")
