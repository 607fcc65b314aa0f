"""Who may put whom on the staff, and what follows from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import select, text

from app.authority.models import StaffAssignment
from app.authority.service import staff
from app.authority.staff import ASSIGNABLE_BY, STAFF_ROLES
from app.authority.staff_names import STAFF_DUTIES, STAFF_NAMES
from app.authority.staff_roles import sync_actions, sync_roles
from app.authority.staff_rules import ADMINISTRATOR, assignable, leaves_none
from app.base.db import User
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.identity.service.staff import disable_person
from app.programs.models import StaffRoleAction
from app.web.staff.screens import permissions
from tests.staff.conftest import KINDS
from tests.support.race import losers, race, winners


@pytest.fixture
def administrator(world, acting):
    person = world.staff(ADMINISTRATOR)
    acting(person)
    return person


def _give(actor, world, person, kind="program_officer", **other):
    values = {
        "program_id": world.program().id,
        "urn": person.urn,
        "family_name": person.family_name,
        "kind": kind,
    }
    return staff.give_assignment(actor.id, **(values | other))


def _roles(world, person):
    world.db.rollback()
    world.db.expire_all()
    return {role.name for role in world.db.get(User, person.user_id).roles}


def _post(world, person):
    return world.db.scalars(
        select(StaffAssignment).where(StaffAssignment.person_id == person.id)
    ).one()


# ── giving ──────────────────────────────────────────────────────────────────────────────


def test_an_administrator_gives_every_kind(world, administrator, trail):
    for kind in KINDS:
        person = world.person()
        _give(administrator, world, person, kind)
        assert staff.kinds_held(world.db, person.id, world.program().id) == {kind}
        assert trail("assignment.given")[-1].changes["staff_role"] == [None, kind]
    assert all(entry.actor_id == administrator.id for entry in trail("assignment.given"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ASSIGNABLE_BY])
def test_no_other_kind_gives_any(kind, world, acting):
    colleague = world.staff(kind)
    acting(colleague)
    with pytest.raises((Refused, NotFound)):
        _give(colleague, world, world.person())


def test_nobody_gives_themselves_a_kind(world, administrator, trail):
    with pytest.raises(Refused, match="own"):
        _give(administrator, world, administrator, "supervisor")
    assert trail("deed.refused", "refused")[-1].changes["reason"] == [None, "own"]


def test_nobody_gives_a_kind_above_what_their_own_gives(world, administrator, monkeypatch):
    monkeypatch.setitem(ASSIGNABLE_BY, ADMINISTRATOR, frozenset({"auditor"}))
    _give(administrator, world, world.person(), "auditor")
    with pytest.raises(Refused, match="ceiling"):
        _give(administrator, world, world.person(), "supervisor")


def test_an_administrator_of_one_program_gives_nothing_in_another(world, administrator):
    with pytest.raises(NotFound):
        _give(administrator, world, world.person(), program_id=world.other_program().id)


def test_the_answer_does_not_tell_which_half_was_wrong(world, administrator):
    known, other = world.person(family="Lavoie"), world.person(family="Côté")
    for urn, name in (
        (known.urn, "Tremblay"), (other.urn, "Lavoie"), ("N-1234567-A", "Lavoie"), ("x", "Lavoie"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refusal:
            _give(administrator, world, known, urn=urn, family_name=name)
        assert refusal.value.errors == {"urn": "unknown_person"}


def test_accents_and_case_of_the_family_name_are_forgiven(world, administrator):
    _give(administrator, world, world.person(family="Côté"), family_name="COTE")


def test_a_kind_is_given_once(world, administrator):
    person = world.person()
    _give(administrator, world, person)
    with pytest.raises(Invalid) as refusal:
        _give(administrator, world, person)
    assert refusal.value.errors == {"kind": "already"}


def test_who_cannot_sign_in_is_put_on_no_staff(world, administrator):
    with pytest.raises(Invalid) as refusal:
        _give(administrator, world, world.person(state="disabled"))
    assert refusal.value.errors == {"urn": "inactive"}


def test_it_asks_for_a_code_of_the_last_minutes(world, administrator, acting):
    acting(administrator, code_verified_at=world.now() - timedelta(minutes=21))
    with pytest.raises(StepUpNeeded):
        _give(administrator, world, world.person())


def test_of_two_who_give_one_kind_at_once_one_is_told_it_is_there(world, administrator):
    second, person = world.staff(ADMINISTRATOR), world.person()
    named = {
        "program_id": world.program().id,
        "urn": person.urn,
        "family_name": person.family_name,
        "kind": "auditor",
    }
    ones = administrator.id, second.id
    results = race(*(lambda key=key: staff.give_assignment(key, **named) for key in ones))
    assert len(winners(results)) == 1
    assert isinstance(losers(results)[0], Invalid)


# ── ending ──────────────────────────────────────────────────────────────────────────────


def test_an_ended_assignment_is_over_at_once(world, administrator, trail):
    officer = world.staff("program_officer")
    staff.end_assignment(administrator.id, _post(world, officer).id)
    assert staff.kinds_held(world.db, officer.id, world.program().id) == frozenset()
    assert _roles(world, officer) == set()
    (entry,) = trail("assignment.ended")
    assert entry.role == ADMINISTRATOR


def test_nobody_ends_their_own(world, administrator):
    world.staff(ADMINISTRATOR)
    with pytest.raises(Refused, match="own"):
        staff.end_assignment(administrator.id, _post(world, administrator).id)


def test_what_has_ended_stays_ended(world, administrator):
    post = _post(world, world.staff("auditor"))
    staff.end_assignment(administrator.id, post.id)
    with pytest.raises(Conflict, match="already_ended"):
        staff.end_assignment(administrator.id, post.id)


def test_an_administrator_who_cannot_sign_in_does_not_count(world, administrator, acting):
    other = world.staff(ADMINISTRATOR)
    assert staff.administrators(world.db, world.program().id) == {administrator.id, other.id}
    world.set(administrator, state="disabled")
    assert staff.administrators(world.db, world.program().id) == {other.id}


def test_the_last_administrator_is_not_disabled(world, administrator, acting):
    supervisor, second = world.staff("supervisor"), world.staff(ADMINISTRATOR)
    acting(supervisor)
    disable_person(supervisor.id, second.id, "left the agency")
    with pytest.raises(Conflict, match="last_administrator"):
        disable_person(supervisor.id, administrator.id, "left the agency")
    assert world.fresh(administrator).state == "active"


def test_at_the_form_the_reason_is_said_in_words(world, administrator, sign_in, client):
    """Two administrators: the other was disabled since the page was shown."""
    other = world.staff(ADMINISTRATOR)
    supervisor = world.staff("supervisor")
    sign_in(supervisor)
    page = client.get(f"/staff/persons/deed/disable/{administrator.id}", lang="fr")
    world.set(other, state="disabled")
    answer = page.submit({"reason": "départ"}, expect=200)
    (error,) = answer.errors
    assert error.startswith("Un programme garde toujours une affectation d’administration.")


def test_two_administrators_who_end_each_other_leave_one(world, administrator):
    for _ in range(10):
        first, second = world.staff(ADMINISTRATOR), world.staff(ADMINISTRATOR)
        others = world.db.scalars(
            select(StaffAssignment).where(
                StaffAssignment.person_id.not_in([first.id, second.id]),
                StaffAssignment.ends_at.is_(None),
            )
        ).all()
        for post in others:
            world.set(post, ends_at=world.now())
        ones = _post(world, first).id, _post(world, second).id
        results = race(
            lambda first=first, ones=ones: staff.end_assignment(first.id, ones[1]),
            lambda second=second, ones=ones: staff.end_assignment(second.id, ones[0]),
        )
        assert len(winners(results)) == 1, results
        world.db.rollback()
        assert len(staff.administrators(world.db, world.program().id)) == 1


def test_an_assignment_of_another_program_is_not_found(world, administrator):
    stranger = world.staff("auditor", world.other_program())
    with pytest.raises(NotFound):
        staff.end_assignment(administrator.id, _post(world, stranger).id)


# ── the first administrator ─────────────────────────────────────────────────────────────


def test_the_first_administrator_is_appointed_at_the_machine(world, db, trail):
    person = world.person()
    staff.appoint_first(program_id=world.program().id, person_id=person.id)
    assert _roles(world, person) == {ADMINISTRATOR}
    assert trail("assignment.given")[-1].actor_id is None
    with pytest.raises(Conflict, match="has_administrator"):
        staff.appoint_first(program_id=world.program().id, person_id=world.person().id)


def test_a_command_appoints_the_first_administrator(app, world):
    person, code = world.person(), world.program().code
    run = app.test_cli_runner().invoke
    assert run(args=["appoint", code, person.urn.lower()]).exit_code == 0
    assert _roles(world, person) == {ADMINISTRATOR}
    for args, told in (
        ([code, world.person().urn], "has an administrator"),
        (["nowhere", person.urn], "no program"),
        ([code, "N-0000000-A"], "nobody has"),
    ):
        refused = run(args=["appoint", *args])
        assert refused.exit_code == 1
        assert told in refused.output


def test_somebody_disabled_is_not_appointed(world, db):
    with pytest.raises(Conflict, match="inactive"):
        staff.appoint_first(
            program_id=world.program().id, person_id=world.person(state="disabled").id
        )


# ── FAB's roles ─────────────────────────────────────────────────────────────────────────


def test_fabs_roles_follow_the_assignments_in_the_same_deed(world, administrator):
    person = world.person()
    first = _give(administrator, world, person, "program_officer")
    _give(administrator, world, person, "auditor")
    assert _roles(world, person) == {"program_officer", "auditor"}
    staff.end_assignment(administrator.id, first)
    assert _roles(world, person) == {"auditor"}


def test_a_role_stays_while_another_program_gives_it(world, administrator):
    person = world.staff("auditor")
    post = _post(world, person)
    world.staff("auditor", world.other_program(), person=person)
    staff.end_assignment(administrator.id, post.id)
    assert _roles(world, person) == {"auditor"}


def test_sync_writes_nothing_the_second_time(owner_db, world):
    assert sync_actions(owner_db) == 0
    assert sync_roles(owner_db, permissions()) == 0


def test_sync_takes_stale_permissions_and_roles_away(owner_db, world):
    person = world.staff("auditor")
    owner_db.add(Role(name="Admin"))
    owner_db.add(StaffRoleAction(staff_role="auditor", action_code="staff.persons.disable"))
    stale = PermissionView(permission=Permission(name="can_delete"), view_menu=ViewMenu(name="Old"))
    owner_db.add(stale)
    owner_db.flush()
    auditor = owner_db.scalars(select(Role).where(Role.name == "auditor")).one()
    auditor.permissions.append(stale)
    owner_db.execute(text("DELETE FROM ab_user_role"))
    owner_db.flush()
    owner_db.expire_all()
    sync_actions(owner_db)
    sync_roles(owner_db, permissions())
    owner_db.commit()
    assert not owner_db.scalars(select(Permission).where(Permission.name == "can_delete")).all()
    assert set(owner_db.scalars(select(Role.name))) == set(STAFF_ROLES)
    found = owner_db.get(StaffRoleAction, ("auditor", "staff.persons.disable"))
    assert found is None
    assert _roles(world, person) == {"auditor"}


def test_each_role_has_the_screens_whose_action_it_has(owner_db, world):
    for kind, actions in STAFF_ROLES.items():
        role = owner_db.scalars(select(Role).where(Role.name == kind)).one()
        held = {(one.view_menu.name, one.permission.name) for one in role.permissions}
        due = {
            (view, name)
            for view, asked in permissions().items()
            for name, action in asked.items()
            if action in actions
        }
        assert held == due


# ── rules ───────────────────────────────────────────────────────────────────────────────


def test_what_may_be_given_is_the_union_of_what_each_kind_gives():
    assert assignable(["auditor", "supervisor"]) == ()
    assert set(assignable(["auditor", ADMINISTRATOR])) == ASSIGNABLE_BY[ADMINISTRATOR]


def test_only_the_last_administrator_is_kept():
    assert leaves_none(ADMINISTRATOR, frozenset())
    assert not leaves_none(ADMINISTRATOR, frozenset({7}))
    assert not leaves_none("supervisor", frozenset())


def test_every_kind_has_a_name_and_a_duty():
    assert set(STAFF_NAMES) == set(STAFF_DUTIES) == set(STAFF_ROLES)


def test_every_deeds_kind_may_read_what_it_acts_on():
    """Who may do something on a subject may also see it."""
    reads = {action.split(".")[1] for action in STAFF_ROLES["auditor"] if action.endswith(".read")}
    for kind, actions in STAFF_ROLES.items():
        for action in actions:
            subject = action.split(".")[1]
            if subject in reads:
                assert f"staff.{subject}.read" in actions, (kind, action)
