"""Each deed on the registry asks by itself: what no page would send is refused all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select

import app.authority.registered
import app.enrolment.scopes  # noqa: F401 (registers the scopes)
from app.audit.models import Entry
from app.authority.models import StaffAssignment
from app.base.db import deed, session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.enrolment.service import registry
from app.parties.models import RegistryEntry
from app.parties.registry import typed_entry
from app.programs.service import definition
from tests.parties.test_registry import business, lines_of, uploaded


@pytest.fixture
def officer(db, world):
    return world.staff("program_officer")


@pytest.fixture
def typed(world):
    """A business as an officer types it."""
    return typed_entry(definition(world.program().code), {**business(), "carrier_code": ""})


def correct(actor, entry_id, data, reference="P-1"):
    """Correct an entry as the deed of an officer does, in a deed of its own."""

    @deed
    def work(db):
        registry.correct_entry(db, actor.id, db.get_one(RegistryEntry, entry_id), data, reference)

    work()


def test_whoever_does_not_know_the_program_uploads_and_writes_nothing(world, db, typed):
    stranger = world.staff("program_officer", world.other_program())
    for attempt in (
        lambda: registry.upload(stranger.id, world.program().id, "r.csv", lines_of(business())),
        lambda: registry.add_entry(stranger.id, world.program().id, typed, "P-1"),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_whoever_only_reads_the_registry_uploads_and_writes_nothing(world, db, typed):
    auditor = world.staff("auditor")
    entry = world.registry_entry()
    for attempt in (
        lambda: registry.upload(auditor.id, world.program().id, "r.csv", lines_of(business())),
        lambda: registry.add_entry(auditor.id, world.program().id, typed, "P-1"),
        lambda: correct(auditor, entry.id, typed),
    ):
        with pytest.raises(Refused):
            attempt()


def test_a_file_that_is_not_read_yet_is_neither_shown_nor_imported(world, officer):
    number = registry.upload(officer.id, world.program().id, "r.csv", lines_of(business()))
    for attempt in (
        lambda: registry.check(session, officer.id, number),
        lambda: registry.ask_import(officer.id, number),
        lambda: registry.confirm(officer.id, number),
    ):
        with pytest.raises(Conflict, match="not_read"):
            attempt()


def test_a_file_with_an_error_is_not_even_asked_to_be_imported(world, officer):
    number = uploaded(world, officer, business(), business(bn="123"))
    for attempt in (registry.ask_import, registry.confirm):
        with pytest.raises(Conflict, match="has_errors"):
            attempt(officer.id, number)


def test_a_correction_needs_its_paper_and_takes_no_number_of_another(world, officer, typed):
    entry, other = world.registry_entry(), world.registry_entry(bn=business()["bn"])
    with pytest.raises(Invalid, match="paper_reference"):
        correct(officer, entry.id, typed, " ")
    with pytest.raises(Invalid, match="bn: taken"):
        correct(officer, entry.id, typed)
    correct(officer, other.id, typed)


def test_the_trail_tells_the_role_in_which_a_file_was_imported(world, officer):
    registry.confirm(officer.id, uploaded(world, officer, business()))
    session.rollback()
    told = select(Entry.role).where(Entry.event == "registry.imported")
    assert session.scalars(told).all() == ["program_officer"]


def test_whoever_has_left_the_staff_sees_neither_their_file_nor_their_import(world, officer):
    done = uploaded(world, officer, business())
    registry.confirm(officer.id, done)
    waiting = uploaded(world, officer, business("123026635"))
    assert registry.imported_from(session, officer.id, done) is not None
    session.rollback()
    post = world.db.query(StaffAssignment).filter_by(person_id=officer.id).one()
    world.set(post, ends_at=world.now())
    with pytest.raises(NotFound):
        registry.my_upload(session, officer.id, waiting)
    assert registry.imported_from(session, officer.id, done) is None
