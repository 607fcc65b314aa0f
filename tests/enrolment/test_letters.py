"""Letters: made once, the code on paper alone, each step confirmed."""

import logging
from datetime import datetime

import pytest
from sqlalchemy import select, text

from app.base import keys
from app.base.db import session
from app.base.errors import Conflict, Invalid, NotFound, Refused
from app.base.identifiers import parse_activation_code
from app.correspondence.models import Notice
from app.enrolment.codes import digest, matches
from app.enrolment.letter import LetterError
from app.enrolment.models import ActivationCode, Letter
from app.enrolment.service import letters
from tests.enrolment.steps import (
    activate,
    client_number,
    code_in,
    codes_in,
    codes_of,
    last_letter,
    make,
    read,
    register,
    text_in,
)
from tests.support.race import losers, race, winners

MAIL = "RN123456785CA"


def everything(owner_db) -> str:
    """Every row of every table, as text: the queue, the trail, the notices…"""
    tables = owner_db.execute(
        text(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'audit')"
        )
    ).all()
    parts = []
    for schema, table in tables:
        rows = owner_db.execute(text(f'SELECT t::text FROM "{schema}"."{table}" AS t')).scalars()
        parts += rows
    return "\n".join(parts)


def test_making_draws_the_code_commits_its_hash_and_hands_the_file_over(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    file = letters.make(officer.id, [last_letter(row).id])
    code, letter = code_in(file.content), last_letter(row)
    stored = codes_of(row)[0]
    assert file.content.startswith(b"%PDF-")
    assert (file.name, file.count) == (f"{letter.number}.pdf", 1)
    assert letter.state == "prepared"
    assert letter.made_by == officer.id
    assert stored.letter_id == letter.id
    assert matches(stored.key_id, stored.digest, row.id, code.replace(" ", ""))
    assert client_number(row)[:4] in text_in(file.content)
    assert "Rose-Aimée Gagné, propriétaire du compte" in text_in(file.content)


def test_the_code_is_in_no_table_no_job_no_log_and_no_trail(
    world, registrant, officer, entry, owner_db, caplog
):
    row = register(world, registrant, entry)
    with caplog.at_level(logging.DEBUG):
        code = make(officer, row)
        activate(registrant, row, code, world)
    held = everything(owner_db) + caplog.text
    bare = code.replace(" ", "")
    assert str(row.bn) in held  # what was looked through is not empty
    for secret in (bare, code, bare.lower(), bare[:8], bare[4:], *code.split(" ")):
        assert secret not in held
    assert bare.encode().hex() not in held


def test_two_officers_who_make_one_letter_make_one_valid_code(world, registrant, entry, officer):
    row = register(world, registrant, entry)
    number, one, other = last_letter(row).id, officer.id, world.staff().id
    done = race(lambda: letters.make(one, [number]), lambda: letters.make(other, [number]))
    assert [type(error) for error in losers(done)] == [Conflict]
    file = winners(done)[0]
    codes = codes_of(row)
    assert [code.state for code in codes] == ["valid"]
    stored = codes[0]
    typed = parse_activation_code(code_in(file.content))
    assert matches(stored.key_id, stored.digest, row.id, typed)


def test_nothing_is_kept_when_the_letter_cannot_be_drawn(
    world, registrant, officer, entry, monkeypatch
):
    row = register(world, registrant, entry)

    def fail(*_: object) -> bytes:
        raise LetterError("no ink")

    monkeypatch.setattr(letters, "render_many", fail)
    with pytest.raises(LetterError):
        letters.make(officer.id, [last_letter(row).id])
    assert last_letter(row).state == "due"
    assert codes_of(row) == []


def test_an_unconfirmed_letter_is_made_anew_and_the_old_code_ends(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    first = make(officer, row)
    old = last_letter(row)
    second = code_in(letters.make_anew(officer.id, [old.id]).content)
    assert first != second
    assert read(Letter, old.id).state == "replaced"
    assert last_letter(row).replaces_id == old.id
    assert [code.state for code in codes_of(row)] == ["replaced", "valid"]
    with pytest.raises(Invalid):
        activate(registrant, row, first, world)
    assert activate(registrant, row, second, world)


def test_a_letter_that_has_left_is_not_made_anew(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    make(officer, row)
    number = last_letter(row).id
    letters.confirm_printed(officer.id, [number])
    letters.post(officer.id, number, MAIL)
    with pytest.raises(Conflict):
        letters.make_anew(officer.id, [number])
    with pytest.raises(Conflict):
        letters.make(officer.id, [number])


def test_a_letter_goes_from_prepared_to_printed_to_posted_to_delivered(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    make(officer, row)
    number = last_letter(row).id
    with pytest.raises(Conflict):
        letters.post(officer.id, number, MAIL)
    letters.confirm_printed(officer.id, [number])
    letters.post(officer.id, number, "rn 123 456 785 ca")
    letters.deliver(officer.id, number)
    letter = last_letter(row)
    assert letter.state == "delivered"
    assert letter.mail_number == MAIL
    assert letter.made_at < letter.printed_at < letter.posted_at < letter.delivered_at
    session.rollback()
    notice = session.scalars(select(Notice).where(Notice.template == "letter_posted")).one()
    assert notice.person_id == registrant.id
    with pytest.raises(Conflict):
        letters.take_back(officer.id, number)


def test_a_returned_letter_is_told_to_the_person(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    make(officer, row)
    number = last_letter(row).id
    letters.confirm_printed(officer.id, [number])
    letters.post(officer.id, number, MAIL)
    letters.take_back(officer.id, number)
    assert last_letter(row).state == "returned"
    session.rollback()
    assert session.scalars(select(Notice).where(Notice.template == "letter_returned")).one()


@pytest.mark.parametrize("wrong", ["RN123456784CA", "RN12345678CA", "123456785", "", "RN123456785"])
def test_a_registered_mail_number_is_proved_by_its_check_digit(
    world, registrant, officer, entry, wrong
):
    row = register(world, registrant, entry)
    make(officer, row)
    number = last_letter(row).id
    letters.confirm_printed(officer.id, [number])
    with pytest.raises(Invalid) as refused:
        letters.post(officer.id, number, wrong)
    assert refused.value.errors == {"mail_number": "format"}
    assert last_letter(row).state == "printed"


def test_no_two_letters_bear_one_registered_mail_number(world, registrant, officer, entry):
    numbers = []
    for person in (registrant, world.person()):
        row = register(world, person, entry)
        make(officer, row)
        numbers.append(last_letter(row).id)
    letters.confirm_printed(officer.id, numbers)
    letters.post(officer.id, numbers[0], MAIL)
    with pytest.raises(Invalid) as refused:
        letters.post(officer.id, numbers[1], MAIL)
    assert refused.value.errors == {"mail_number": "taken"}


def test_a_letter_that_has_left_is_told_so_whatever_number_is_typed_again(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    make(officer, row)
    number = last_letter(row).id
    letters.confirm_printed(officer.id, [number])
    letters.post(officer.id, number, MAIL)
    for typed in (MAIL, "RN123456784CA"):
        with pytest.raises(Conflict, match="posted_to_posted"):
            letters.post(officer.id, number, typed)


def test_of_one_mailing_confirmed_twice_at_the_same_instant_the_second_hears_that_it_was_done(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    make(officer, row)
    number, actor = last_letter(row).id, officer.id
    letters.confirm_printed(actor, [number])
    done = race(*[lambda: letters.post(actor, number, MAIL)] * 2)
    assert [str(error) for error in losers(done)] == ["posted_to_posted"]
    assert last_letter(row).mail_number == MAIL


def test_of_two_letters_mailed_under_one_number_at_the_same_instant_one_is_told(
    world, officer, entry
):
    numbers = []
    for person in world.people(2):
        row = register(world, person, entry)
        make(officer, row)
        numbers.append(last_letter(row).id)
    letters.confirm_printed(officer.id, numbers)
    one, other = numbers
    done = race(
        lambda: letters.post(officer.id, one, MAIL), lambda: letters.post(officer.id, other, MAIL)
    )
    assert [error.errors for error in losers(done)] == [{"mail_number": "taken"}]


def test_a_mailing_confirmed_twice_tells_on_its_page_that_the_letter_has_moved_on(
    world, registrant, officer, entry, client, sign_in
):
    row = register(world, registrant, entry)
    make(officer, row)
    letter = last_letter(row).id
    letters.confirm_printed(officer.id, [letter])
    sign_in(officer)
    form = client.get(f"/staff/letters/deed/posted/{letter}").form("mail_number")
    form.submit({"mail_number": MAIL})
    again = form.submit({"mail_number": MAIL}, expect=200)
    assert again.errors == ["One of these letters has moved on. Check the list."]


def test_a_letter_s_own_mail_number_is_not_another_letter_s(world, registrant, officer, entry):
    row = register(world, registrant, entry)
    make(officer, row)
    letter = last_letter(row)
    letters.confirm_printed(officer.id, [letter.id])
    world.set(world.db.get_one(Letter, letter.id), mail_number=MAIL)
    letters.post(officer.id, letter.id, MAIL)
    assert last_letter(row).state == "posted"


def test_many_letters_come_in_one_file_all_or_none(world, registrant, officer, entry):
    rows = [register(world, person, entry) for person in (registrant, *world.people(2))]
    numbers = [last_letter(row).id for row in rows]
    file = letters.make(officer.id, numbers)
    found = codes_in(file.content)
    assert file.count == len(set(found)) == 3
    assert file.name == f"{last_letter(rows[0]).number}-{last_letter(rows[2]).number}.pdf"
    for row, code in zip(rows, found, strict=True):
        stored = codes_of(row)[0]
        assert matches(stored.key_id, stored.digest, row.id, code.replace(" ", ""))
    another = register(world, world.person(), entry)
    with pytest.raises(Conflict):
        letters.make(officer.id, [last_letter(another).id, numbers[0]])
    assert last_letter(another).state == "due"
    assert codes_of(another) == []


def test_letters_are_made_by_officers_of_the_program_only(world, registrant, officer, entry):
    number = last_letter(register(world, registrant, entry)).id
    elsewhere = world.staff("program_officer", world.other_program())
    for person in (registrant, elsewhere, world.staff("auditor"), world.staff("technical_support")):
        with pytest.raises((Refused, NotFound)):
            letters.make(person.id, [number])
        with pytest.raises((Refused, NotFound)):
            letters.confirm_printed(person.id, [number])
    assert read(Letter, number).state == "due"


def test_nobody_makes_the_letter_of_their_own_registration(world, officer, entry):
    row = register(world, officer, entry)
    with pytest.raises(Refused):
        letters.make(officer.id, [last_letter(row).id])
    assert codes_of(row) == []


def test_an_empty_choice_and_an_unknown_letter_are_refused(world, officer):
    with pytest.raises(Invalid):
        letters.make(officer.id, [])
    with pytest.raises(NotFound):
        letters.make(officer.id, [987654])
    with pytest.raises(Invalid) as refused:
        letters.make(officer.id, range(1, 1000))
    assert refused.value.errors == {"letters": "too_many"}


def test_a_letter_bears_the_registry_s_address_of_the_day_it_is_made(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    world.set(entry, street="77, rue Neuve")
    file = letters.make(officer.id, [last_letter(row).id])
    assert "77, rue Neuve" in text_in(file.content)
    assert last_letter(row).address["street"] == "77, rue Neuve"


def test_the_hash_is_bound_to_the_registration_and_to_a_key_outside_the_database():
    key = keys.KeyRef("a", b"k" * 32)
    other = keys.KeyRef("a", b"o" * 32)
    assert digest(key, 1, "K7QD4MXP92HT") != digest(key, 2, "K7QD4MXP92HT")
    assert digest(key, 1, "K7QD4MXP92HT") != digest(other, 1, "K7QD4MXP92HT")
    assert len(digest(key, 1, "K7QD4MXP92HT")) == 32


@pytest.mark.usefixtures("settings")
def test_a_code_under_a_key_that_was_withdrawn_matches_nothing():
    key = keys.current()
    stored = digest(key, 1, "K7QD4MXP92HT")
    assert matches(key.id, stored, 1, "K7QD4MXP92HT")
    assert not matches("gone", stored, 1, "K7QD4MXP92HT")


def test_each_letter_is_in_the_trail_with_its_code_s_key_and_never_the_code(
    world, registrant, officer, entry
):
    row = register(world, registrant, entry)
    make(officer, row)
    session.rollback()
    made = session.execute(
        text("SELECT actor_id, role, changes FROM audit.entry WHERE event = 'letter.made'")
    ).one()
    assert (made.actor_id, made.role) == (officer.id, "program_officer")
    assert made.changes["state"] == ["due", "prepared"]
    assert set(made.changes) == {
        "state", "number", "language", "registration_id", "key_id", "expires_at",
    }  # fmt: skip
    code = session.scalars(select(ActivationCode)).one()
    assert datetime.fromisoformat(made.changes["expires_at"][1]) == code.expires_at
