"""A new person: what is asked, when the person exists, what happens to who never came back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.base.db import User, session
from app.base.errors import Conflict, Invalid, TooMany
from app.base.identifiers import parse_urn
from app.identity import passwords, service
from app.identity.models import Challenge, Credential, Factor, SignInSession
from app.parties.models import Party, Person
from tests.identity.conftest import ahead
from tests.support.race import losers, race, winners

NEW = service.NewPerson(
    given_name="Maëlle",
    family_name="St-Pierre",
    sign_in_name="Maelle.SP",
    email="Maelle@Works.example",
    language="fr",
    password="Brume sur la Matapédia",
)


def person_named(name="maelle.sp"):
    session.rollback()
    session.expire_all()
    wanted = select(Person).join(User, User.id == Person.user_id).where(User.username == name)
    return session.scalars(wanted).unique().one_or_none()


def refused(new):
    with pytest.raises(Invalid) as caught:
        service.sign_up(new)
    return caught.value.errors


@pytest.fixture
def verified(engine, code_of):
    """`verified(new)`: somebody who proved their mailbox; the step they stand at."""

    def make(new=NEW):
        step = service.sign_up(new)
        return service.confirm_code(step.session_id, code_of(step.session_id))

    return make


def test_a_new_person_is_unverified_and_has_no_number_until_the_code(engine, code_of):
    step = service.sign_up(NEW)
    person = person_named()
    assert (person.state, person.urn, step.stage) == ("unverified", None, "credential")
    service.confirm_code(step.session_id, code_of(step.session_id))
    person = person_named()
    assert (person.state, person.urn) == ("active", None)


def test_the_mfa_terms_bring_a_reference_number_by_email(verified, mailbox):
    step = verified()
    service.accept_terms(step.session_id, "mfa", 1)
    urn = person_named().urn
    assert parse_urn(urn) == urn
    mail = mailbox.latest("Maelle@Works.example")
    assert mail.subject == "Votre numéro de référence d’utilisateur (NRU)"
    assert urn in mail.text
    assert urn in mail.html


def test_the_reference_number_is_drawn_once(verified, full, code_of, clock):
    step = verified()
    service.accept_terms(step.session_id, "mfa", 1)
    urn = person_named().urn
    ahead(clock, seconds=31)
    again = service.sign_in(NEW.sign_in_name, NEW.password)
    service.confirm_code(again.session_id, code_of(again.session_id))
    assert person_named().urn == urn


def test_a_reference_number_that_somebody_has_is_drawn_again(verified, world, monkeypatch):
    taken = world.person().urn
    drawn = iter([taken, taken, "N-1234567-A"])
    monkeypatch.setattr("app.identity.service.signing_in.new_urn", lambda: next(drawn))
    step = verified()
    service.accept_terms(step.session_id, "mfa", 1)
    assert person_named().urn == "N-1234567-A"


def test_whoever_leaves_before_the_terms_finds_them_at_the_next_sign_in(verified, code_of, clock):
    verified()
    ahead(clock, seconds=31)
    step = service.sign_in(NEW.sign_in_name, NEW.password)
    step = service.confirm_code(step.session_id, code_of(step.session_id))
    assert service.pending_terms(session, person_named().id) == "mfa"


def test_the_framework_s_user_has_no_password_and_no_address_of_the_person(engine):
    service.sign_up(NEW)
    user = session.get_one(User, person_named().user_id)
    assert user.password is None
    assert user.email.endswith("@person.invalid")
    assert "works" not in user.email.casefold()


def test_a_mailbox_may_be_shared(engine, clock):
    service.sign_up(NEW)
    service.sign_up(replace(NEW, sign_in_name="someone-else"))
    assert person_named("someone-else").email_folded == person_named().email_folded


@pytest.mark.parametrize("other", ["maelle.sp", "MAELLE.SP", " Maelle.sp "])
def test_a_sign_in_name_belongs_to_one_person_whatever_its_case(verified, other):
    verified()
    assert refused(replace(NEW, sign_in_name=other)) == {"sign_in_name": "name_taken"}


def test_of_two_who_choose_a_name_at_the_same_instant_one_gets_it(engine):
    results = race(
        lambda: service.sign_up(NEW), lambda: service.sign_up(replace(NEW, email="b@x.example"))
    )
    assert len(winners(results)) == 1
    assert losers(results)[0].errors == {"sign_in_name": "name_taken"}
    assert count(Person) == count(Party) == count(User) == 1


def count(model):
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


def test_a_refused_sign_up_leaves_nothing(engine):
    before = [count(model) for model in (User, Person, Party)]
    assert refused(replace(NEW, password="short")) == {"password": "password_short"}
    assert refused(replace(NEW, password="maelle.sp forever"))["password"] == "password_context"
    assert refused(replace(NEW, sign_in_name="é" * 5)) == {"sign_in_name": "name_characters"}
    assert [count(model) for model in (User, Person, Party)] == before


# ── who never came back ─────────────────────────────────────────────────────────────────


def test_whoever_closed_the_window_goes_on_by_signing_in(engine, code_of, clock):
    service.sign_up(NEW)
    ahead(clock, seconds=31)
    step = service.sign_in(NEW.sign_in_name, NEW.password)
    assert step.purpose == "sign_up"
    service.confirm_code(step.session_id, code_of(step.session_id))
    assert person_named().state == "active"


def test_an_unfinished_sign_up_keeps_its_name_while_its_code_lives(engine, clock):
    clock.stop()
    service.sign_up(NEW)
    ahead(clock, minutes=9.9)
    assert service.prune_sign_ups() == 0
    assert refused(replace(NEW, email="b@x.example")) == {"sign_in_name": "name_taken"}


def test_an_unfinished_sign_up_frees_its_name_once_code_and_page_have_expired(engine, clock):
    clock.stop()
    step = service.sign_up(NEW)
    first = person_named().id
    ahead(clock, minutes=15)
    service.sign_up(replace(NEW, email="b@x.example"))
    assert person_named().id != first
    assert session.get(SignInSession, step.session_id) is None


def test_the_job_forgets_unfinished_sign_ups_whole(engine, clock, mailbox):
    clock.stop()
    service.sign_up(NEW)
    ahead(clock, minutes=15)
    mailbox.run_scheduled("identity.prune")
    kinds = (User, Person, Party, Credential, Factor, Challenge, SignInSession)
    assert [count(model) for model in kinds] == [0] * len(kinds)


def test_the_job_forgets_nobody_who_was_verified(verified, clock):
    verified()
    ahead(clock, days=400)
    assert service.prune_sign_ups() == 0
    assert person_named() is not None


def test_a_code_that_arrives_after_the_sign_up_was_forgotten_opens_nothing(engine, code_of, clock):
    clock.stop()
    step = service.sign_up(NEW)
    code = code_of(step.session_id)
    ahead(clock, minutes=15)
    service.prune_sign_ups()
    with pytest.raises(Conflict):
        service.confirm_code(step.session_id, code)


def test_an_unfinished_sign_up_that_was_locked_can_be_forgotten(engine, code_of, wrong_for, clock):
    step = service.sign_up(NEW)
    for _ in range(2):
        for _ in range(5):
            with pytest.raises((Invalid, TooMany)):
                service.confirm_code(step.session_id, wrong_for(step.session_id))
        ahead(clock, seconds=31)
        try:
            service.send_new_code(step.session_id)
        except TooMany:
            break
    ahead(clock, hours=1)
    assert service.prune_sign_ups() == 1


# ── limits ──────────────────────────────────────────────────────────────────────────────


def test_fifty_sign_ups_in_twelve_hours_come_from_one_address(engine, from_address):
    from app.base.limiting import LimitEvent

    session.add_all(LimitEvent(kind="sign_up", subject="192.0.2.10") for _ in range(50))
    session.commit()
    with pytest.raises(TooMany):
        service.sign_up(NEW)
    from_address("192.0.2.11")
    service.sign_up(NEW)


def test_a_mailbox_that_did_not_ask_receives_five_codes_an_hour_at_most(engine, clock):
    for number in range(5):
        service.sign_up(replace(NEW, sign_in_name=f"person-{number}"))
    with pytest.raises(TooMany):
        service.sign_up(replace(NEW, sign_in_name="person-6"))


def test_a_password_that_was_chosen_at_sign_up_is_the_one_that_signs_in(verified):
    verified()
    person = person_named()
    credential = passwords.password_of(session, person.id)
    assert passwords.matches(credential.secret, NEW.password)
    assert not passwords.matches(credential.secret, NEW.password.upper())
