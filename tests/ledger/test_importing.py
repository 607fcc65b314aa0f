"""Importing the ledger: previewed, all or nothing, by officers of the program."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.ledger.models import LedgerImport, LedgerLine, LedgerUpload
from app.ledger.service import importing
from app.parties import uploading
from tests.ledger.conftest import file_of, imported, line, uploaded
from tests.support.race import losers, race, winners


def ledger() -> list[LedgerLine]:
    session.rollback()
    return list(session.scalars(select(LedgerLine).order_by(LedgerLine.number)))


def told(event: str) -> list[Entry]:
    session.rollback()
    return list(session.scalars(select(Entry).where(Entry.event == event).order_by(Entry.seq)))


def errors_of(officer, number: int) -> list[tuple[int, str, str, str]]:
    found = importing.check(session, officer.id, number).errors
    return [(error.line, error.column, error.code, error.value) for error in found]


def test_a_file_brings_lines_each_with_who_submitted_it(world, officer):
    program, broker = world.program(), world.bn()
    entry = world.registry_entry(program_accounts=["RM0001 Importer"])
    done = imported(
        officer,
        program,
        line(entry.bn, "1", submitted_by=broker, program_account="RM0001"),
        line(entry.bn, "2", kind="Paiement", amount="-100,00 $", program_account="rm0001"),
        line(entry.bn, "3", kind="Relevé de compte", amount="0", program_account="RM0001"),
    )
    first, second, third = ledger()
    assert (first.kind, first.amount, first.dated) == (
        "transaction",
        Decimal("1250.00"),
        date(2026, 9, 1),
    )
    assert (first.submitted_by, second.submitted_by) == (broker, None)
    assert (first.program_account, first.registry_entry_id) == ("RM0001", entry.id)
    assert (second.kind, second.amount, second.program_account) == (
        "payment",
        Decimal("-100.00"),
        "RM0001",
    )
    assert (third.kind, third.amount) == ("statement", Decimal(0))
    assert {one.import_id for one in ledger()} == {done}
    kept = session.get_one(LedgerImport, done)
    assert (kept.row_count, kept.added, kept.changed) == (3, 3, 0)
    assert (kept.program_id, kept.imported_by) == (program.id, officer.id)
    (entry_told,) = told("ledger.imported")
    assert entry_told.changes["added"] == [None, "3"]


def test_a_preview_says_what_is_new_changed_and_the_same_and_changes_nothing(world, officer):
    program, entry = world.program(), world.registry_entry()
    imported(officer, program, line(entry.bn, "1"), line(entry.bn, "2"))
    number = uploaded(
        officer, program, line(entry.bn, "1"), line(entry.bn, "2", state="Paid"), line(entry.bn)
    )
    seen = importing.check(session, officer.id, number)
    assert (len(seen.added), len(seen.changed), seen.same, seen.errors) == (1, 1, 1, ())
    assert seen.changed[0].changes == {"state": ("open", "paid")}
    assert (seen.changed[0].name, seen.row_count) == (entry.legal_name, 3)
    assert [one.state for one in ledger()] == ["open", "open"]


def test_the_same_file_twice_adds_and_changes_nothing(world, officer):
    program, entry = world.program(), world.registry_entry()
    lines = [line(entry.bn, str(number)) for number in range(5)]
    imported(officer, program, *lines)
    done = imported(officer, program, *lines)
    session.rollback()
    kept = session.get_one(LedgerImport, done)
    assert (kept.row_count, kept.added, kept.changed) == (5, 0, 0)
    assert len(ledger()) == 5
    assert told("ledger.line_changed") == []


def test_a_later_file_says_what_has_become_of_a_line_and_the_trail_tells_both(world, officer):
    program, entry = world.program(), world.registry_entry()
    imported(officer, program, line(entry.bn, "1"), line(entry.bn, "2"))
    done = imported(
        officer,
        program,
        line(entry.bn, "1", state="en souffrance", due_on="", description="Duties, amended"),
    )
    one, other = ledger()
    assert (one.state, one.due_on, one.description) == ("arrears", None, "Duties, amended")
    assert (one.import_id, other.state, other.import_id < done) == (done, "open", True)
    (entry_told,) = told("ledger.line_changed")
    assert (entry_told.target_kind, entry_told.target_id) == ("ledger_line", str(one.id))
    assert entry_told.changes == {
        "state": ["open", "arrears"],
        "due_on": ["2026-09-30", None],
        "description": ["Duties and taxes", "Duties, amended"],
    }


@pytest.mark.parametrize(
    ("column", "value", "known"),
    [
        ("amount", "1250.01", "1250.00"),
        ("dated", "2026-09-02", "2026-09-01"),
        ("submitted_by", "123456782", "—"),
        ("program_account", "RM0002", "RM0001"),
    ],
)
def test_a_line_that_differs_in_what_never_changes_is_an_error_of_the_file(
    world, officer, column, value, known
):
    program = world.program()
    entry = world.registry_entry(program_accounts=["RM0001", "RM0002"])
    first = line(entry.bn, program_account="RM0001")
    imported(officer, program, first)
    number = uploaded(
        officer,
        program,
        line(entry.bn, "another", program_account="RM0001"),
        first | {column: value, "state": "paid"},
    )
    assert errors_of(officer, number) == [(3, column, "kept", known)]
    with pytest.raises(Conflict):
        importing.confirm(officer.id, number)
    assert [one.state for one in ledger()] == ["open"]


def test_a_business_that_the_registry_does_not_know_is_an_error_of_its_line(world, officer):
    entry = world.registry_entry()
    elsewhere = world.registry_entry(program=world.other_program())
    number = uploaded(officer, world.program(), line(entry.bn), line(elsewhere.bn))
    assert errors_of(officer, number) == [(3, "bn", "not_in_registry", elsewhere.bn)]


def test_a_program_account_is_one_of_the_businesss_and_named_where_it_has_any(world, officer):
    program = world.program()
    without = world.registry_entry()
    importer = world.registry_entry(program_accounts=["RM0001 Importer"])
    number = uploaded(
        officer,
        program,
        line(without.bn, program_account="RM0001"),
        line(importer.bn, "1"),
        line(importer.bn, "2", program_account="RM0002"),
        line(importer.bn, "3", program_account="RM0001"),
    )
    assert errors_of(officer, number) == [
        (2, "program_account", "other_account", "RM0001"),
        (3, "program_account", "account_missing", ""),
        (4, "program_account", "other_account", "RM0002"),
    ]


def test_a_line_stays_what_it_is_when_the_registry_gives_its_business_other_accounts(
    world, officer
):
    program, entry = world.program(), world.registry_entry()
    imported(officer, program, line(entry.bn, "1"))
    world.set(entry, program_accounts=["RM0001"])
    number = uploaded(officer, program, line(entry.bn, "1", state="paid"))
    assert errors_of(officer, number) == []
    importing.confirm(officer.id, number)
    assert [one.state for one in ledger()] == ["paid"]


def test_a_file_with_one_error_imports_nothing(world, officer):
    entry = world.registry_entry()
    number = uploaded(officer, world.program(), line(entry.bn), line(entry.bn, "2", amount="x"))
    assert errors_of(officer, number) == [(3, "amount", "amount", "x")]
    for deed in (importing.ask_import, importing.confirm):
        with pytest.raises(Conflict):
            deed(officer.id, number)
    assert ledger() == []
    assert session.scalar(select(func.count()).select_from(LedgerImport)) == 0


@pytest.mark.parametrize("content", [b"", b"x" * (uploading.LARGEST + 1)], ids=["empty", "large"])
def test_an_empty_file_and_one_that_is_too_large_are_not_kept(world, officer, content):
    with pytest.raises(Invalid):
        importing.upload(officer.id, world.program().id, "ledger.csv", content)
    assert session.scalar(select(func.count()).select_from(LedgerUpload)) == 0


def test_the_uploaded_file_goes_with_its_import_and_after_a_day(world, officer, clock):
    entry = world.registry_entry()
    imported(officer, world.program(), line(entry.bn))
    session.rollback()
    assert session.scalars(select(LedgerUpload)).all() == []
    old = uploaded(officer, world.program(), line(entry.bn))
    clock.move(days=2)
    importing.upload(world.staff().id, world.program().id, "b.csv", file_of(line(entry.bn)))
    with pytest.raises(NotFound):
        importing.my_upload(session, officer.id, old)


def test_a_file_is_seen_and_imported_by_the_officer_who_uploaded_it_only(world, officer):
    entry = world.registry_entry()
    number = uploaded(officer, world.program(), line(entry.bn))
    for other in (world.staff(), world.staff("auditor"), world.person()):
        with pytest.raises((NotFound, Refused)):
            importing.check(session, other.id, number)
        for deed in (importing.ask_import, importing.confirm):
            with pytest.raises((NotFound, Refused)):
                deed(other.id, number)
    assert ledger() == []


def test_only_officers_of_the_program_import(world, officer):
    entry, program = world.registry_entry(), world.program()
    elsewhere = world.staff("program_officer", world.other_program())
    kinds = ("auditor", "technical_support", "administrator")
    for person in (elsewhere, *map(world.staff, kinds), world.person()):
        with pytest.raises((NotFound, Refused)):
            importing.upload(person.id, program.id, "a.csv", file_of(line(entry.bn)))
    for kind in ("program_officer", "supervisor"):
        imported(world.staff(kind), program, line(entry.bn, kind))
    assert len(ledger()) == 2


def test_two_officers_who_import_at_once_do_so_one_after_the_other(world, officer):
    program, entry, other = world.program(), world.registry_entry(), world.staff()
    one = uploaded(officer, program, line(entry.bn), line(entry.bn, "2"))
    two = uploaded(other, program, line(entry.bn, state="paid"), line(entry.bn, "3"))
    first, second = officer.id, other.id
    done = race(lambda: importing.confirm(first, one), lambda: importing.confirm(second, two))
    assert losers(done) == []
    assert len(winners(done)) == 2
    assert [one.number for one in ledger()] == ["10000000001", "2", "3"]


def test_two_files_that_say_one_line_otherwise_are_not_both_imported(world, officer):
    program, entry, other = world.program(), world.registry_entry(), world.staff()
    one = uploaded(officer, program, line(entry.bn, amount="1.00"))
    two = uploaded(other, program, line(entry.bn, amount="2.00"))
    first, second = officer.id, other.id
    done = race(lambda: importing.confirm(first, one), lambda: importing.confirm(second, two))
    assert len(winners(done)) == len(losers(done)) == 1
    assert isinstance(losers(done)[0], Conflict)
    assert len(ledger()) == 1
