"""Reading a file of the ledger in the worker: in batches, each kept, and none read twice."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select

from app.base.db import session
from app.ledger.jobs import import_ledger, read_ledger
from app.ledger.models import LedgerImport, LedgerLine, LedgerUpload, LedgerUploadLine
from app.ledger.service import importing, reading
from tests.ledger.conftest import file_of, imported, line


def upload(world, officer, *lines: dict[str, str]) -> int:
    return importing.upload(officer.id, world.program().id, "ledger.csv", file_of(*lines))


def many(world, number: int) -> list[dict[str, str]]:
    entry = world.registry_entry()
    return [line(entry.bn, str(one)) for one in range(number)]


def state(number: int) -> tuple[str, int]:
    session.rollback()
    kept = session.get_one(LedgerUpload, number)
    return kept.state, kept.lines_read


def count(model) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def batches_of_ten(monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 10)


def test_a_killed_worker_s_file_goes_on_where_it_stood(world, officer, batches_of_ten, monkeypatch):
    number = upload(world, officer, *many(world, 35))
    assert reading.read_batch(number)
    assert reading.read_batch(number)
    assert state(number) == ("reading", 21)  # the first line names the columns

    real = reading.read_lines
    begun: list[int] = []

    def dies(content, after):
        begun.append(after)
        for one in real(content, after):
            if len(begun) == 1 and one.number == 25:
                raise KeyboardInterrupt
            yield one

    monkeypatch.setattr(reading, "read_lines", dies)
    with pytest.raises(KeyboardInterrupt):
        read_ledger(number)
    assert state(number) == ("reading", 21)
    read_ledger(number)
    assert begun == [21, 21, 31]
    assert state(number)[0] == "read"
    assert count(LedgerUploadLine) == 35
    assert len(importing.check(session, officer.id, number).added) == 35


def test_an_import_whose_worker_is_killed_leaves_nothing_and_is_done_again(
    world, officer, monkeypatch
):
    number = upload(world, officer, *many(world, 5))
    read_ledger(number)
    importing.ask_import(officer.id, number)

    def killed(*_arguments, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(importing, "record_many", killed)
        with pytest.raises(KeyboardInterrupt):
            import_ledger(number, officer.id)
    assert (count(LedgerLine), count(LedgerImport)) == (0, 0)
    assert state(number)[0] == "importing"
    import_ledger(number, officer.id)
    assert (count(LedgerLine), count(LedgerImport)) == (5, 1)


def test_both_jobs_may_run_twice(world, officer):
    number = upload(world, officer, *many(world, 3))
    read_ledger(number)
    read_ledger(number)
    importing.ask_import(officer.id, number)
    importing.ask_import(officer.id, number)
    import_ledger(number, officer.id)
    import_ledger(number, officer.id)
    read_ledger(number)
    assert (count(LedgerLine), count(LedgerImport), count(LedgerUploadLine)) == (3, 1, 0)


def test_one_number_in_two_batches_is_an_error_of_the_second_line(world, officer, batches_of_ten):
    lines = many(world, 21)
    number = upload(world, officer, *lines, lines[0])
    read_ledger(number)
    (error,) = importing.check(session, officer.id, number).errors
    assert (error.line, error.column, error.code, error.value) == (23, "number", "twice", "2")


def test_an_import_in_whose_way_something_came_imports_nothing_and_is_previewed_again(
    world, officer
):
    lines = many(world, 2)
    number = upload(world, officer, *lines)
    read_ledger(number)
    importing.ask_import(officer.id, number)
    imported(world.staff(), world.program(), lines[0] | {"amount": "7.00"})
    import_ledger(number, officer.id)
    assert state(number)[0] == "read"
    assert (count(LedgerLine), count(LedgerImport)) == (1, 1)
    (error,) = importing.check(session, officer.id, number).errors
    assert (error.line, error.column, error.code) == (2, "amount", "kept")


@pytest.mark.nightly
def test_a_hundred_thousand_lines_are_imported_in_a_minute_and_all_changed_in_two(world, officer):
    businesses = [world.registry_entry().bn for _ in range(50)]
    lines = [line(businesses[one % 50], str(one)) for one in range(100_000)]
    for states, allowed in (("open", 60), ("paid", 120)):
        content = file_of(*(one | {"state": states} for one in lines))
        begun = time.monotonic()
        number = importing.upload(officer.id, world.program().id, "ledger.csv", content)
        read_ledger(number)
        importing.ask_import(officer.id, number)
        import_ledger(number, officer.id)
        taken = time.monotonic() - begun
        print(f"100,000 lines, {len(content):,} bytes: {taken:.1f} s")  # noqa: T201 (its figure)
        assert taken < allowed
    assert count(LedgerLine) == 100_000
