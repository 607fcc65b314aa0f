"""Activation: by whom, how often, until when, and what exists afterwards."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from app.authority.models import Membership
from app.authority.queries import may
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.base.identifiers import (
    UNAMBIGUOUS,
    groups_of_four,
    new_activation_code,
    parse_activation_code,
)
from app.enrolment import queries
from app.enrolment.models import Letter, Registration
from app.enrolment.rules.states import Shown
from app.enrolment.service import activation, letters, registering, requests, sending
from app.parties.models import Account
from app.parties.models_terms import TermsAcceptance
from app.programs.schema.cases import section_actions
from tests.enrolment.steps import (
    activate,
    as_person,
    client_number,
    codes_of,
    draft,
    last_letter,
    make,
    program_definition,
    prove,
    read,
    register,
)
from tests.support.race import losers, race, winners

ZONE = ZoneInfo("America/Toronto")


def count(model) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


def ready(world, registrant, officer, entry):
    """A registration whose letter was made, and the code that stands on it."""
    row = register(world, registrant, entry)
    return row, make(officer, row)


def wrong_code(code: str) -> str:
    """Another code with a right check character."""
    while True:
        other = new_activation_code()
        if other != code.replace(" ", ""):
            return other


def other_number(row) -> str:
    """A client number with a right check digit that is not the registration's."""
    number = client_number(row)
    return "10000008" if number != "10000008" else "10000016"


def errors_of(work) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        work()
    return refused.value.errors


def test_account_and_owner_are_made_in_the_activation_s_transaction(
    world, registrant, officer, entry
):
    row, code = ready(world, registrant, officer, entry)
    assert count(Account) == 0
    account_id = activate(registrant, row, code, world)
    account = read(Account, account_id)
    owner = session.scalars(select(Membership).where(Membership.account_id == account_id)).one()
    program = program_definition(world)
    assert owner.person_id == registrant.id
    assert owner.role_code == program.enrolment.mailed_code.role
    assert (owner.status, owner.exclusive, owner.required) == ("active", True, True)
    assert account.party_id == row.party_id
    assert program.standings[account.standing_code].initial
    row = read(Registration, row.id)
    assert row.state == "activated"
    assert row.attested_at == row.activated_at
    assert codes_of(row)[0].state == "used"
    accepted = session.scalars(select(TermsAcceptance)).one()
    assert (accepted.kind, accepted.version) == ("program", program.terms.version)
    assert queries.my_registration(session, registrant.id, row.id).account_id == account_id


def test_until_activation_nobody_may_do_anything_for_the_business(
    world, registrant, officer, entry
):
    row, code = ready(world, registrant, officer, entry)
    assert count(Account) == count(Membership) == 0
    token = prove(registrant, row, code)
    assert count(Account) == 0  # the numbers alone open nothing: the terms are to be accepted
    account_id = activation.activate(registrant.id, token, program_definition(world).terms.version)
    for action in section_actions(program_definition(world).cases):
        assert may(session, registrant.id, action, read(Account, account_id))


def test_only_the_registrant_may_activate(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    for other in (world.person(), officer):
        with pytest.raises(NotFound):
            prove(other, row, code)
    token = prove(registrant, row, code)
    with pytest.raises(Conflict):
        activation.activate(world.person().id, token, program_definition(world).terms.version)
    assert codes_of(row)[0].tries == 1
    assert count(Account) == 0


def test_spaces_dashes_and_capitals_do_not_matter(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    typed = f" {code.lower().replace(' ', '-')} "
    number = client_number(row)
    assert prove(registrant, row, typed, client_number=f"{number[:4]}\u00a0{number[4:]} ")


def test_which_half_was_wrong_is_not_told(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    said = [
        errors_of(lambda: prove(registrant, row, wrong_code(code))),
        errors_of(lambda: prove(registrant, row, code, client_number=other_number(row))),
        errors_of(
            lambda: prove(registrant, row, wrong_code(code), client_number=other_number(row))
        ),
    ]
    assert said == [{"": "no_match"}] * 3
    assert codes_of(row)[0].tries == 3


def test_a_typing_error_is_told_at_its_field_and_costs_no_try(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    bare = code.replace(" ", "")
    swapped = bare[:-1] + next(c for c in UNAMBIGUOUS if c != bare[-1])
    assert errors_of(lambda: prove(registrant, row, swapped)) == {"code": "typing"}
    assert errors_of(lambda: prove(registrant, row, "", client_number=" ")) == {
        "code": "empty",
        "client_number": "empty",
    }
    assert codes_of(row)[0].tries == 0


def test_without_the_attestation_of_signing_authority_nothing_is_compared(
    world, registrant, officer, entry
):
    row, code = ready(world, registrant, officer, entry)
    assert errors_of(lambda: prove(registrant, row, code, attested=False)) == {"attested": "empty"}
    assert codes_of(row)[0].tries == 0


def test_five_wrong_tries_end_the_code_even_for_the_right_one(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    for _ in range(5):
        assert errors_of(lambda: prove(registrant, row, wrong_code(code))) == {"": "no_match"}
    assert errors_of(lambda: prove(registrant, row, code)) == {"": "locked"}
    stored = codes_of(row)[0]
    assert (stored.state, stored.tries) == ("locked", 5)


def test_the_fifth_try_may_still_be_the_right_one(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    for _ in range(4):
        errors_of(lambda: prove(registrant, row, wrong_code(code)))
    assert activate(registrant, row, code, world)


def test_tries_at_the_same_instant_are_all_counted(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    person, registration, number = registrant.id, row.id, client_number(row)
    typed = activation.Typed(number, wrong_code(code))
    done = race(*[lambda: activation.prove(person, registration, typed, attested=True)] * 8)
    codes = sorted(error.errors[""] for error in losers(done))
    assert codes == ["locked"] * 3 + ["no_match"] * 5
    assert codes_of(row)[0].tries == 5


def test_a_new_letter_does_not_give_more_than_25_tries_for_the_business(
    world, registrant, officer, entry, clock
):
    people = [registrant, *world.people(5)]
    rows = [register(world, person, entry) for person in people]
    found = [make(officer, row) for row in rows]
    for person, row, code in zip(people[:5], rows, found, strict=False):
        for _ in range(5):
            errors_of(lambda p=person, r=row, c=code: prove(p, r, wrong_code(c)))
    assert errors_of(lambda: prove(people[5], rows[5], found[5])) == {"": "locked"}
    assert codes_of(rows[5])[0].tries == 0
    clock.move(days=61)
    later = register(world, people[5], world.registry_entry())
    assert activate(people[5], later, make(officer, later), world)


def test_a_try_is_counted_even_when_the_deed_around_it_fails(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    errors_of(lambda: prove(registrant, row, wrong_code(code)))
    session.rollback()
    assert codes_of(row)[0].tries == 1
    wanted = text("SELECT outcome, changes FROM audit.entry WHERE event = 'activation.wrong'")
    entry_of_trail = session.execute(wanted).one()
    assert entry_of_trail.outcome == "failed"
    assert entry_of_trail.changes["tries"] == [None, "1"]


def test_the_code_works_until_the_last_second_of_its_45th_day(
    world, registrant, officer, entry, clock
):
    row, code = ready(world, registrant, officer, entry)
    made = codes_of(row)[0].made_at.astimezone(ZONE)
    last = datetime.combine(made.date() + timedelta(days=45), datetime.max.time(), ZONE)
    assert codes_of(row)[0].expires_at == last.replace(microsecond=0)
    clock.stop(last.replace(microsecond=0))
    token = prove(registrant, row, code)
    clock.stop(last.replace(microsecond=0) + timedelta(seconds=1))
    version = program_definition(world).terms.version
    assert errors_of(lambda: activation.activate(registrant.id, token, version)) == {"": "no_match"}
    with pytest.raises(Invalid) as refused:
        prove(registrant, row, code)
    assert refused.value.errors == {"": "expired"}
    assert refused.value.values["date"] == last.date()
    clock.stop(last.replace(microsecond=0))
    assert activate(registrant, row, code, world)


def test_the_proof_is_of_one_session_and_of_fifteen_minutes(
    world, registrant, officer, entry, clock
):
    row, code = ready(world, registrant, officer, entry)
    version = program_definition(world).terms.version
    with as_person(registrant, session_id=1):
        token = prove(registrant, row, code)
    with as_person(registrant, session_id=2), pytest.raises(Conflict):
        activation.activate(registrant.id, token, version)
    with pytest.raises(Conflict):
        activation.activate(registrant.id, token[:-2] + "AA", version)
    clock.move(minutes=16)
    with as_person(registrant, session_id=1), pytest.raises(Conflict):
        activation.activate(registrant.id, token, version)
    assert count(Account) == 0


def test_terms_that_changed_meanwhile_are_to_be_read_again(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    token = prove(registrant, row, code)
    version = program_definition(world).terms.version + 1
    assert errors_of(lambda: activation.activate(registrant.id, token, version)) == {
        "terms": "changed"
    }
    assert codes_of(row)[0].state == "valid"
    assert count(TermsAcceptance) == 0


def test_the_first_to_activate_holds_the_account_and_the_others_are_told_nothing(
    world, registrant, officer, entry
):
    first, code = ready(world, registrant, officer, entry)
    others = world.people(2)
    posted, due = (register(world, person, entry) for person in others)
    unused = make(officer, posted)
    letters.confirm_printed(officer.id, [last_letter(posted).id])
    letters.post(officer.id, last_letter(posted).id, "RN123456785CA")
    before = [
        queries.my_registration(session, person.id, row.id)
        for person, row in zip(others, (posted, due), strict=True)
    ]
    activate(registrant, first, code, world)
    after = [
        queries.my_registration(session, person.id, row.id)
        for person, row in zip(others, (posted, due), strict=True)
    ]
    assert after == before
    for row in (posted, due):
        held = read(Registration, row.id)
        assert (held.state, held.officer_reason) == ("officer", "already_active")
    assert codes_of(posted)[0].state == "replaced"
    assert last_letter(due).state == "withheld"
    assert errors_of(lambda: prove(others[0], posted, unused)) == {"": "no_match"}
    with pytest.raises(Conflict):
        letters.make(officer.id, [last_letter(due).id])


def test_the_holder_of_an_ended_code_sees_its_tries_run_out_like_any_other_s(
    world, registrant, officer, entry
):
    first, code = ready(world, registrant, officer, entry)
    other = world.person()
    row, unused = ready(world, other, officer, entry)
    activate(registrant, first, code, world)
    for _ in range(5):
        assert errors_of(lambda: prove(other, row, unused)) == {"": "no_match"}
    assert errors_of(lambda: prove(other, row, unused)) == {"": "locked"}


def test_two_activations_of_one_business_at_once_make_one_account_with_one_owner(
    world, registrant, officer, entry
):
    people = [registrant, *world.people(3)]
    rows = [register(world, person, entry) for person in people]
    version = program_definition(world).terms.version
    tokens = [prove(p, row, make(officer, row)) for p, row in zip(people, rows, strict=True)]
    ids = [person.id for person in people]
    done = race(
        *[
            lambda person=person, token=token: activation.activate(person, token, version)
            for person, token in zip(ids, tokens, strict=True)
        ]
    )
    assert len(winners(done)) == 1
    assert {type(error) for error in losers(done)} == {Invalid}
    assert count(Account) == 1
    owners = session.scalars(select(Membership).where(Membership.required)).all()
    assert len(owners) == 1
    states = sorted(read(Registration, row.id).state for row in rows)
    assert states == ["activated", "officer", "officer", "officer"]


def test_one_activation_sent_twice_makes_one_account(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    token = prove(registrant, row, code)
    version = program_definition(world).terms.version
    person = registrant.id
    done = race(*[lambda: activation.activate(person, token, version)] * 3)
    assert len(winners(done)) == 1
    assert count(Account) == 1


def test_a_registration_and_an_activation_at_the_same_instant_know_of_each_other(
    world, registrant, officer, entry
):
    row, code = ready(world, registrant, officer, entry)
    token, other = prove(registrant, row, code), world.person()
    number, version = draft(world, other, entry), program_definition(world).terms.version
    one, two = registrant.id, other.id
    done = race(
        lambda: activation.activate(one, token, version),
        lambda: sending.send(two, number),
    )
    assert losers(done) == []
    late = read(Registration, number)
    assert (late.state, late.officer_reason) == ("officer", "already_active")
    session.rollback()
    assert session.scalars(select(Letter).where(Letter.state == "due")).all() == []


def test_a_withdrawn_registration_s_code_opens_nothing(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    token = prove(registrant, row, code)
    registering.withdraw(registrant.id, row.id)
    with pytest.raises(Conflict):
        prove(registrant, row, code)
    version = program_definition(world).terms.version
    assert errors_of(lambda: activation.activate(registrant.id, token, version)) == {"": "no_match"}


def test_somebody_disabled_cannot_activate(world, registrant, officer, entry):
    row, code = ready(world, registrant, officer, entry)
    token = prove(registrant, row, code)
    world.set(registrant, state="disabled")
    with pytest.raises((NotFound, Refused)):
        activation.activate(registrant.id, token, program_definition(world).terms.version)


def test_a_code_of_one_registration_does_not_open_another(world, registrant, officer, entry):
    first, code = ready(world, registrant, officer, entry)
    second, _ = ready(world, registrant, officer, world.registry_entry())
    assert errors_of(lambda: prove(registrant, second, code)) == {"": "no_match"}
    assert first.id != second.id


def test_an_old_code_ends_when_a_new_one_is_requested(world, registrant, officer, entry, clock):
    row, code = ready(world, registrant, officer, entry)
    letters.confirm_printed(officer.id, [last_letter(row).id])
    letters.post(officer.id, last_letter(row).id, "RN123456785CA")
    clock.move(days=8)
    requests.request_new_code(registrant.id, row.id)
    assert queries.my_registration(session, registrant.id, row.id).shown == Shown.PREPARING
    assert errors_of(lambda: prove(registrant, row, code)) == {"": "no_match"}
    assert activate(registrant, row, make(officer, row), world)


@given(st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_one_wrong_character_of_a_code_is_noticed(data):
    code = new_activation_code()
    assert parse_activation_code(groups_of_four(code).lower()) == code
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([c for c in UNAMBIGUOUS if c != code[place]]))
    assert parse_activation_code(code[:place] + other + code[place + 1 :]) is None


def test_codes_hold_nothing_that_paper_confuses_and_hardly_ever_meet():
    drawn = {new_activation_code() for _ in range(5_000)}
    assert len(drawn) == 5_000
    assert not set("".join(drawn)) & set("ILOU01")
    assert {len(code) for code in drawn} == {12}
