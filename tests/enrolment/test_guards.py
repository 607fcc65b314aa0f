"""Each deed of enrolment asks by itself: what no page would send is refused all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.audit.models import Entry
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.enrolment import queries
from app.enrolment.models import Registration
from app.enrolment.service import activation, letters, members, officers, registering, sending
from app.enrolment.service.paper import Paper
from app.parties.models import Account
from app.parties.registry import typed_entry
from app.programs.rules.eligibility import evaluate
from tests.enrolment.steps import (
    activate,
    answers_that,
    draft,
    last_letter,
    make,
    program_definition,
    prove,
    read,
    register,
    today,
)

NOWHERE = 987_654_321
PAPER = Paper("PAPER-1", "seen at the counter")


def test_a_registration_that_does_not_exist_is_not_found(world, registrant):
    with pytest.raises(NotFound):
        registering.withdraw(registrant.id, NOWHERE)


def test_what_was_sent_is_answered_no_more(world, registrant, entry):
    row = register(world, registrant, entry)
    for deed in (
        lambda: registering.give_address(registrant.id, row.id, dict(entry.address)),
        lambda: sending.send(registrant.id, row.id),
    ):
        with pytest.raises(Conflict, match="already_sent"):
            deed()


def test_nothing_is_sent_before_every_part_is_there(world, registrant, entry):
    program = program_definition(world)
    number = registering.begin(registrant.id, world.program().id)
    with pytest.raises(Conflict, match="unfinished"):
        sending.send(registrant.id, number)
    with pytest.raises(Conflict, match="unfinished"):
        registering.identify(registrant.id, number, {}, "Boréale inc.")
    for question, answer in answers_that("ok", program, today(world)).items():
        registering.answer_question(registrant.id, number, question, answer)
    with pytest.raises(Conflict, match="unfinished"):
        sending.send(registrant.id, number)


def test_a_business_that_may_not_apply_is_not_identified(world, registrant, entry):
    """By then base and line are known, and with them the number: only the verdict stands there."""
    number = draft(world, registrant, entry)
    program, row = program_definition(world), read(Registration, number)
    failing = next(
        changed
        for code, answer in row.answers.items()
        for other in ("yes", "no")
        if answer in {"yes", "no"}
        and evaluate(program, changed := {**row.answers, code: other}, today(world)).kind == "fail"
    )
    session.rollback()
    world.set(world.db.get_one(Registration, number), answers=failing)
    with pytest.raises(Conflict, match="unfinished"):
        registering.identify(registrant.id, number, {}, "Boréale inc.")


def test_what_is_no_draft_is_not_sent(world, registrant, entry):
    number = draft(world, registrant, entry, "fail")
    with pytest.raises(Conflict, match="not_a_draft"):
        sending.send(registrant.id, number)


def test_questions_do_not_open_again_beside_a_draft(world, registrant, entry):
    program = program_definition(world)
    failed = draft(world, registrant, entry, "fail")
    registering.begin(registrant.id, world.program().id)
    good = answers_that("ok", program, today(world))
    answers = read(Registration, failed).answers
    wrong = next(code for code in answers if answers[code] != good.get(code, answers[code]))
    with pytest.raises(Conflict, match="another_draft"):
        registering.answer_question(registrant.id, failed, wrong, good[wrong])


def test_a_disabled_person_begins_no_registration(world, registrant):
    registrant = world.set(registrant, state="disabled")
    with pytest.raises(NotFound):
        registering.begin(registrant.id, world.program().id)


def test_registrations_are_listed_for_their_person_alone(world, registrant, entry):
    register(world, registrant, entry)
    assert len(queries.my_registrations(session, registrant.id)) == 1
    assert queries.my_registrations(session, world.person().id) == []


def test_nobody_is_told_when_another_may_ask_for_a_letter(world, registrant, entry):
    row = register(world, registrant, entry)
    with pytest.raises(NotFound):
        queries.new_letter_from(session, world.person().id, row.id)


def test_no_new_letter_is_asked_for_what_does_not_wait_for_one(world, registrant, entry):
    number = draft(world, registrant, entry)
    with pytest.raises(Conflict, match="not_waiting"):
        queries.new_letter_from(session, registrant.id, number)


# ── activation ──────────────────────────────────────────────────────────────────────────


def test_before_its_letter_is_made_no_code_is_right(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    code_of_another = make(officer, register(world, world.person(), world.registry_entry()))
    with pytest.raises(Invalid, match="no_match"):
        prove(registrant, row, code_of_another)


def test_a_proof_is_kept_for_a_short_time_only(world, registrant, officer, entry, clock):
    row = register(world, registrant, entry)
    token = prove(registrant, row, make(officer, row))
    clock.move(hours=2)
    with pytest.raises(Conflict, match="proof_ended"):
        activation.activate(registrant.id, token, program_definition(world).terms.version)


def test_a_disabled_person_activates_nothing(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    token = prove(registrant, row, make(officer, row))
    world.set(registrant, state="disabled")
    with pytest.raises(NotFound):
        activation.activate(registrant.id, token, program_definition(world).terms.version)


def test_the_account_of_a_registration_is_named_while_its_person_may_open_it(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    number = activate(registrant, row, make(officer, row), world)
    assert queries.my_registration(session, registrant.id, row.id).account_id == number
    world.close_account(world.db.get_one(Account, number))
    session.rollback()
    assert queries.my_registration(session, registrant.id, row.id).account_id is None


# ── the officer's side ──────────────────────────────────────────────────────────────────


def test_a_letter_whose_registration_has_moved_on_is_not_made(
    world, registrant, officer, entry, owner_engine
):
    """The application never leaves such a letter; whoever repairs rows by hand might."""
    row = register(world, registrant, entry)
    letter = last_letter(row)
    session.rollback()
    with owner_engine.begin() as connection:
        connection.execute(
            text("UPDATE registration SET state = 'withdrawn' WHERE id = :id"), {"id": row.id}
        )
    with pytest.raises(Conflict, match="registration_moved_on"):
        letters.make(officer.id, [letter.id])


def test_a_reason_has_its_length(world, registrant, officer, entry):
    number = draft(world, registrant, entry)
    registering.give_address(registrant.id, number, {**entry.address, "street": "1, rue Autre"})
    sending.send(registrant.id, number)
    with pytest.raises(Invalid, match="too_long"):
        officers.refuse(officer.id, number, "x" * 10_000, PAPER)
    assert read(Registration, number).state == "officer"


def test_a_letter_is_made_once_and_made_anew_before_it_leaves_the_house(
    world, registrant, officer, entry
):
    """In words of their own, before the table of moves says no."""
    row = register(world, registrant, entry)
    make(officer, row)
    letter = last_letter(row)
    with pytest.raises(Conflict, match="letter_not_due"):
        letters.make(officer.id, [letter.id])
    letters.confirm_printed(officer.id, [letter.id])
    letters.post(officer.id, letter.id, "RN123456785CA")
    with pytest.raises(Conflict, match="letter_confirmed"):
        letters.make_anew(officer.id, [letter.id])


def test_what_is_not_with_an_officer_is_not_decided(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    for deed in (
        lambda: officers.approve(officer.id, row.id, PAPER),
        lambda: officers.refuse(officer.id, row.id, "no", PAPER),
    ):
        with pytest.raises(Conflict, match="not_with_officer"):
            deed()


def test_officers_of_another_program_know_of_no_registration_here(world, registrant, entry):
    row = register(world, registrant, entry)
    stranger = world.staff("program_officer", program=world.other_program())
    for deed in (
        lambda: officers.approve(stranger.id, row.id, PAPER),
        lambda: officers.refuse(stranger.id, row.id, "no", PAPER),
        lambda: created(world, stranger, entry, registrant),
    ):
        with pytest.raises(NotFound):
            deed()


def test_a_registration_is_corrected_to_the_business_it_names(world, registrant, officer, entry):
    number = draft(world, registrant, entry)
    registering.give_address(registrant.id, number, {**entry.address, "street": "1, rue Autre"})
    sending.send(registrant.id, number)
    other = typed_entry(
        program_definition(world),
        {
            "bn": world.bn(), "carrier_code": "", "legal_name": "Autre inc.", "street": "1, rue A",
            "city": "Gaspé", "region": "QC", "postal_code": "G4X 1A1", "country": "CA",
            "language": "fr",
        },
    )  # fmt: skip
    with pytest.raises(Invalid, match="other_business"):
        officers.approve(officer.id, number, PAPER, corrected=other)


def created(world, officer, entry, person):
    return members.create(
        officer.id,
        world.program().id,
        entry_id=entry.id,
        urn=person.urn,
        family_name=person.family_name,
        paper=PAPER,
    )


def test_a_member_is_registered_from_a_registry_that_the_officer_reads(world, officer, registrant):
    elsewhere = world.registry_entry(program=world.other_program())
    with pytest.raises(NotFound):
        created(world, officer, elsewhere, registrant)


def test_a_member_is_registered_from_the_programs_own_registry(world, officer, registrant):
    """Also by an officer of both programs."""
    other = world.other_program()
    elsewhere = world.registry_entry(program=other)
    world.staff("program_officer", other, person=officer)
    with pytest.raises(Invalid, match="unknown"):
        created(world, officer, elsewhere, registrant)


def test_a_member_waits_once_for_one_business(world, officer, registrant, entry):
    created(world, officer, entry, registrant)
    with pytest.raises(Conflict, match="already_waiting"):
        created(world, officer, entry, registrant)


def test_another_owner_is_named_by_the_programs_officers_alone(world, officer, registrant, entry):
    number = created(world, officer, entry, registrant)
    heir, supervisor = world.person(), world.staff("auditor")
    elsewhere = world.staff("program_officer", program=world.other_program())
    with pytest.raises(NotFound):
        members.name_prospective_owner(elsewhere.id, number, heir.urn, heir.family_name, PAPER)
    with pytest.raises(Refused):
        members.name_prospective_owner(supervisor.id, number, heir.urn, heir.family_name, PAPER)
    assert read(Registration, number).state == "letter"


def test_the_trail_tells_the_role_in_which_another_owner_was_named(
    world, officer, registrant, entry
):
    number = created(world, officer, entry, registrant)
    heir = world.person()
    members.name_prospective_owner(officer.id, number, heir.urn, heir.family_name, PAPER)
    session.rollback()
    ended = select(Entry.role).where(Entry.event == "registration.withdrawn")
    assert session.scalars(ended).all() == ["program_officer"]


def test_an_account_that_is_activated_is_activated_once(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    code = make(officer, row)
    token = prove(registrant, row, code)
    activate(registrant, row, code, world)
    with pytest.raises(Invalid, match="no_match"):
        activation.activate(registrant.id, token, program_definition(world).terms.version)
