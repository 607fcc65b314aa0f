"""The officer: decides on a paper, never on their own, and names prospective owners."""

import json

import pytest
from sqlalchemy import select, text

from app.audit.models import Entry
from app.authority.queries import visible
from app.base.context import Origin, set_origin
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.correspondence.models import Notice
from app.enrolment import queries
from app.enrolment.models import Letter, Registration
from app.enrolment.rules.states import Shown
from app.enrolment.service import members, officers, registering, sending
from app.enrolment.service.paper import Paper
from app.parties.models import Person, RegistryEntry
from app.parties.rules.entries import EntryData
from tests.enrolment.steps import (
    activate,
    codes_of,
    draft,
    last_letter,
    make,
    program_definition,
    prove,
    read,
    register,
)
from tests.support.race import losers, race

READ = "staff.persons.read"
PAPER = Paper("Statuts 2026-117", "Statuts vus le 3 novembre; l’adresse y figure.")


def held(world, person, entry) -> Registration:
    """A registration that waits for an officer because its address differs."""
    number = draft(world, person, entry)
    registering.give_address(person.id, number, {**entry.address, "street": "99, rue Ailleurs"})
    sending.send(person.id, number)
    return read(Registration, number)


def data(entry: RegistryEntry, **changes: object) -> EntryData:
    names = ("bn", "carrier_code", "legal_name", "language")
    values = {name: getattr(entry, name) for name in names} | entry.address
    return EntryData(**{**values, "lines": tuple(entry.lines), **changes})


def test_an_officer_lets_the_letter_go_to_the_registry_s_address(world, registrant, officer, entry):
    row = held(world, registrant, entry)
    officers.approve(officer.id, row.id, PAPER)
    row = read(Registration, row.id)
    assert row.state == "letter"
    assert (row.officer_id, row.paper_reference) == (officer.id, PAPER.reference)
    assert last_letter(row).address["street"] == entry.street
    wanted = select(Notice.template).where(Notice.person_id == registrant.id).order_by(Notice.id)
    assert session.scalars(wanted).all()[-1] == "registration_approved"
    assert activate(registrant, row, make(officer, row), world)


def test_an_officer_corrects_the_registry_from_a_paper(world, registrant, officer, entry):
    row = held(world, registrant, entry)
    corrected = data(entry, street="12, rue du Papier")
    officers.approve(officer.id, row.id, PAPER, corrected=corrected)
    kept = read(RegistryEntry, entry.id)
    assert (kept.street, kept.origin) == ("12, rue du Papier", "officer")
    assert kept.paper_reference == PAPER.reference
    assert last_letter(row).address["street"] == "12, rue du Papier"
    trail = text("SELECT changes FROM audit.entry WHERE event = 'registry.entry_corrected'")
    assert session.execute(trail).one().changes["paper_reference"][1] == PAPER.reference


def test_the_trail_tells_the_mailing_address_and_the_network_address_apart(
    world, registrant, officer, entry
):
    row = held(world, registrant, entry)
    set_origin(Origin(person_id=officer.id, address="198.51.100.7"))
    officers.approve(officer.id, row.id, PAPER)
    set_origin(Origin())
    session.rollback()
    told = {one.event: one for one in session.scalars(select(Entry).order_by(Entry.seq))}
    known = {
        "registration.identified": read(Registration, row.id).address,
        "registration.sent": read(Registration, row.id).address,
        "registration.approved": read(RegistryEntry, entry.id).address,
    }
    for event, address in known.items():
        before, after = told[event].personal["mailing_address"]
        assert (before, json.loads(after)) == (None, address), event
    assert told["registration.approved"].address == "198.51.100.7"


def test_a_business_that_is_not_in_the_registry_is_added_from_a_paper(
    world, registrant, officer, entry
):
    number = draft(world, registrant, entry)
    other = world.bn()
    world.set(world.db.get_one(Registration, number), bn=other)
    sending.send(registrant.id, number)
    with pytest.raises(Conflict):
        officers.approve(officer.id, number, PAPER)
    with pytest.raises(Invalid):
        officers.approve(officer.id, number, PAPER, corrected=data(entry))
    officers.approve(officer.id, number, PAPER, corrected=data(entry, bn=other))
    added = session.scalars(select(RegistryEntry).where(RegistryEntry.bn == other)).one()
    assert (added.origin, added.paper_reference) == ("officer", PAPER.reference)
    assert read(Registration, number).registry_entry_id == added.id


@pytest.mark.parametrize("paper", [Paper("", "note"), Paper("ref", "  ")])
def test_an_officer_s_word_needs_a_note_and_a_paper_reference(
    world, registrant, officer, entry, paper
):
    row = held(world, registrant, entry)
    with pytest.raises(Invalid):
        officers.approve(officer.id, row.id, paper)
    assert read(Registration, row.id).state == "officer"


def test_a_refusal_tells_its_reason_to_the_person_and_the_note_to_nobody(
    world, registrant, officer, entry
):
    row = held(world, registrant, entry)
    with pytest.raises(Invalid):
        officers.refuse(officer.id, row.id, "  ", PAPER)
    officers.refuse(officer.id, row.id, "L’entreprise n’existe plus.", PAPER)
    seen = queries.my_registration(session, registrant.id, row.id)
    assert (seen.shown, seen.refusal_reason) == (Shown.REFUSED, "L’entreprise n’existe plus.")
    assert PAPER.note not in str(seen)
    with pytest.raises(Conflict):
        officers.approve(officer.id, row.id, PAPER)


def test_a_registration_of_an_active_business_can_only_be_refused(
    world, registrant, officer, entry
):
    first = register(world, registrant, entry)
    waiting = held(world, world.person(), entry)
    activate(registrant, first, make(officer, first), world)
    masked = register(world, world.person(), entry)
    for row in (waiting, masked):
        with pytest.raises(Conflict) as refused:
            officers.approve(officer.id, row.id, PAPER)
        assert refused.value.reason == "already_active"
    officers.refuse(officer.id, masked.id, "Le compte existe déjà.", PAPER)
    assert last_letter(masked).state == "cancelled"


def test_nobody_decides_on_their_own_registration(world, officer, entry):
    row = held(world, officer, entry)
    with pytest.raises(Refused):
        officers.approve(officer.id, row.id, PAPER)
    with pytest.raises(Refused):
        officers.refuse(officer.id, row.id, "Non.", PAPER)


def test_only_officers_of_the_program_decide(world, registrant, officer, entry):
    row = held(world, registrant, entry)
    elsewhere = world.staff("program_officer", world.other_program())
    for person in (registrant, elsewhere, world.staff("auditor"), world.staff("technical_support")):
        with pytest.raises((Refused, NotFound)):
            officers.approve(person.id, row.id, PAPER)
        with pytest.raises((Refused, NotFound)):
            officers.refuse(person.id, row.id, "Non.", PAPER)
    assert read(Registration, row.id).state == "officer"


def test_a_form_drawn_before_another_officer_s_decision_is_stale(world, registrant, officer, entry):
    row = held(world, registrant, entry)
    with pytest.raises(Conflict) as refused:
        officers.approve(officer.id, row.id, PAPER, version=row.row_version - 1)
    assert refused.value.reason == "stale"
    officers.approve(officer.id, row.id, PAPER, version=row.row_version)


def test_two_officers_decide_once(world, registrant, officer, entry):
    number = held(world, registrant, entry).id
    one, other = officer.id, world.staff().id
    done = race(
        lambda: officers.approve(one, number, PAPER),
        lambda: officers.refuse(other, number, "Non.", PAPER),
    )
    assert [type(error) for error in losers(done)] == [Conflict]


def test_who_adds_a_business_that_another_officer_added_first_hears_that_it_was_decided(
    world, registrant, officer, entry
):
    number = draft(world, registrant, entry)
    other_bn = world.bn()
    world.set(world.db.get_one(Registration, number), bn=other_bn)
    sending.send(registrant.id, number)
    version = read(Registration, number).row_version
    typed = data(entry, bn=other_bn)
    one, other = officer.id, world.staff().id
    done = race(
        lambda: officers.approve(one, number, PAPER, corrected=typed, version=version),
        lambda: officers.approve(other, number, PAPER, corrected=typed, version=version),
    )
    assert [(type(e), str(e)) for e in losers(done)] == [(Conflict, "stale")]
    with pytest.raises(Conflict, match="not_with_officer"):
        officers.approve(other, number, PAPER, corrected=typed)
    session.rollback()
    assert (
        len(session.scalars(select(RegistryEntry).where(RegistryEntry.bn == other_bn)).all()) == 1
    )


def create(world, officer, entry, person, **changes: str) -> int:
    given = {"urn": person.urn, "family_name": person.family_name, **changes}
    program = world.program().id
    return members.create(officer.id, program, entry_id=entry.id, paper=PAPER, **given)


def test_staff_register_an_existing_member_and_name_who_activates(
    world, registrant, officer, entry
):
    number = create(world, officer, entry, registrant, family_name=" GAGNE ")
    row = read(Registration, number)
    assert (row.kind, row.state, row.person_id) == ("staff", "letter", registrant.id)
    seen = queries.my_registration(session, registrant.id, number)
    assert (seen.business, seen.shown, seen.by_staff) == (entry.legal_name, Shown.PREPARING, True)
    account_id = activate(registrant, row, make(officer, row), world)
    assert account_id
    with pytest.raises(Conflict):
        create(world, officer, entry, world.person())


def test_a_person_is_named_by_urn_and_family_name_and_which_was_wrong_is_not_told(
    world, registrant, officer, entry
):
    gone = world.person(state="disabled")
    wrong = [
        {"urn": world.person().urn},
        {"family_name": "Autre"},
        {"urn": "N-0000000-X"},
        {"urn": gone.urn, "family_name": gone.family_name},
    ]
    for changes in wrong:
        with pytest.raises(Invalid) as refused:
            create(world, officer, entry, registrant, **changes)
        assert refused.value.errors == {"urn": "no_match"}
    assert session.scalars(select(Registration)).all() == []


def test_nobody_names_themselves_and_only_officers_name(world, registrant, officer, entry):
    with pytest.raises(Refused):
        create(world, officer, entry, officer)
    for person in (world.staff("auditor"), world.staff("technical_support"), world.person()):
        with pytest.raises((Refused, NotFound)):
            create(world, person, entry, registrant)


def test_naming_another_prospective_owner_ends_the_first_one_s_code(
    world, registrant, officer, entry
):
    row = read(Registration, create(world, officer, entry, registrant))
    code, other = make(officer, row), world.person("Zoé", "Roy")
    number = members.name_prospective_owner(officer.id, row.id, other.urn, "Roy", PAPER)
    assert read(Registration, row.id).state == "withdrawn"
    assert codes_of(row)[0].state == "replaced"
    assert last_letter(row).state == "cancelled"
    with pytest.raises(Conflict):
        prove(registrant, row, code)
    fresh = read(Registration, number)
    assert activate(other, fresh, make(officer, fresh), world)


def test_a_person_s_own_registration_is_not_given_to_another(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    other = world.person()
    with pytest.raises(Conflict):
        members.name_prospective_owner(officer.id, row.id, other.urn, other.family_name, PAPER)
    assert session.scalars(select(Letter)).one().state == "due"
    assert program_definition(world).enrolment.staff_created is not None


def test_staff_see_whoever_registered_in_their_program_even_with_a_role_elsewhere(
    world, registrant, officer, entry
):
    elsewhere = world.other_program()
    away = world.staff("program_officer", elsewhere)
    assert _who_see(registrant, officer, away) == [officer, away], "everybody may help a newcomer"
    world.member(world.account(program=elsewhere), 2, registrant)
    assert _who_see(registrant, officer, away) == [away]
    register(world, registrant, entry)
    assert _who_see(registrant, officer, away) == [officer, away]


def test_staff_of_another_program_do_not_see_whoever_registered_here(
    world, registrant, officer, entry
):
    away = world.staff("program_officer", world.other_program())
    register(world, registrant, entry)
    assert _who_see(registrant, officer, away) == [officer]


def _who_see(person, *staff):
    session.rollback()
    return [
        reader
        for reader in staff
        if person.id in {row.id for row in session.scalars(visible(reader.id, READ, Person))}
    ]
