"""Registering: whose it is, where the letter goes, who decides, and what strangers learn."""

import pytest
from sqlalchemy import func, select, text

from app.authority.queries import find, visible
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.correspondence.models import Notice
from app.enrolment import queries
from app.enrolment.models import Letter, Registration
from app.enrolment.rules.states import Shown
from app.enrolment.service import registering, sending
from app.parties.models import Business, ClientNumber
from app.programs.rules.identifiers import identifier_for
from tests.enrolment.steps import (
    activate,
    answers_that,
    draft,
    last_letter,
    make,
    program_definition,
    read,
    register,
    today,
)
from tests.support.race import losers, race, winners


def trail(kind: str) -> list:
    session.rollback()
    wanted = text(
        "SELECT event, changes, outcome FROM audit.entry WHERE event = :event ORDER BY seq"
    )
    return session.execute(wanted, {"event": kind}).all()


def notices(person) -> list[str]:
    session.rollback()
    wanted = select(Notice.template).where(Notice.person_id == person.id).order_by(Notice.id)
    return list(session.scalars(wanted))


def test_a_registration_belongs_to_the_person_who_made_it(world, registrant, entry):
    row = register(world, registrant, entry)
    stranger, owner_elsewhere = world.person(), world.owner(world.account())
    for other in (stranger, owner_elsewhere):
        with pytest.raises(NotFound):
            queries.my_registration(session, other.id, row.id)
        for action in ("registration.read", "registration.answer", "registration.activate"):
            assert session.scalars(visible(other.id, action, Registration)).all() == []
        with pytest.raises(Refused):
            registering.withdraw(other.id, row.id)
    assert [one.id for one in queries.my_registrations(session, registrant.id)] == [row.id]


def test_the_letter_goes_to_the_address_in_the_registry_in_the_language_of_the_business(
    world, registrant, entry
):
    row = register(world, registrant, entry)
    letter = last_letter(row)
    assert row.state == "letter"
    assert letter.state == "due"
    assert letter.address == {"name": entry.legal_name, **entry.address}
    assert letter.language == "fr"
    assert notices(registrant) == ["registration_received"]
    assert trail("registration.sent")[-1].changes["state"] == ["draft", "letter"]


def test_a_differing_address_waits_for_an_officer_and_makes_no_letter(world, registrant, entry):
    number = draft(world, registrant, entry)
    elsewhere = {**entry.address, "street": "99, rue Ailleurs"}
    registering.give_address(registrant.id, number, elsewhere)
    sending.send(registrant.id, number)
    row = read(Registration, number)
    assert (row.state, row.officer_reason) == ("officer", "address")
    assert session.scalar(select(func.count()).select_from(Letter)) == 0
    assert queries.my_registration(session, registrant.id, number).shown == Shown.WITH_OFFICER
    assert notices(registrant) == ["registration_with_officer"]


def test_an_address_written_another_way_is_the_same_address(world, registrant):
    entry = world.registry_entry(
        street="1180, boulevard La Salle, bureau 4",
        city="Baie-Comeau",
        region="QC",
        postal_code="G5C 3B1",
    )
    number = draft(world, registrant, entry)
    typed = {
        "street": "4-1180 boul. LA SALLE",
        "city": "baie comeau",
        "region": "QC",
        "postal_code": "g5c3b1",
        "country": "CA",
    }
    registering.give_address(registrant.id, number, typed)
    assert sending.send(registrant.id, number).state == "letter"


def test_a_business_not_in_the_registry_waits_for_an_officer(world, registrant, entry):
    number = draft(world, registrant, entry)
    identifier = identifier_for(program_definition(world), "", ())
    row = read(Registration, number)
    identifier = identifier_for(program_definition(world), row.base, row.lines)
    registering.identify(
        registrant.id, number, dict.fromkeys(identifier.fields, world.bn()), "Inc."
    )
    sending.send(registrant.id, number)
    row = read(Registration, number)
    assert (row.state, row.officer_reason) == ("officer", "not_in_registry")
    assert row.registry_entry_id is None


def test_answers_that_need_a_look_wait_for_an_officer(world, registrant, entry):
    row = register(world, registrant, entry, "refer")
    assert (row.state, row.officer_reason) == ("officer", "answers")


@pytest.mark.parametrize(("kind", "state"), [("fail", "ineligible"), ("route", "routed")])
def test_an_answer_that_ends_the_questions_says_why_and_can_be_corrected(
    world, registrant, entry, kind, state
):
    number = draft(world, registrant, entry, kind)
    row = read(Registration, number)
    assert row.state == state
    ended = trail(f"registration.{state}")[-1].changes
    assert ended["reason"][1]
    assert ended["question"][1] in row.answers
    for question, answer in answers_that("ok", program_definition(world), today(world)).items():
        registering.answer_question(registrant.id, number, question, answer)
    assert read(Registration, number).state == "draft"


def test_the_latest_movement_is_checked_again_on_the_day_of_sending(
    world, registrant, entry, clock
):
    number = draft(world, registrant, entry)
    clock.move(days=91)
    sent = sending.send(registrant.id, number)
    assert sent.verdict.kind == "fail"
    assert read(Registration, number).state == "ineligible"
    assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_a_question_that_the_answers_do_not_call_for_is_refused(world, registrant):
    number = registering.begin(registrant.id, world.program().id)
    questions = program_definition(world).eligibility.questions
    hidden = next(code for code, one in questions.items() if one.shown_when)
    with pytest.raises(Conflict):
        registering.answer_question(registrant.id, number, hidden, "yes")
    first = next(iter(questions))
    with pytest.raises(Invalid):
        registering.answer_question(registrant.id, number, first, "nowhere")
    assert read(Registration, number).answers == {}


def test_a_business_number_is_proved_by_its_check_digit(world, registrant, entry):
    number = draft(world, registrant, entry)
    row = read(Registration, number)
    identifier = identifier_for(program_definition(world), row.base, row.lines)
    field = next(iter(identifier.fields))
    for wrong in ("123456789", "12345678", "1234567890", "abcdefghi", ""):
        with pytest.raises(Invalid) as refused:
            registering.identify(registrant.id, number, {field: wrong}, "Inc.")
        assert refused.value.errors == {field: "format"}
    registering.identify(registrant.id, number, {field: "123 026 635"}, "Inc.")
    assert read(Registration, number).bn == "123026635"


def test_a_united_states_carrier_is_found_by_carrier_code_and_zip(world, registrant):
    entry = world.registry_entry(carrier_code="12AB", base="US")
    row = register(world, registrant, entry)
    assert (row.state, row.carrier_code, row.zip_code) == ("letter", "12AB", "14202")


def test_a_zip_code_that_differs_waits_for_an_officer(world, registrant):
    entry = world.registry_entry(carrier_code="12AB", base="US")
    number = draft(world, registrant, entry)
    row = read(Registration, number)
    identifier = identifier_for(program_definition(world), row.base, row.lines)
    first, *others = identifier.fields
    typed = {first: "12ab", **dict.fromkeys(others, "90210")}
    registering.identify(registrant.id, number, typed, "Inc.")
    sending.send(registrant.id, number)
    assert read(Registration, number).officer_reason == "address"


def test_an_unactivated_registration_blocks_nobody_and_several_may_wait(world, entry, registrant):
    people = [registrant, world.person(), world.person()]
    rows = [register(world, person, entry) for person in people]
    assert {row.state for row in rows} == {"letter"}
    assert len({row.party_id for row in rows}) == 1
    assert session.scalar(select(func.count()).select_from(ClientNumber)) == 1


def test_one_person_waits_once_for_one_business(world, registrant, entry):
    first = register(world, registrant, entry)
    number = draft(world, registrant, entry)
    with pytest.raises(Conflict):
        sending.send(registrant.id, number)
    registering.withdraw(registrant.id, first.id)
    assert sending.send(registrant.id, number).state == "letter"


def test_registering_a_business_that_is_already_active_answers_the_same_and_makes_no_letter(
    world, registrant, officer, entry
):
    owner, stranger, other = world.person(), world.person(), world.registry_entry()
    first = register(world, owner, entry)
    activate(owner, first, make(officer, first), world)
    taken, free = register(world, stranger, entry), register(world, registrant, other)
    assert (taken.state, taken.officer_reason) == ("officer", "already_active")
    assert last_letter(taken).state == "withheld"
    seen = queries.my_registration(session, stranger.id, taken.id)
    normal = queries.my_registration(session, registrant.id, free.id)
    for name in ("shown", "posted_at", "expires_at", "decided_at", "refusal_reason", "account_id"):
        assert getattr(seen, name) == getattr(normal, name), name
    assert seen.shown == Shown.PREPARING
    assert notices(stranger) == notices(registrant) == ["registration_received"]


def test_two_posts_of_one_form_begin_one_registration(world, registrant):
    program, person = world.program().id, registrant.id
    begun = race(*[lambda: registering.begin(person, program)] * 4)
    assert len(set(begun)) == 1
    assert len(trail("registration.started")) == 1


def test_two_people_who_register_a_new_business_at_once_make_one_business(world, entry, registrant):
    people = [registrant, world.person(), world.person(), world.person()]
    numbers = [draft(world, person, entry) for person in people]
    ids = [person.id for person in people]
    done = race(
        *[
            lambda person=person, number=number: sending.send(person, number)
            for person, number in zip(ids, numbers, strict=True)
        ]
    )
    assert losers(done) == []
    assert len(winners(done)) == 4
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Business)) == 1
    assert session.scalar(select(func.count()).select_from(ClientNumber)) == 1


def test_a_person_may_withdraw_and_the_letter_is_no_longer_made(world, registrant, entry):
    row = register(world, registrant, entry)
    registering.withdraw(registrant.id, row.id)
    assert read(Registration, row.id).state == "withdrawn"
    assert last_letter(row).state == "cancelled"
    with pytest.raises(Conflict):
        registering.withdraw(registrant.id, row.id)


def test_somebody_disabled_cannot_go_on(world, registrant, entry):
    number = draft(world, registrant, entry)
    world.set(registrant, state="disabled")
    with pytest.raises((Refused, NotFound)):
        sending.send(registrant.id, number)


def test_the_registry_s_name_and_address_are_told_to_nobody_before_activation(
    world, registrant, entry
):
    number = draft(world, registrant, entry)
    row = read(Registration, number)
    identifier = identifier_for(program_definition(world), row.base, row.lines)
    typed = {next(iter(identifier.fields)): entry.bn}
    registering.identify(registrant.id, number, typed, "Somebody Else Ltd.")
    sending.send(registrant.id, number)
    seen = queries.my_registration(session, registrant.id, number)
    assert seen.business == "Somebody Else Ltd."
    notice = session.scalars(select(Notice)).one()
    assert entry.legal_name not in str(notice.facts)
    with pytest.raises(NotFound):
        find(session, registrant.id, "registration.read", type(entry), entry.id)
