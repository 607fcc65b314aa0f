"""Importing the registry: previewed, all or nothing, by officers of the program."""

import csv
import io
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

import app.authority.registered
import app.enrolment.scopes  # noqa: F401 (registers the scopes)
from app.audit.models import Entry
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.enrolment.service import reading, registry
from app.parties import uploading
from app.parties.models import Party, RegistryEntry, RegistryImport, RegistryUpload
from app.parties.registry import different, fill, typed_entry
from app.parties.rules.entries import COLUMNS, EntryData
from app.programs.service import definition
from tests.audit.trail import proved
from tests.support.race import losers, race, winners


@pytest.fixture
def officer(db, world):
    return world.staff("program_officer")


def lines_of(*entries: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([entry.get(column, "") for column in COLUMNS])
    return out.getvalue().encode()


def business(bn: str = "123456782", **changes: str) -> dict[str, str]:
    return {
        "bn": bn,
        "legal_name": "Café Nord inc.",
        "street": "1, rue A",
        "city": "Gaspé",
        "region": "QC",
        "postal_code": "G4X 1A1",
        "country": "CA",
        "language": "fr",
        **changes,
    }


def uploaded(world, officer, *entries: dict[str, str]) -> int:
    """A file that the worker has read."""
    program = world.program().id
    number = registry.upload(officer.id, program, "registre.csv", lines_of(*entries))
    reading.read(number)
    return number


def imported(officer, number: int) -> int:
    return registry.confirm(officer.id, number)


def entries() -> list[RegistryEntry]:
    session.rollback()
    return list(session.scalars(select(RegistryEntry).order_by(RegistryEntry.bn)))


def test_a_preview_says_what_is_new_changed_and_the_same_and_changes_nothing(world, officer):
    program = world.program().id
    registry.confirm(officer.id, uploaded(world, officer, business(), business("123026635")))
    number = uploaded(
        world,
        officer,
        business(),
        business("123026635", street="2, rue B"),
        business("100000009"),
    )
    seen = registry.check(session, officer.id, number)
    assert (len(seen.added), len(seen.changed), seen.same) == (1, 1, 1)
    assert seen.changed[0].columns == ("street",)
    assert seen.changed[0].was.street == "1, rue A"
    assert len(entries()) == 2
    done = registry.confirm(officer.id, number)
    session.rollback()
    kept = session.get_one(RegistryImport, done)
    assert (kept.row_count, kept.added, kept.changed) == (3, 1, 1)
    assert (kept.program_id, kept.imported_by) == (program, officer.id)
    assert [entry.street for entry in entries()] == ["1, rue A", "2, rue B", "1, rue A"]


def test_a_file_with_one_error_imports_nothing(world, officer):
    number = uploaded(world, officer, business(), business("123456789"))
    assert len(registry.check(session, officer.id, number).errors) == 1
    with pytest.raises(Conflict):
        registry.confirm(officer.id, number)
    assert entries() == []
    session.rollback()
    assert session.scalar(select(func.count()).select_from(RegistryImport)) == 0


def test_a_business_that_the_file_does_not_name_stays_as_it_is(world, officer):
    registry.confirm(officer.id, uploaded(world, officer, business()))
    registry.confirm(officer.id, uploaded(world, officer, business("123026635")))
    assert len(entries()) == 2


def test_the_uploaded_file_goes_with_its_import_and_after_a_day(world, officer, clock):
    registry.confirm(officer.id, uploaded(world, officer, business()))
    session.rollback()
    assert session.scalars(select(RegistryUpload)).all() == []
    old = uploaded(world, officer, business())
    clock.move(days=2)
    other = world.staff()
    registry.upload(other.id, world.program().id, "b.csv", lines_of(business()))
    with pytest.raises(NotFound):
        registry.my_upload(session, officer.id, old)


def test_a_file_is_seen_and_imported_by_the_officer_who_uploaded_it_only(world, officer):
    number = uploaded(world, officer, business())
    for other in (world.staff(), world.staff("auditor"), world.person()):
        with pytest.raises((NotFound, Refused)):
            registry.check(session, other.id, number)
        with pytest.raises((NotFound, Refused)):
            registry.confirm(other.id, number)
    assert entries() == []


def test_only_officers_of_the_program_import(world, officer):
    program = world.program().id
    elsewhere = world.staff("program_officer", world.other_program())
    people = [elsewhere, world.staff("auditor"), world.staff("technical_support"), world.person()]
    for person in people:
        with pytest.raises((NotFound, Refused)):
            registry.upload(person.id, program, "a.csv", lines_of(business()))
        with pytest.raises((NotFound, Refused)):
            registry.add_entry(person.id, program, data(), "ref")
    assert entries() == []


def test_two_officers_who_import_at_once_do_so_one_after_the_other(world, officer):
    other = world.staff()
    one, two = uploaded(world, officer, business()), uploaded(world, other, business(city="Percé"))
    first, second = officer.id, other.id
    done = race(lambda: registry.confirm(first, one), lambda: registry.confirm(second, two))
    assert losers(done) == []
    assert len(winners(done)) == 2
    assert len(entries()) == 1


def test_a_business_that_the_portal_knows_takes_the_registry_s_new_name(world, officer):
    known = world.business("Café Nord inc.", bn="123456782")
    registry.confirm(officer.id, uploaded(world, officer, business()))
    number = uploaded(world, officer, business(legal_name="Café Nord et Fils inc."))
    registry.confirm(officer.id, number)
    session.rollback()
    party = session.get_one(Party, known.id)
    assert party.name == "Café Nord et Fils inc."
    assert party.name_folded == "cafe nord et fils inc"


def test_a_line_that_joins_two_known_businesses_is_an_error(world, officer):
    world.registry_entry(bn="123456782")
    world.registry_entry(carrier_code="12AB", base="US")
    number = uploaded(world, officer, business(carrier_code="12AB"))
    errors = registry.check(session, officer.id, number).errors
    assert [error.code for error in errors] == ["other_business"]


def test_the_preview_shows_where_a_file_takes_back_an_officer_s_correction(world, officer):
    entry = world.registry_entry(bn="123456782")
    world.set(entry, origin="officer", paper_reference="Statuts 12")
    number = uploaded(world, officer, business())
    assert registry.check(session, officer.id, number).changed[0].undoes_officer
    registry.confirm(officer.id, number)
    kept = entries()[0]
    assert (kept.origin, kept.paper_reference) == ("import", None)


@pytest.mark.parametrize("content", [b"", b"x" * (uploading.LARGEST + 1)], ids=["empty", "large"])
def test_an_empty_and_a_too_large_file_are_refused(world, officer, content):
    with pytest.raises(Invalid):
        registry.upload(officer.id, world.program().id, "a.csv", content)


def data(**changes: object) -> EntryData:
    values = business() | {"carrier_code": None, "lines": ()} | changes
    return EntryData(**values)


def test_an_officer_adds_one_business_by_hand_from_a_paper(world, officer):
    program = world.program().id
    with pytest.raises(Invalid):
        registry.add_entry(officer.id, program, data(), "  ")
    registry.add_entry(officer.id, program, data(), "Statuts 2026-117")
    entry = entries()[0]
    assert (entry.origin, entry.paper_reference) == ("officer", "Statuts 2026-117")
    with pytest.raises(Invalid) as refused:
        registry.add_entry(officer.id, program, data(), "again")
    assert refused.value.errors == {"bn": "taken"}
    wanted = text("SELECT actor_id, changes FROM audit.entry WHERE event = 'registry.entry_added'")
    added = session.execute(wanted).one()
    assert added.actor_id == officer.id
    assert added.changes["paper_reference"] == [None, "Statuts 2026-117"]


def test_what_an_officer_types_is_checked_like_a_line_of_a_file(world, officer):
    program = definition(world.program().code)
    typed = {**business(), "lines": ""}
    assert typed_entry(program, typed).bn == "123456782"
    with pytest.raises(Invalid) as refused:
        typed_entry(program, {**typed, "bn": "123456789", "city": ""})
    assert refused.value.errors == {"bn": "bn", "city": "empty"}


def test_an_import_is_in_the_trail_with_its_file_s_hash(world, officer):
    registry.confirm(officer.id, uploaded(world, officer, business()))
    session.rollback()
    wanted = text("SELECT role, changes FROM audit.entry WHERE event = 'registry.imported'")
    done = session.execute(wanted).one()
    assert done.role == "program_officer"
    assert done.changes["row_count"] == [None, "1"]
    assert len(done.changes["sha256"][1]) == 64


def test_an_import_tells_for_each_corrected_business_what_it_was_and_became(world, officer):
    """The registry decides where letters go: the old address must not be lost."""
    imported(officer, uploaded(world, officer, business(), business("123026635")))
    imported(
        officer,
        uploaded(
            world,
            officer,
            business(street="2, rue B", language="en"),
            business("123026635"),
            business("100000009"),
        ),
    )
    kept = {entry.bn: entry.id for entry in entries()}
    wanted = select(Entry).where(Entry.event == "registry.entry_corrected")
    told = session.scalars(wanted).one()
    assert (told.target_kind, told.target_id) == ("registry_entry", str(kept["123456782"]))
    assert (told.actor_id, told.role) == (officer.id, "program_officer")
    assert told.program_id == world.program().id
    assert told.changes == {"language": ["fr", "en"]}
    personal = {name: pair for name, pair in told.personal.items() if name != "address"}
    assert personal == {"street": ["1, rue A", "2, rue B"]}
    assert proved().whole


def test_a_file_over_a_paper_tells_that_the_paper_counts_no_more(world, officer):
    given = typed_entry(definition(world.program().code), business())
    registry.add_entry(officer.id, world.program().id, given, "Statuts 1")
    imported(officer, uploaded(world, officer, business(street="2, rue B")))
    session.rollback()
    wanted = select(Entry).where(Entry.event == "registry.entry_corrected")
    assert session.scalars(wanted).one().changes == {"paper_reference": ["Statuts 1", None]}


def test_many_corrected_businesses_are_told_in_the_order_of_the_file_and_the_chain_holds(
    world, officer
):
    numbers = [world.bn() for _ in range(40)]
    imported(officer, uploaded(world, officer, *map(business, numbers)))
    moved = [business(bn, city="Percé") for bn in numbers]
    imported(officer, uploaded(world, officer, *moved))
    keys = {entry.bn: str(entry.id) for entry in entries()}
    told = session.scalars(
        select(Entry).where(Entry.event == "registry.entry_corrected").order_by(Entry.seq)
    ).all()
    assert [one.target_id for one in told] == [keys[bn] for bn in numbers]
    assert {tuple(one.personal["city"]) for one in told} == {("Gaspé", "Percé")}
    assert len({one.at for one in told}) == 1
    assert proved().whole


def test_a_file_changes_the_program_accounts_of_a_business_and_the_trail_tells(world, officer):
    first = business(program_accounts="RM0001 Importer")
    registry.confirm(officer.id, uploaded(world, officer, first))
    assert entries()[0].program_accounts == ["RM0001 Importer"]
    number = uploaded(world, officer, business(program_accounts="RM0001 Importer; RM0002"))
    seen = registry.check(session, officer.id, number)
    assert [change.columns for change in seen.changed] == [("program_accounts",)]
    registry.confirm(officer.id, number)
    assert entries()[0].program_accounts == ["RM0001 Importer", "RM0002"]
    told = session.scalars(
        select(Entry).where(Entry.event == "registry.entry_corrected").order_by(Entry.seq)
    ).all()[-1]
    assert told.changes == {
        "program_accounts": ['["RM0001 Importer"]', '["RM0001 Importer", "RM0002"]']
    }


def test_a_correction_by_hand_leaves_the_program_accounts_as_they_are(world, officer):
    entry = world.registry_entry(program_accounts=["RM0001 Importer"])
    assert different(entry, replace(data(), program_accounts=None)) != ()
    fill(entry, replace(data(), program_accounts=None))
    assert entry.program_accounts == ["RM0001 Importer"]
    fill(entry, replace(data(), program_accounts=()))
    assert entry.program_accounts == []
