"""Every generated screen, for every kind of person: what it answers, and what it costs."""

from __future__ import annotations

import re

import pytest
from flask_appbuilder.baseviews import BaseView
from flask_babel import force_locale
from sqlalchemy import func, insert

from app.authority.staff import STAFF_ROLES
from app.desk.service import runs, views
from app.enrolment.models import BusinessTries
from app.web.admin import SafeModelView
from app.web.staff.screens import all_screens, permissions
from tests.staff.conftest import KINDS, related, screens

MOST_STATEMENTS = 6
"""The session, the posts, FAB's permissions, the saved views, every count at once, the rows."""
ONE_MORE = {
    "BulkRunView": "the rows without an end, once those with one are shown",
    "EntryView": "the names of what its rows are about",
    "LockView": "the rows without a date, once those with one are shown",
    "SavedViewView": "the rows without a name, once those with one are shown",
    "UserView": "the roles of its rows",
}
"""What a list may ask besides, in one statement for all its rows."""
# Words that are one in both languages.
_SAME = {"Documents", "Sessions", "Parties"}


def _first_row(page, view):
    found = re.search(rf'href="/\w\w({view.route_base}/show/[^"?]+)"', page.html)
    return found[1] if found else None


@pytest.mark.parametrize("kind", KINDS)
def test_every_screen_answers_a_kind_of_staff_as_its_actions_say(
    kind, demonstration, world, somebody, sign_in, client, statements, acting
):
    person = somebody(demonstration.people.STAFF[kind].sign_in_name)
    sign_in(person)
    acting(person)
    views.keep(person.id, "letters", "Mine", views.Content(chosen={"_flt_0_state": "due"}), None)
    runs.begin(person.id, "mark", "letters", "printed", [runs.Row("1", "One", "not_now")])
    with world.as_owner() as owner:  # no program of the demonstration asks for facts
        tried = {"program_id": world.program().id, "number": "100010370", "failures": 15}
        owner.execute(insert(BusinessTries).values(**tried, locked_at=func.guichet_now()))
    client.get("/staff/")
    dear = {}
    # Each kind reads each screen in one language; which one turns from kind to kind.
    for number, view in enumerate(screens(), KINDS.index(kind)):
        has = view.datamodel.action in STAFF_ROLES[kind]
        lang = ("en", "fr")[number % 2]
        with statements() as asked:
            page = client.get(f"{view.route_base}/list/", lang=lang, expect=200 if has else 403)
        most = MOST_STATEMENTS + (view.__name__ in ONE_MORE)
        if has and len(asked) > most:  # a refusal is written down, too
            dear[view.__name__] = asked
        row = _first_row(page, view) if has else f"{view.route_base}/show/1"
        assert not has or row is not None, f"{view.__name__} shows no row of the demonstration"
        client.get(row, lang=lang, expect=200 if has else 403)
    assert not dear, {name: len(asked) for name, asked in dear.items()}


def test_a_client_of_the_portal_meets_no_screen(world, sign_in, client):
    account = world.account()
    sign_in(world.owner(account))
    for view in screens():
        client.get(f"{view.route_base}/list/", expect=403)
        client.get(f"{view.route_base}/show/1", expect=403)
    client.get("/staff/", expect=403)


def test_a_visitor_is_led_to_sign_in(client):
    for view in screens():
        client.get(f"{view.route_base}/list/", expect=303, to="/sign-in")
    client.get("/staff/", expect=303, to="/sign-in")


def test_somebody_whose_assignment_ended_meets_no_screen(world, sign_in, client):
    person = world.staff("supervisor")
    sign_in(person)
    client.get("/staff/letters/list/")
    from app.authority.models import StaffAssignment

    post = world.db.query(StaffAssignment).filter_by(person_id=person.id).one()
    world.set(post, ends_at=world.now())
    client.get("/staff/letters/list/", expect=403)


def test_no_screen_inherits_anything_but_the_safe_view(app):
    odd = [
        view.__class__.__name__
        for view in app.appbuilder.baseviews
        if isinstance(view, BaseView) and not isinstance(view, SafeModelView)
    ]
    assert sorted(odd) == ["SignInView", "StatusView", "WorkListView"]


def test_every_screen_is_in_the_table_of_permissions(app):
    shown = {view.__class__.__name__ for view in app.appbuilder.baseviews}
    assert shown - {"SignInView"} == {view.__name__ for view, _ in all_screens()}
    for view in app.appbuilder.baseviews:
        if isinstance(view, SafeModelView):
            assert set(view.base_permissions) == set(permissions()[view.__class__.__name__])


def test_fab_gives_no_password_form_no_rest_and_no_writing(app):
    paths = {str(rule) for rule in app.url_map.iter_rules()}
    staff = {path for path in paths if path.startswith("/staff/")}
    assert not {path for path in paths if "/api/" in path}
    assert not {path for path in staff if "password" in path or "/delete" in path}
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert not {one for one in endpoints if "ResetPassword" in one or "UserDB" in one}


def test_every_title_is_said_in_both_languages(app):
    with app.test_request_context("/en/"):
        for view, _ in all_screens():
            said = {}
            for lang in ("en_CA", "fr_CA"):
                with force_locale(lang):
                    said[lang] = str(view.list_title)
            assert said["en_CA"] in _SAME or said["en_CA"] != said["fr_CA"], view.__name__


def test_the_menu_leads_to_every_screen_that_a_kind_of_staff_has(world, sign_in, client):
    sign_in(world.staff("technical_support"))
    links = set(client.get("/staff/").links().values())
    for view in screens():
        has = view.datamodel.action in STAFF_ROLES["technical_support"]
        assert (f"/en{view.route_base}/list/" in links) == has, view.__name__


def test_the_nameplate_says_the_program_and_the_kind_of_staff(world, sign_in, client):
    sign_in(world.staff("program_officer"))
    page = client.get("/staff/", lang="fr")
    assert world.program().name_fr in page.text
    assert "Responsable de programme" in page.text
    assert "Personnel" in page.text


def test_links_between_screens_filter_without_a_field_for_keys(filled, world, sign_in, client):
    sign_in(world.staff("supervisor"))
    page = client.get(f"/staff/persons/show/{filled.person.id}")
    there = client.get(related(page, "registrations"))
    assert "1 result" in there.main
    shown = [e for e in there.page.all("input") if e.get("name") == "_flt_0_person_id"]
    assert [e.get("type") for e in shown] == ["hidden"]
    assert "Person number" in there.main


def test_buttons_that_nobody_may_press_are_not_drawn(filled, world, sign_in, client, new_client):
    officer, auditor = new_client(), new_client()
    sign_in(world.staff("program_officer"), officer)
    sign_in(world.staff("auditor"), auditor)
    assert "Make the letters" in officer.get("/staff/letters/list/").main
    assert "Make the letters" not in auditor.get("/staff/letters/list/").main
    assert "Write an announcement" in officer.get("/staff/announcements/list/").main
    assert "Write an announcement" not in auditor.get("/staff/announcements/list/").main
    assert "Import a file" not in auditor.get("/staff/registry/list/").main
    sign_in(world.staff("technical_support"), client)
    assert "Export" not in client.get("/staff/letters/list/").main


def test_a_codes_screen_holds_no_code_and_no_digest(filled, world, sign_in, client):
    sign_in(world.staff("supervisor"))
    page = client.get(f"/staff/activation-codes/show/{filled.code.id}")
    assert "digest" not in page.html
    assert "key_id" not in page.html
    assert (b"d" * 32).decode() not in page.html
