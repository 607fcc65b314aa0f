"""A new letter within limits, reminders, and registrations that lapse."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.base.db import session
from app.base.errors import Conflict, Refused, TooMany
from app.correspondence.models import Notice
from app.enrolment import jobs, queries
from app.enrolment.models import Registration
from app.enrolment.rules.states import Shown
from app.enrolment.service import lapsing, letters, requests
from tests.enrolment.steps import (
    codes_of,
    draft,
    last_letter,
    make,
    program_definition,
    read,
    register,
)

MONDAY = datetime(2027, 3, 1, 15, tzinfo=UTC)


def sent(world, person, officer, entry, number="RN123456785CA"):
    """A registration whose letter has left."""
    row = register(world, person, entry)
    post(row, officer, number)
    return row


def post(row, officer, number) -> None:
    make(officer, row)
    letter = last_letter(row).id
    letters.confirm_printed(officer.id, [letter])
    letters.post(officer.id, letter, number)


def mailed(person, template) -> int:
    session.rollback()
    wanted = select(Notice).where(Notice.person_id == person.id, Notice.template == template)
    return len(session.scalars(wanted).all())


def test_a_new_letter_can_be_asked_for_two_business_days_after_the_last_was_made(
    world, registrant, officer, entry, clock
):
    clock.set(MONDAY)
    row = sent(world, registrant, officer, entry)
    with pytest.raises(TooMany) as refused:
        requests.request_new_code(registrant.id, row.id)
    assert refused.value.retry_at == queries.new_letter_from(session, registrant.id, row.id)
    assert refused.value.retry_at == datetime(2027, 3, 4, 5, tzinfo=UTC)
    clock.set(refused.value.retry_at)
    assert queries.new_letter_from(session, registrant.id, row.id) is None
    requests.request_new_code(registrant.id, row.id)
    assert last_letter(row).state == "due"
    assert codes_of(row)[-1].state == "replaced"
    assert mailed(registrant, "new_letter") == 1


def test_a_letter_asked_for_too_soon_is_recorded_once(world, registrant, officer, entry, clock):
    clock.set(MONDAY)
    row = sent(world, registrant, officer, entry)
    for _ in range(3):
        with pytest.raises(TooMany):
            requests.request_new_code(registrant.id, row.id)
    session.rollback()
    wanted = select(Entry).where(Entry.event == "limit.reached")
    told = session.scalars(wanted).one()
    assert (told.actor_id, told.target_kind, told.target_id) == (
        registrant.id,
        "registration",
        str(row.id),
    )
    assert told.changes["limit"] == [None, "letter_code.new_letter_after"]


def test_no_new_letter_while_one_is_being_prepared(world, registrant, entry, officer):
    row = register(world, registrant, entry)
    with pytest.raises(Conflict):
        requests.request_new_code(registrant.id, row.id)
    make(officer, row)
    with pytest.raises(Conflict):
        requests.request_new_code(registrant.id, row.id)


def test_four_letters_in_sixty_days_at_most(world, registrant, officer, entry, clock):
    numbers = ["RN123456785CA", "RN473124829CA", "RA123456785CA", "RB123456785CA"]
    row = sent(world, registrant, officer, entry, numbers[0])
    for number in numbers[1:]:
        clock.move(days=8)
        requests.request_new_code(registrant.id, row.id)
        post(row, officer, number)
    clock.move(days=8)
    with pytest.raises(TooMany):
        requests.request_new_code(registrant.id, row.id)


def test_only_the_registrant_may_ask_for_a_new_letter(world, registrant, officer, entry, clock):
    row = sent(world, registrant, officer, entry)
    clock.move(days=10)
    for other in (world.person(), officer):
        with pytest.raises(Refused):
            requests.request_new_code(other.id, row.id)


def test_a_held_registration_asks_for_a_letter_that_nobody_makes(
    world, registrant, officer, entry, clock
):
    row = sent(world, registrant, officer, entry)
    held = world.db.get_one(Registration, row.id)
    world.set(held, state="officer", officer_reason="already_active")
    clock.move(days=10)
    requests.request_new_code(registrant.id, row.id)
    letter = last_letter(row)
    assert letter.state == "withheld"
    assert queries.my_registration(session, registrant.id, row.id).shown == Shown.PREPARING
    assert mailed(registrant, "new_letter") == 1
    with pytest.raises(Conflict):
        letters.make(officer.id, [letter.id])


def test_the_person_is_reminded_on_the_days_of_the_definition_and_once_each(
    world, registrant, officer, entry, clock
):
    sent(world, registrant, officer, entry)
    days = [one.count for one in program_definition(world).enrolment.mailed_code.remind_after]
    passed = 0
    for number, day in enumerate(days, start=1):
        clock.move(days=day - passed - 1)
        jobs.remind()
        assert mailed(registrant, "code_expires_soon") == number - 1
        clock.move(days=1)
        jobs.remind()
        jobs.remind()
        assert mailed(registrant, "code_expires_soon") == number
        passed = day


def test_a_worker_that_was_away_sends_one_reminder_and_not_all_that_were_missed(
    world, registrant, officer, entry, clock
):
    sent(world, registrant, officer, entry)
    clock.move(days=44)
    jobs.remind()
    assert mailed(registrant, "code_expires_soon") == 1


def test_nobody_is_reminded_of_a_code_that_has_ended(world, registrant, officer, entry, clock):
    row = sent(world, registrant, officer, entry)
    clock.move(days=41)
    requests.request_new_code(registrant.id, row.id)
    jobs.remind()
    assert mailed(registrant, "code_expires_soon") == 0


def test_an_unactivated_registration_lapses(world, registrant, officer, entry, clock):
    row = sent(world, registrant, officer, entry)
    rule = program_definition(world).enrolment.mailed_code
    clock.move(days=rule.valid.count + rule.lapse_after.count)
    jobs.lapse()
    assert read(Registration, row.id).state == "letter"
    clock.move(days=1)
    jobs.lapse()
    jobs.lapse()
    assert read(Registration, row.id).state == "lapsed"
    assert codes_of(row)[0].state == "replaced"
    assert mailed(registrant, "registration_lapsed") == 1
    with pytest.raises(Conflict):
        requests.request_new_code(registrant.id, row.id)
    again = register(world, registrant, entry)
    assert again.state == "letter"


def test_a_registration_does_not_lapse_while_the_agency_owes_it_a_letter(
    world, registrant, entry, clock
):
    row = register(world, registrant, entry)
    clock.move(days=400)
    jobs.lapse()
    assert read(Registration, row.id).state == "letter"


def test_a_registration_whose_new_letter_is_due_does_not_lapse(
    world, registrant, officer, entry, clock
):
    row = sent(world, registrant, officer, entry)
    clock.move(days=50)
    requests.request_new_code(registrant.id, row.id)
    clock.move(days=300)
    assert lapsing.overdue() == [row.id]
    jobs.lapse()
    assert read(Registration, row.id).state == "letter"


def test_unfinished_answers_are_forgotten(world, registrant, entry, clock):
    number = draft(world, registrant, entry)
    life = program_definition(world).enrolment.mailed_code.draft_life
    clock.move(days=life.count - 1)
    jobs.lapse()
    assert read(Registration, number).state == "draft"
    clock.move(days=2)
    jobs.lapse()
    row = read(Registration, number)
    assert (row.state, row.answers, row.address) == ("lapsed", {}, None)
    assert mailed(registrant, "registration_lapsed") == 0
