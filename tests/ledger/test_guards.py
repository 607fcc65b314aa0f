"""Each deed on the ledger asks by itself: what no page would send is refused all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.authority.models import StaffAssignment
from app.base.db import session
from app.base.errors import Conflict, NotFound, Refused
from app.ledger.service import importing
from tests.ledger.conftest import file_of, imported, line, uploaded


def test_whoever_does_not_know_the_program_uploads_nothing(world, db):
    stranger = world.staff("program_officer", world.other_program())
    content = file_of(line(world.registry_entry().bn))
    with pytest.raises(NotFound):
        importing.upload(stranger.id, world.program().id, "l.csv", content)


def test_whoever_only_reads_the_ledger_uploads_nothing(world, db):
    content = file_of(line(world.registry_entry().bn))
    with pytest.raises(Refused):
        importing.upload(world.staff("auditor").id, world.program().id, "l.csv", content)


def test_a_file_that_is_not_read_yet_is_neither_shown_nor_imported(world, officer):
    content = file_of(line(world.registry_entry().bn))
    number = importing.upload(officer.id, world.program().id, "l.csv", content)
    for attempt in (
        lambda: importing.check(session, officer.id, number),
        lambda: importing.ask_import(officer.id, number),
        lambda: importing.confirm(officer.id, number),
    ):
        with pytest.raises(Conflict, match="not_read"):
            attempt()


def test_a_file_with_an_error_is_not_even_asked_to_be_imported(world, officer):
    number = uploaded(officer, world.program(), line(world.bn()))
    for attempt in (importing.ask_import, importing.confirm):
        with pytest.raises(Conflict, match="has_errors"):
            attempt(officer.id, number)


def test_another_officer_of_the_program_sees_no_file_of_a_colleague(world, officer):
    number = uploaded(officer, world.program(), line(world.registry_entry().bn))
    with pytest.raises(NotFound):
        importing.my_upload(session, world.staff().id, number)


def test_the_trail_tells_the_role_in_which_a_file_was_imported(world, officer):
    imported(officer, world.program(), line(world.registry_entry().bn))
    session.rollback()
    told = select(Entry.role).where(Entry.event == "ledger.imported")
    assert session.scalars(told).all() == ["program_officer"]


def test_whoever_has_left_the_staff_sees_neither_their_file_nor_their_import(world, officer):
    entry, program = world.registry_entry(), world.program()
    done = uploaded(officer, program, line(entry.bn))
    importing.confirm(officer.id, done)
    waiting = uploaded(officer, program, line(entry.bn, "2"))
    assert importing.imported_from(session, officer.id, done) is not None
    session.rollback()
    post = world.db.query(StaffAssignment).filter_by(person_id=officer.id).one()
    world.set(post, ends_at=world.now())
    with pytest.raises(NotFound):
        importing.my_upload(session, officer.id, waiting)
    assert importing.imported_from(session, officer.id, done) is None
