"""Reading a registry file in the worker: in batches, each kept, and none read twice."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

import app.authority.registered
import app.enrolment.scopes  # noqa: F401 (registers the scopes)
from app.base.db import session
from app.base.errors import Conflict
from app.enrolment.jobs import import_registry, read_registry
from app.enrolment.service import reading, registry
from app.parties.models import RegistryEntry, RegistryImport, RegistryLine, RegistryUpload
from tests.parties.test_registry import business, entries, lines_of


@pytest.fixture
def officer(db, world):
    return world.staff("program_officer")


def upload(world, officer, content: bytes) -> int:
    return registry.upload(officer.id, world.program().id, "registre.csv", content)


def many(world, number: int) -> bytes:
    return lines_of(*(business(world.bn(), legal_name=f"Firm {i}") for i in range(number)))


def state(number: int) -> tuple[str, int]:
    session.rollback()
    kept = session.get_one(RegistryUpload, number)
    return kept.state, kept.lines_read


@pytest.fixture
def batches_of_ten(monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 10)


def test_a_killed_worker_s_file_goes_on_where_it_stood(world, officer, batches_of_ten, monkeypatch):
    number = upload(world, officer, many(world, 35))
    assert reading.read_batch(number)
    assert reading.read_batch(number)
    assert state(number) == ("reading", 21)  # the first line names the columns

    real = reading.read_lines
    begun: list[int] = []

    def dies(content, words, after):
        begun.append(after)
        for line in real(content, words, after):
            if len(begun) == 1 and line.number == 25:
                raise KeyboardInterrupt
            yield line

    monkeypatch.setattr(reading, "read_lines", dies)
    with pytest.raises(KeyboardInterrupt):
        read_registry(number)
    assert state(number) == ("reading", 21)
    read_registry(number)
    assert begun == [21, 21, 31]
    assert state(number)[0] == "read"
    assert session.scalar(select(func.count()).select_from(RegistryLine)) == 35
    assert len(registry.check(session, officer.id, number).added) == 35


def test_a_file_read_in_batches_has_the_errors_of_a_file_read_at_once(
    world, officer, batches_of_ten
):
    """A number that stands twice, in two batches, as well as a line that is wrong by itself."""
    first = business(world.bn())
    lines = [first, *(business(world.bn()) for _ in range(20)), first, business("123456789")]
    number = upload(world, officer, lines_of(*lines))
    read_registry(number)
    errors = registry.check(session, officer.id, number).errors
    assert [(error.line, error.code) for error in errors] == [(23, "twice"), (24, "bn")]


def test_a_file_of_a_whole_number_of_batches_ends(world, officer, batches_of_ten):
    number = upload(world, officer, many(world, 20))
    read_registry(number)
    assert state(number)[0] == "read"


def test_a_file_that_is_not_read_yet_is_neither_previewed_nor_imported(world, officer):
    number = upload(world, officer, lines_of(business()))
    for deed in (
        lambda: registry.check(session, officer.id, number),
        lambda: registry.ask_import(officer.id, number),
        lambda: registry.confirm(officer.id, number),
    ):
        with pytest.raises(Conflict):
            deed()
    assert entries() == []


def test_both_jobs_may_run_twice(world, officer):
    number = upload(world, officer, lines_of(business()))
    read_registry(number)
    read_registry(number)
    registry.ask_import(officer.id, number)
    import_registry(number, officer.id)
    import_registry(number, officer.id)
    read_registry(number)
    assert len(entries()) == 1
    assert session.scalar(select(func.count()).select_from(RegistryImport)) == 1
    assert session.scalar(select(func.count()).select_from(RegistryLine)) == 0


def test_an_import_in_whose_way_something_came_imports_nothing_and_is_previewed_again(
    world, officer
):
    line = business(carrier_code="12AB")
    number = upload(world, officer, lines_of(business("123026635"), line))
    read_registry(number)
    registry.ask_import(officer.id, number)
    world.registry_entry(bn=line["bn"])
    world.registry_entry(carrier_code="12AB", base="US")
    import_registry(number, officer.id)
    assert state(number)[0] == "read"
    assert len(entries()) == 2
    errors = registry.check(session, officer.id, number).errors
    assert [error.code for error in errors] == ["other_business"]


@pytest.mark.nightly
def test_a_hundred_thousand_lines_are_imported_in_under_a_minute(world, officer):
    content = many(world, 100_000)
    begun = time.monotonic()
    number = upload(world, officer, content)
    read_registry(number)
    registry.ask_import(officer.id, number)
    import_registry(number, officer.id)
    taken = time.monotonic() - begun
    print(f"100,000 lines, {len(content):,} bytes: {taken:.1f} s")  # noqa: T201 (its figure)
    assert session.scalar(select(func.count()).select_from(RegistryEntry)) == 100_000
    assert taken < 60
