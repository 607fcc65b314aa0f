"""An officer of one program reads nothing of another, by whatever door they try."""

from __future__ import annotations

import pytest
from flask import g
from flask_appbuilder.security.sqla.models import Role

from app.authority.queries import visible
from app.authority.staff import STAFF_ROLES
from app.base.db import User
from app.programs.models import Program
from app.web.staff.posts import offered
from tests.staff.conftest import MARK, related, screens

STRANGERS = ("program_officer", "supervisor", "auditor", "administrator", "technical_support")
# Roles belong to the portal, so every administrator reads them.
_SHARED = (Role,)


@pytest.fixture
def keys(filled):
    """The key of the marked row of each model that a screen shows."""
    return {
        "Party": filled.business.id,
        "Business": filled.business.id,
        "RegistryEntry": filled.entry.id,
        "RegistryImport": filled.imported.id,
        "LedgerLine": filled.line.id,
        "LedgerImport": filled.ledger_import.id,
        "Account": filled.account.id,
        "Membership": filled.member.id,
        "OwnershipTransfer": filled.transfer.id,
        "StaffAssignment": None,
        "Registration": filled.registration.id,
        "Letter": filled.letter.id,
        "ActivationCode": filled.code.id,
        "Person": filled.person.id,
        "Factor": filled.lock.id,
        "SignInSession": None,
        "Notice": filled.notice.id,
        "Announcement": filled.announcement.id,
        "Program": filled.program.id,
        "Entry": None,
        "User": filled.officer.user_id,
    }


def _reads(kind, view):
    return view.datamodel.action in STAFF_ROLES[kind]


@pytest.mark.parametrize("kind", STRANGERS)
def test_staff_of_another_program_see_no_row_anywhere(
    kind, filled, keys, world, sign_in, client, new_client
):
    stranger = world.staff(kind, world.other_program())
    sign_in(stranger)
    own = filled.program.name_en
    work = client.get("/staff/")
    assert MARK not in work.html
    assert own not in work.main
    for view in screens():
        if not _reads(kind, view) or view.datamodel.obj in _SHARED:
            continue
        where, model = view.route_base, view.datamodel.obj
        page = client.get(f"{where}/list/")
        assert MARK not in page.html, f"{where} lists the other program's row"
        assert own not in page.main, f"a drop-down of {where} offers the other program"
        # A filter asks the database the same of every kind that reads the screen.
        first = next(one for one in STRANGERS if _reads(one, view))
        for one in view.search_columns if kind == first else ():
            found = client.get(f"{where}/list/?_flt_0_{one}={MARK}")
            assert f">{MARK}" not in found.html, f"{where} finds it by {one}"
        key = keys.get(model.__name__)
        if key is not None:
            client.get(f"{where}/show/{key}", expect=404)
            if view.edit_form is not None and view.edit_action in STAFF_ROLES[kind]:
                client.get(f"{where}/edit/{key}", expect=404)
            for deed in view.deeds:
                client.get(f"{where}/deed/{deed.name}/{key}", expect=404)
                if deed.many is not None:
                    client.get(f"{where}/bulk?deed={deed.name}&row={key}", expect=404)


@pytest.mark.parametrize("kind", ["supervisor", "auditor", "administrator"])
def test_staff_of_the_program_itself_see_those_rows(kind, filled, keys, world, sign_in, client):
    """Without this the test above would pass on empty pages."""
    sign_in(world.staff(kind))
    for view in screens():
        key = keys.get(view.datamodel.obj.__name__)
        if not _reads(kind, view) or key is None:
            continue
        shown = client.get(f"{view.route_base}/show/{key}")
        assert MARK in shown.html or view.datamodel.obj.__name__ == "Program", view.__name__
        assert client.get(f"{view.route_base}/list/?psize_{view.__name__}=100").main


def test_an_export_holds_no_row_of_another_program(filled, world, sign_in, client):
    sign_in(world.staff("supervisor", world.other_program()))
    for view in screens():
        url = f"{view.route_base}/export/csv"
        if not view.can_export:
            client.post(url, {"csrf_token": client.token("/staff/")}, expect=404)
            continue
        token = client.token(f"{view.route_base}/list/")
        answer = client.post(url, {"csrf_token": token}, expect=200)
        assert MARK not in answer.data.decode()


def test_related_lists_count_only_what_their_own_screen_would_show(filled, world, sign_in, client):
    """Somebody who belongs to both programs: the officer of one sees no roles of the other."""
    there = world.other_program()
    business = world.business("Second Furs Ltd.", program=there)
    world.account(filled.person, business, program=there)
    sign_in(world.staff("program_officer", there))
    page = client.get(f"/staff/persons/show/{filled.person.id}")
    assert "1 result" in client.get(related(page, "memberships")).main
    assert "0 results" in client.get(related(page, "registrations")).main


def test_a_person_without_any_role_is_found_by_technical_support(world, sign_in, client):
    """Somebody must help them sign in, and they belong to no program yet."""
    lonely = world.person("Lonely", "Newcomer")
    sign_in(world.staff("technical_support", world.other_program()))
    assert "Lonely" in client.get(f"/staff/persons/show/{lonely.id}").h1


def test_a_colleague_of_another_program_is_no_user_to_see(filled, world, sign_in, client):
    sign_in(world.staff("administrator", world.other_program()))
    page = client.get("/staff/users/list/")
    assert MARK not in page.html
    assert "1 result" in page.main
    client.get(f"/staff/users/show/{filled.officer.user_id}", expect=404)
    assert world.db.get(User, filled.officer.user_id) is not None


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_drop_down_of_programs_offers_those_that_may_be_seen_and_no_other(kind, world, app, db):
    """They are known from the posts, and not asked for again: both must come to the same."""
    other = next(one for one in STRANGERS if one != kind)
    person = world.staff(kind)
    world.staff(other, world.other_program(), person=person)
    with app.test_request_context():
        g.person = person
        for action in sorted(frozenset().union(*STAFF_ROLES.values())):
            seen = {row.id for row in db.scalars(visible(person.id, action, Program))}
            assert {row.id for row in offered(Program, action)} == seen, action
        assert offered(Role, "staff.letters.read") is None, "other models are asked for"
