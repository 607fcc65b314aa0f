"""Each deed of identity asks by itself: what no page would send is refused all the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import delete
from wtforms import ValidationError

from app.base.errors import Conflict, Invalid, NotFound, Refused, TooMany
from app.identity import codes, gate, service
from app.identity.forms import email_address
from app.identity.models import Credential
from app.identity.service import passwords, signing_in, stepping_up
from app.identity.service.details import Details, update_details
from app.programs.limits import limits
from app.web.access import current_person

NEW = "Brume sur la Matapédia 1912"
DETAILS = Details("Ann", "Roy", "", "en")


@pytest.fixture
def resetting(world, code_of):
    """`resetting(person)`: a reset whose code was right."""

    def begin(person):
        step = service.request_reset(world.sign_in_name(person))
        return service.confirm_reset(step.session_id, code_of(step.session_id))

    return begin


# ── a forgotten password ────────────────────────────────────────────────────────────────


def test_no_other_code_is_sent_for_a_reset_whose_code_was_right(world, resetting):
    step = resetting(world.person())
    with pytest.raises(Conflict, match="code_verified"):
        service.resend_reset(step.session_id)


def test_a_reset_is_confirmed_once(world, code_of):
    step = service.request_reset(world.sign_in_name(world.person()))
    proof = codes.verify(step.session_id, "password_reset", code_of(step.session_id))
    passwords._confirm_reset(proof)
    with pytest.raises(Conflict, match="code_verified"):
        passwords._confirm_reset(proof)


def test_a_password_is_set_by_a_reset_whose_code_was_right_only(world, enter):
    reset = service.request_reset(world.sign_in_name(world.person()))
    sign_in = enter(world.person())
    for step in (reset, sign_in):
        with pytest.raises(Conflict, match="session_ended"):
            passwords._set_after_reset(step.session_id, "a hash")


def test_who_has_no_password_gets_none_by_a_reset(world, resetting):
    person = world.person()
    world.db.execute(delete(Credential).where(Credential.person_id == person.id))
    world.db.commit()
    step = resetting(person)
    with pytest.raises(Conflict, match="no_password"):
        service.set_password(step.session_id, NEW)


# ── signing in ──────────────────────────────────────────────────────────────────────────


def test_for_nobody_no_code_is_sent(engine):
    step = service.request_reset("nobody.of.that.name")
    with pytest.raises(Conflict, match="no_person"):
        service.send_new_code(step.session_id)


def test_no_other_code_is_sent_once_one_was_right(world, enter, code_of):
    step = enter(world.person())
    service.confirm_code(step.session_id, code_of(step.session_id))
    with pytest.raises(Conflict, match="code_verified"):
        service.send_new_code(step.session_id)


def test_whoever_is_disabled_while_the_code_is_compared_does_not_come_in(world, enter, code_of):
    person = world.person()
    step = enter(person)
    proof = codes.verify(step.session_id, "sign_in", code_of(step.session_id))
    world.set(person, state="disabled")
    with pytest.raises(Conflict, match="session_ended"):
        signing_in._confirm(proof)


def test_a_sign_in_that_finds_no_free_reference_number_says_so(world, enter, code_of, monkeypatch):
    taken = world.person().urn
    monkeypatch.setattr(signing_in, "new_urn", lambda: taken)
    person = world.person(state="unverified")
    step = enter(person)
    step = service.confirm_code(step.session_id, code_of(step.session_id))
    version = service.terms_of("mfa").version
    with pytest.raises(Conflict, match="no_free_urn"):
        service.accept_terms(step.session_id, "mfa", version)
    assert world.fresh(person).urn is None


# ── a fresh code ────────────────────────────────────────────────────────────────────────


def test_fresh_codes_have_the_gap_of_all_others(world, full):
    person = world.person()
    step = full(person)
    service.begin_step_up(person.id, step.session_id)
    with pytest.raises(TooMany):
        service.begin_step_up(person.id, step.session_id)


def test_a_fresh_code_is_sent_for_ones_own_whole_session_only(world, full, enter):
    person, other = world.person(), world.person()
    for session_id in (full(other).session_id, enter(person).session_id):
        with pytest.raises(Conflict, match="session_ended"):
            stepping_up._send(person.id, session_id)


def test_a_code_that_was_replaced_while_it_was_compared_opens_nothing(world, full, code_of, clock):
    person = world.person()
    step = full(person)
    service.begin_step_up(person.id, step.session_id)
    proof = codes.verify(step.session_id, "step_up", code_of(step.session_id))
    clock.move(minutes=2)
    service.begin_step_up(person.id, step.session_id)
    with pytest.raises(Invalid, match="code_expired"):
        stepping_up._confirm(proof)


# ── one's own ───────────────────────────────────────────────────────────────────────────


def test_a_disabled_person_changes_none_of_their_details(world):
    person = world.person(state="disabled")
    with pytest.raises(NotFound):
        update_details(person.id, DETAILS, person.row_version)


def test_from_anothers_session_no_sessions_are_ended(world, full):
    person, other = world.person(), world.person()
    mine, theirs = full(person), full(other)
    with pytest.raises(NotFound):
        service.end_other_sessions(person.id, theirs.session_id)
    assert service.end_other_sessions(person.id, mine.session_id) == 0


def test_a_request_of_nobody_has_neither_person_nor_session(app):
    with app.test_request_context("/en/"):
        with pytest.raises(NotFound):
            current_person()
        with pytest.raises(Refused):
            gate.current_session()


@pytest.mark.parametrize(
    "address",
    [
        "ann@" + "a" * 250 + ".example",
        "ann@.example.ca",
        "ann@-example.ca",
        "ann@example.ca.",
        "ann@example",
        "ann@exa mple.ca",
    ],
)
def test_an_address_that_no_server_would_take_is_refused(app, address):
    with app.test_request_context("/en/"), pytest.raises(ValidationError):
        email_address(None, SimpleNamespace(data=address))


def test_a_reset_without_a_person_sets_no_password(engine):
    step = service.request_reset("nobody.of.that.name")
    with pytest.raises(Conflict, match="session_ended"):
        service.set_password(step.session_id, NEW)


def test_a_sign_in_is_confirmed_once(world, enter, code_of):
    step = enter(world.person())
    proof = codes.verify(step.session_id, "sign_in", code_of(step.session_id))
    signing_in._confirm(proof)
    with pytest.raises(Conflict, match="code_verified"):
        signing_in._confirm(proof)


def test_a_mailbox_that_many_share_gets_no_more_codes_than_one(world):
    for _ in range(limits().resend.per_hour):
        codes.spend_sending(world.person().id, "shared@mail.example")
    with pytest.raises(TooMany):
        codes.spend_sending(world.person().id, "shared@mail.example")


def test_a_client_comes_to_no_page_of_the_staff(world, sign_in, client):
    sign_in(world.person())
    client.get("/staff/registrations/new", expect=403)
