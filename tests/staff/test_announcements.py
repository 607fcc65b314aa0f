"""Announcements: bilingual, dated, for a program by its staff, for all by who has all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.base.days import local_day
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.correspondence.announcements import Wording, change_announcement, write_announcement
from app.correspondence.models import Announcement
from app.correspondence.queries import announcements
from app.programs.library import portal
from app.programs.models import Program


@pytest.fixture
def officer(world, sign_in, acting):
    person = world.staff("program_officer")
    sign_in(person)
    acting(person)
    return person


def _wording(world, **other):
    values = {
        "program_id": world.program().id, "title_en": "Offices closed",
        "title_fr": "Bureaux fermés", "body_en": "On Monday.", "body_fr": "Le lundi.",
        "first_day": date(2027, 3, 1), "last_day": date(2027, 3, 5),
    }  # fmt: skip
    return Wording(**(values | other))


def _typed(world, **other):
    values = {
        "program_id": str(world.program().id), "title_en": "Offices closed",
        "title_fr": "Bureaux fermés", "body_en": "On Monday.", "body_fr": "Le lundi.",
        "first_day-year": "2027", "first_day-month": "03", "first_day-day": "01",
        "last_day-year": "2027", "last_day-month": "03", "last_day-day": "05",
    }  # fmt: skip
    return values | other


def test_an_officer_writes_one_in_both_languages(world, officer, client, trail):
    page = client.get("/staff/announcements/add")
    page.submit(_typed(world), to="/staff/announcements/list/").follow()
    row = world.db.query(Announcement).one()
    zone = portal().zone
    assert local_day(row.starts_at, zone) == date(2027, 3, 1)
    assert row.ends_at.astimezone(zone).strftime("%m-%d %H:%M:%S") == "03-05 23:59:59"
    assert "Bureaux fermés" in client.get(f"/staff/announcements/show/{row.id}", lang="fr").h1
    assert trail("announcement.written")[0].changes["title_fr"] == [None, "Bureaux fermés"]


def test_it_runs_from_the_start_of_its_first_day_to_the_end_of_its_last(world, officer, clock, db):
    write_announcement(officer.id, _wording(world))
    seen = {}
    for moment in ("02-28T23:59:59", "03-01T00:00:00", "03-05T23:59:58", "03-06T00:00:00"):
        from datetime import datetime

        clock.stop(datetime.fromisoformat(f"2027-{moment}-05:00"))
        seen[moment] = len(announcements(db, [world.program().id]))
        db.rollback()
    assert list(seen.values()) == [0, 1, 1, 0]


@pytest.mark.parametrize("field", ["title_en", "title_fr", "body_en", "body_fr"])
def test_neither_language_may_be_missing(field, world, officer, client):
    with pytest.raises(Invalid) as refusal:
        write_announcement(officer.id, _wording(world, **{field: "  "}))
    assert refusal.value.errors == {field: "missing"}
    page = client.get("/staff/announcements/add")
    assert page.submit(_typed(world, **{field: ""}), expect=200).errors


def test_what_is_too_long_or_ends_too_soon_is_said_at_its_field(world, officer, client):
    page = client.get("/staff/announcements/add")
    answer = page.submit(
        _typed(world, **{"title_en": "x" * 61, "last_day-month": "02"}), expect=200
    )
    assert answer.errors == [
        "Shorten it: 60 characters for a title, 600 for a text.",
        "The end date must be after the start date.",
    ]


def test_one_without_a_last_day_goes_on(world, officer, db):
    key = write_announcement(officer.id, _wording(world, last_day=None))
    assert db.get(Announcement, key).ends_at is None


def test_it_is_changed_by_the_staff_of_its_program(world, officer, client, trail):
    key = write_announcement(officer.id, _wording(world))
    page = client.get(f"/staff/announcements/edit/{key}")
    page.submit({"title_en": "Offices open"}, to=f"/staff/announcements/show/{key}")
    (entry,) = trail("announcement.changed")
    assert entry.changes == {"title_en": ["Offices closed", "Offices open"]}


def test_a_form_that_somebody_overtook_saves_nothing(world, officer, client):
    key = write_announcement(officer.id, _wording(world))
    page = client.get(f"/staff/announcements/edit/{key}")
    change_announcement(officer.id, key, 1, _wording(world, title_en="Meanwhile"))
    answer = page.submit({"title_en": "Too late"}, expect=200)
    assert "Someone else changed this page" in answer.errors[0]
    world.db.rollback()
    assert world.db.get(Announcement, key).title_en == "Meanwhile"
    with pytest.raises(Conflict, match="stale"):
        change_announcement(officer.id, key, 1, _wording(world))


def test_for_all_programs_is_for_who_has_all(world, officer, client, db):
    for program in db.scalars(select(Program).where(Program.id != world.program().id)):
        world.staff("program_officer", program, person=officer)
    assert "all" in client.get("/staff/announcements/add").form("program_id").choices("program_id")
    other = world.other_program()
    page = client.get("/staff/announcements/add")
    assert "all" not in page.form("program_id").choices("program_id")
    with pytest.raises(Refused):
        write_announcement(officer.id, _wording(world, program_id=None))
    world.staff("administrator", other, person=officer)
    key = write_announcement(officer.id, _wording(world, program_id=None))
    assert db.get(Announcement, key).program_id is None


def test_nobody_announces_in_a_program_that_is_not_theirs(world, officer):
    with pytest.raises(Refused):
        write_announcement(officer.id, _wording(world, program_id=world.other_program().id))
    with pytest.raises(NotFound):
        write_announcement(officer.id, _wording(world, program_id=999_999))


def test_one_of_another_program_is_neither_seen_nor_moved_here(world, officer, acting):
    stranger = world.staff("program_officer", world.other_program())
    acting(stranger)
    key = write_announcement(stranger.id, _wording(world, program_id=world.other_program().id))
    acting(officer)
    with pytest.raises(NotFound):
        change_announcement(officer.id, key, 1, _wording(world))
    own = write_announcement(officer.id, _wording(world))
    with pytest.raises(Refused):
        change_announcement(
            officer.id, own, 1, _wording(world, program_id=world.other_program().id)
        )


def test_one_that_is_over_stands_back_in_the_list(world, officer, client):
    today = local_day(world.now(), portal().zone)
    write_announcement(
        officer.id,
        _wording(world, first_day=today - timedelta(9), last_day=today - timedelta(2)),
    )
    rows = list(client.get("/staff/announcements/list/").page.all("tr"))
    assert [row.get("class") for row in rows if row.get("class")] == ["hold"]
