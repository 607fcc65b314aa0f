"""Each deed of the staff asks by itself: what no page would send is refused all the same."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask import g

from app.authority import admin as authority_screens
from app.authority import scopes
from app.authority.models import StaffAssignment
from app.authority.service import staff
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded
from app.correspondence.announcements import Wording, change_announcement
from app.correspondence.models import Notice
from app.correspondence.service import mark_read
from app.desk.models import BulkRun
from app.desk.queries import views_of
from app.desk.rules import MOST_VIEWS
from app.desk.service import runs, views
from app.desk.service.runs import Row
from app.desk.service.views import Content
from app.enrolment.service import registering
from app.identity import admin as identity_screens
from app.identity.service.details import Details, update_details
from app.parties.models import Person
from app.web.staff import fab

OWN_READING = frozenset({"self.read"})


@pytest.fixture
def officer(world, acting):
    person = world.staff("program_officer")
    acting(person)
    return person


def only_to_be_read(monkeypatch, model):
    """From here on a row of one's own may be read, and nothing else."""
    scope = scopes.registered()[model]
    monkeypatch.setitem(scopes._scopes, model, replace(scope, own_actions=OWN_READING))


# ── who is on the staff ─────────────────────────────────────────────────────────────────


def test_assignments_are_set_only_of_people_and_in_programs_that_one_reads(world, acting):
    administrator, officer = world.staff("administrator"), world.staff("program_officer")
    person, elsewhere = world.staff("auditor"), world.other_program()
    acting(officer)
    with pytest.raises(NotFound):
        staff.set_assignments(officer.id, person.id, {})
    acting(administrator)
    with pytest.raises(NotFound):
        staff.set_assignments(administrator.id, person.id, {elsewhere.id: ["auditor"]})


def test_assignments_are_read_by_more_than_may_set_them(world, acting):
    supervisor, person = world.staff("supervisor"), world.staff("auditor")
    acting(supervisor)
    with pytest.raises(Refused, match="not_granted"):
        staff.set_assignments(supervisor.id, person.id, {world.program().id: []})
    assert staff.kinds_held(world.db, person.id, world.program().id) == {"auditor"}


def test_a_post_is_read_by_more_than_may_end_it(world, acting):
    supervisor, person = world.staff("supervisor"), world.staff("auditor")
    post = world.db.query(StaffAssignment).filter_by(person_id=person.id).one()
    world.db.rollback()
    acting(supervisor)
    with pytest.raises(Refused, match="not_granted"):
        staff.end_assignment(supervisor.id, post.id)


def test_only_people_whom_one_may_know_of_are_put_on_the_staff(world, acting):
    """A client of another program is nobody here, whatever name and number are typed."""
    administrator, elsewhere = world.staff("administrator"), world.other_program()
    person = world.owner(world.account(program=elsewhere))
    acting(administrator)
    with pytest.raises(Invalid, match="unknown_person"):
        staff.give_assignment(
            administrator.id,
            program_id=world.program().id,
            urn=person.urn,
            family_name=person.family_name,
            kind="auditor",
        )


def test_setting_assignments_asks_for_a_fresh_code(world, acting):
    administrator, person = world.staff("administrator"), world.staff("auditor")
    acting(administrator, code_verified_at=None)
    with pytest.raises(StepUpNeeded):
        staff.set_assignments(administrator.id, person.id, {})


def test_nobody_ends_a_kind_that_their_own_does_not_give(world, acting, monkeypatch):
    """Today an administrator gives every kind: the rule must hold when that changes."""
    monkeypatch.setitem(staff.__dict__, "assignable", lambda _held: ("auditor",))
    administrator, colleague = world.staff("administrator"), world.staff("supervisor")
    acting(administrator)
    with pytest.raises(Refused, match="ceiling"):
        staff.set_assignments(administrator.id, colleague.id, {world.program().id: []})


# ── one's own desk ──────────────────────────────────────────────────────────────────────


def test_what_one_may_only_read_of_ones_own_one_does_not_change(world, officer, monkeypatch):
    """Reading and changing one's own go together today; each deed asks for its own action."""
    run = runs.begin(officer.id, "a mark", "letters", "make", [Row("1", "L-1")])
    notice = Notice(person_id=officer.id, template="password_changed", facts={}, path="/me")
    world.db.add(notice)
    world.db.commit()
    for model in (Person, BulkRun, Notice):
        only_to_be_read(monkeypatch, model)
    details = Details("Ann", "Roy", "", "en")
    for deed in (
        lambda: runs.begin(officer.id, "another", "letters", "make", []),
        lambda: runs.finish(officer.id, run),
        lambda: views.keep(officer.id, "letters", "Mine", Content(), None),
        lambda: mark_read(officer.id, notice.id),
        lambda: update_details(officer.id, details, officer.row_version),
        lambda: registering.begin(officer.id, world.program().id),
    ):
        with pytest.raises(Refused):
            deed()


def test_a_disabled_person_keeps_nothing(world, officer):
    world.set(officer, state="disabled")
    for deed in (
        lambda: runs.begin(officer.id, "a mark", "letters", "make", []),
        lambda: views.keep(officer.id, "letters", "Mine", Content(), None),
        lambda: views.choose_columns(officer.id, "letters", ["number"]),
    ):
        with pytest.raises(NotFound):
            deed()


def test_a_page_that_was_sent_before_opens_no_second_run(officer):
    runs.begin(officer.id, "a mark", "letters", "make", [Row("1", "L-1")])
    with pytest.raises(Conflict, match="begun_already"):
        runs.begin(officer.id, "a mark", "letters", "make", [Row("1", "L-1")])


def test_a_run_of_which_something_was_done_is_not_forgotten(officer):
    run = runs.begin(officer.id, "a mark", "letters", "make", [Row("1", "L-1")])
    runs.do(officer.id, run, ["1"], lambda: None)
    with pytest.raises(Conflict, match="done_already"):
        runs.abandon(officer.id, run)


def test_a_view_needs_a_name(officer):
    for name in ("", "  ", "…"):
        with pytest.raises(Invalid, match="empty"):
            views.keep(officer.id, "letters", name, Content(), None)


def test_a_view_does_not_take_the_name_of_another(officer):
    views.keep(officer.id, "letters", "Due soon", Content(), None)
    second = views.keep(officer.id, "letters", "Late", Content(), None)
    with pytest.raises(Invalid, match="taken"):
        views.change(officer.id, second, "DUE soon", Content())
    assert views.change(officer.id, second, "Late", Content()) == second, "its own name is free"


def test_ones_own_views_are_found_by_nobody_else(world, officer, db):
    views.keep(officer.id, "letters", "Mine", Content(), None)
    colleague = world.staff("program_officer")
    assert [view.name for view in views_of(db, officer.id, "letters")] == ["Mine"]
    assert views_of(db, colleague.id, "letters") == []


def test_chosen_columns_are_no_view_to_be_changed(world, officer):
    views.choose_columns(officer.id, "letters", ["number"])
    session.rollback()
    kept = session.query(views.SavedView).filter_by(person_id=officer.id).one().id
    session.rollback()
    with pytest.raises(Conflict, match="no_view"):
        views.change(officer.id, kept, "Mine", Content())


def test_no_view_is_shared_in_a_program_that_one_does_not_know(world, officer):
    with pytest.raises(NotFound):
        views.keep(officer.id, "letters", "Ours", Content(), world.other_program().id)


# ── what is announced ───────────────────────────────────────────────────────────────────


def test_an_announcement_is_changed_by_whoever_may_announce_there(filled, world, acting):
    """Also when it is moved to a program where they may: it was not theirs to take."""
    auditor = world.staff("auditor")
    mine = world.staff("program_officer", person=auditor, program=world.other_program())
    acting(mine)
    row = filled.announcement
    wording = wording_of(row, world.other_program().id)
    with pytest.raises(Refused):
        change_announcement(mine.id, row.id, row.row_version, wording)


def wording_of(row, program_id):
    return Wording(
        program_id=program_id,
        title_en=row.title_en,
        title_fr=row.title_fr,
        body_en=row.body_en,
        body_fr=row.body_fr,
        first_day=row.starts_at.date(),
        last_day=None,
    )


# ── screens ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    [
        "/staff/letters/add",
        "/staff/letters/bulk?deed=nothing&row=1",
        "/staff/letters/deed/nothing/1",
        "/help/nothing",
    ],
)
def test_a_screen_without_such_a_page_has_none(filled, officer, sign_in, client, path):
    sign_in(officer)
    client.get(path, expect=404)


def test_a_row_that_is_not_edited_has_no_form(filled, officer, sign_in, client):
    sign_in(officer)
    client.get(f"/staff/letters/edit/{filled.letter.id}", expect=404)


def test_a_row_is_edited_by_whoever_may(filled, world, sign_in, client):
    sign_in(world.staff("auditor"))
    client.get(f"/staff/announcements/edit/{filled.announcement.id}", expect=403)


def test_a_post_without_a_language_goes_nowhere(app):
    assert app.test_client().post("/sign-in").status_code == 404


# ── what stands against a deed ──────────────────────────────────────────────────────────


def standing_against(*_args, **_named):
    raise Conflict("last_administrator")


def test_what_stands_against_a_deed_is_told_at_its_form(monkeypatch, world, officer, sign_in, app):
    form = SimpleNamespace(reason=SimpleNamespace(data="x"), wanted=dict)
    row = SimpleNamespace(id=1, user_id=1)
    monkeypatch.setattr("app.authority.service.staff.end_assignment", standing_against)
    monkeypatch.setattr("app.authority.service.staff.set_assignments", standing_against)
    monkeypatch.setattr(fab, "person_of", lambda user: user)
    on_person = identity_screens._on(standing_against, lambda _row: 1)
    with app.test_request_context("/en/staff/"):
        g.person = officer
        for deed in (
            lambda: authority_screens._end(row),
            lambda: on_person(row, form),
            lambda: fab.UserView.deed_edit(SimpleNamespace(), row, form),
        ):
            with pytest.raises(Invalid) as refused:
                deed()
            assert refused.value.errors == {"": "last_administrator"}


def test_what_is_wrong_with_chosen_roles_is_told_at_them(monkeypatch, officer, app):
    def wrong(*_args):
        raise Invalid({"urn": "inactive"})

    monkeypatch.setattr("app.authority.service.staff.set_assignments", wrong)
    monkeypatch.setattr(fab, "person_of", lambda user: user)
    form = SimpleNamespace(wanted=dict)
    with app.test_request_context("/en/staff/"):
        g.person = officer
        with pytest.raises(Invalid) as refused:
            fab.UserView.deed_edit(SimpleNamespace(), SimpleNamespace(id=1), form)
    assert refused.value.errors == {"posts": "inactive"}


def test_a_user_of_the_framework_without_a_person_is_nobody(engine):
    with pytest.raises(NotFound):
        fab.person_of(SimpleNamespace(id=987_654_321))


# ── files and deeds on many rows ────────────────────────────────────────────────────────


def test_no_file_is_given_of_which_the_trail_is_not_told(
    filled, officer, sign_in, client, monkeypatch
):
    sign_in(officer)
    token = client.token("/staff/letters/list/")
    monkeypatch.setattr("app.web.admin.lists.scope.told", lambda *_args: False)
    client.post("/staff/letters/export/csv", {"csrf_token": token}, expect=404)


def test_without_a_place_for_results_no_deed_is_done_on_many_rows(
    filled, officer, sign_in, client, monkeypatch, app
):
    sign_in(officer)
    path = f"/staff/letters/bulk?deed=make&row={filled.due.id}"
    client.get(path)
    monkeypatch.delitem(app.extensions, "guichet.ledger")
    client.get(path, expect=404)


def test_a_view_too_many_is_told_at_the_form(filled, officer, sign_in, client, acting):
    sign_in(officer)
    acting(officer)
    for number in range(MOST_VIEWS):
        views.keep(officer.id, "letters", f"View {number}", Content(), None)
    client.post_form("/staff/views/keep/letters", {"name": "One more", "whose": "own"}, expect=200)


def test_people_of_another_program_who_are_locked_wait_for_nobody_here(
    filled, world, sign_in, client
):
    for program, counted in ((world.program(), True), (world.other_program(), False)):
        sign_in(world.staff("technical_support", program))
        assert ("People locked for a while" in client.get("/staff/").main) is counted
