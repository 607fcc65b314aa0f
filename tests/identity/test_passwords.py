"""Changing a password, and choosing one again when it is forgotten."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.base.db import session
from app.base.errors import Conflict, Invalid, TooMany
from app.identity import passwords, service, sessions
from app.identity.models import Challenge, SignInSession
from tests.identity.conftest import ahead
from tests.support.world import PASSWORD

NEW = "Une autre brume, plus au nord"


def living(person):
    session.rollback()
    session.expire_all()
    wanted = select(SignInSession.id).where(
        SignInSession.person_id == person.id, SignInSession.ended_at.is_(None)
    )
    return set(session.scalars(wanted))


# ── with the present one ────────────────────────────────────────────────────────────────


def test_a_change_asks_for_the_present_password(world, full, enter, clock):
    person = world.person()
    step = full(person)
    with pytest.raises(Invalid) as caught:
        service.change_password(person.id, step.session_id, "not the present one", NEW)
    assert caught.value.errors == {"present": "present_password"}
    enter(person)


def test_a_change_ends_every_other_session_and_renews_this_one(world, full, enter, clock):
    person = world.person()
    mine, other = full(person), full(person)
    half_way = enter(person)
    changed = service.change_password(person.id, mine.session_id, PASSWORD, NEW)
    assert living(person) == {mine.session_id}
    assert sessions.read(session, mine.token) is None
    assert sessions.read(session, changed.token).over is None
    for step in (other, half_way):
        assert sessions.read(session, step.token).over == "password_changed"


def test_after_a_change_only_the_new_password_signs_in(world, full, enter, clock):
    person = world.person()
    step = full(person)
    service.change_password(person.id, step.session_id, PASSWORD, NEW)
    with pytest.raises(Invalid):
        enter(person)
    assert enter(person, NEW).stage == "credential"


def test_a_change_is_told_by_email(world, full, mailbox):
    person = world.person(language="fr")
    step = full(person)
    service.change_password(person.id, step.session_id, PASSWORD, NEW)
    mail = mailbox.latest(person.email)
    assert mail.subject == "Votre mot de passe a été changé"
    assert NEW not in mail.text
    assert "http://localhost/fr/password" in mail.text


@pytest.mark.parametrize("new", ["court", "motdepasse2026!", "guichet guichet et compagnie"])
def test_a_change_to_a_password_that_may_not_be_used_changes_nothing(world, full, enter, new):
    person = world.person()
    step = full(person)
    with pytest.raises(Invalid) as caught:
        service.change_password(person.id, step.session_id, PASSWORD, new)
    assert set(caught.value.errors) == {"password"}
    enter(person)


def test_an_open_browser_is_no_licence_to_guess_the_password(world, full):
    person = world.person()
    step = full(person)
    for _ in range(5):
        with pytest.raises(Invalid):
            service.change_password(person.id, step.session_id, "a guess at random", NEW)
    with pytest.raises(TooMany):
        service.change_password(person.id, step.session_id, PASSWORD, NEW)


def test_nobody_changes_a_password_from_somebody_else_s_session(world, full):
    step = full(world.person())
    other = world.person()
    with pytest.raises(Conflict):
        service.change_password(other.id, step.session_id, PASSWORD, NEW)


# ── by a code ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def reset(world, code_of):
    """`reset(person)`: the code of a reset is proved."""

    def prove(person):
        step = service.request_reset(world.sign_in_name(person))
        return service.confirm_reset(step.session_id, code_of(step.session_id))

    return prove


def test_a_reset_sets_the_password_and_ends_every_session(world, full, enter, reset, clock):
    person = world.person()
    before = full(person)
    step = reset(person)
    service.set_password(step.session_id, NEW)
    assert living(person) == set()
    assert sessions.read(session, before.token).over == "password_changed"
    assert sessions.read(session, step.token).over == "password_changed"
    assert enter(person, NEW).stage == "credential"


def test_a_reset_signs_nobody_in(world, reset, row_of):
    step = reset(world.person())
    with pytest.raises(Conflict):
        service.accept_terms(step.session_id, "portal", 1)
    with pytest.raises(Conflict):
        service.accept_terms(step.session_id, "mfa", 1)
    assert row_of(step.session_id).full_at is None


def test_a_password_is_not_set_before_the_code(world, enter):
    person = world.person()
    step = service.request_reset(world.sign_in_name(person))
    with pytest.raises(Conflict):
        service.set_password(step.session_id, NEW)
    enter_step = enter(world.person())
    with pytest.raises(Conflict):
        service.set_password(enter_step.session_id, NEW)


def test_a_reset_is_used_once(world, reset):
    step = reset(world.person())
    service.set_password(step.session_id, NEW)
    with pytest.raises(Conflict):
        service.set_password(step.session_id, "Et encore une autre brume")


def test_the_code_of_a_sign_in_opens_no_reset_and_the_other_way_round(world, enter, code_of, clock):
    person = world.person()
    step = enter(person)
    with pytest.raises(Invalid):
        service.confirm_reset(step.session_id, code_of(step.session_id))
    ahead(clock, seconds=31)
    reset = service.request_reset(world.sign_in_name(person))
    with pytest.raises(Conflict):
        service.confirm_code(reset.session_id, code_of(reset.session_id))


def answers(session_id, tries=6, code_of=None):
    """What somebody who guesses hears, try after try."""
    heard = []
    wrong = f"{(int(code_of(session_id)) + 1) % 1_000_000:06}" if code_of else "000000"
    for _ in range(tries):
        with pytest.raises(Invalid) as caught:
            service.confirm_reset(session_id, wrong)
        heard.append((caught.value.errors, caught.value.values.get("left")))
    return heard


def test_a_guesser_of_names_hears_the_same_of_a_known_and_an_unknown_one(
    world, code_of, clock, monkeypatch
):
    monkeypatch.setattr("app.identity.codes.code_of", lambda _challenge: "123456")
    person, disabled = world.person(), world.person(state="disabled")
    names = [world.sign_in_name(person), "nobody-here", world.sign_in_name(disabled)]
    steps = [service.request_reset(name) for name in names]
    assert {(step.stage, step.purpose) for step in steps} == {("credential", "password_reset")}
    known, unknown, closed = (answers(step.session_id) for step in steps)
    assert known == unknown == closed
    assert known[0] == ({"code": "code_mismatch"}, 4)
    assert known[5][0] == {"code": "code_expired"}


def test_a_stranger_who_guesses_codes_of_resets_locks_nobody_out(
    world, enter, code_of, clock, factor_of
):
    person = world.person()
    for _ in range(3):
        step = service.request_reset(world.sign_in_name(person))
        wrong = f"{(int(code_of(step.session_id)) + 1) % 1_000_000:06}"
        for _ in range(5):
            with pytest.raises(Invalid):
                service.confirm_reset(step.session_id, wrong)
        ahead(clock, seconds=31)
    factor = factor_of(person)
    assert (factor.in_a_row, factor.in_all, factor.locked_until) == (0, 0, None)
    step = enter(person)
    assert service.confirm_code(step.session_id, code_of(step.session_id)).stage == "code"


def test_after_ten_wrong_tries_the_right_code_of_a_reset_opens_nothing_for_two_hours(
    world, code_of, clock
):
    person = world.person()
    clock.stop()
    for _ in range(2):
        step = service.request_reset(world.sign_in_name(person))
        answers(step.session_id, tries=5, code_of=code_of)
        ahead(clock, seconds=31)
    step = service.request_reset(world.sign_in_name(person))
    with pytest.raises(Invalid) as caught:
        service.confirm_reset(step.session_id, code_of(step.session_id))
    assert caught.value.errors == {"code": "code_mismatch"}
    ahead(clock, hours=2)
    step = service.request_reset(world.sign_in_name(person))
    assert service.confirm_reset(step.session_id, code_of(step.session_id)).stage == "code"


def test_the_right_code_of_a_reset_opens_nothing_while_the_account_is_locked(
    world, code_of, enter, wrong_for, clock, factor_of
):
    person = world.person()
    reset = service.request_reset(world.sign_in_name(person))
    code = code_of(reset.session_id)
    factor = factor_of(person)
    world.set(
        world.db.get_one(type(factor), factor.id),
        locked_until=clock.move(minutes=0).replace(year=2099),
    )
    with pytest.raises(Invalid) as caught:
        service.confirm_reset(reset.session_id, code)
    assert caught.value.errors == {"code": "code_mismatch"}


def test_an_unknown_name_has_a_code_that_expires_like_any_other(world, clock, challenges_of):
    clock.stop()
    known = service.request_reset(world.sign_in_name(world.person()))
    unknown = service.request_reset("nobody-here")
    found = [challenges_of(step.session_id)[0] for step in (known, unknown)]
    assert found[0].expires_at == found[1].expires_at
    assert found[1].person_id is None


def test_no_six_digits_open_the_reset_of_an_unknown_name(engine, challenges_of, monkeypatch):
    step = service.request_reset("nobody-here")
    monkeypatch.setattr("app.identity.codes.code_of", lambda _challenge: "123456")
    with pytest.raises(Invalid):
        service.confirm_reset(step.session_id, "123456")
    assert challenges_of(step.session_id)[0].consumed_at is None


def test_a_code_is_sent_for_a_known_name_only(world, mailbox):
    person = world.person()
    service.request_reset(world.sign_in_name(person))
    service.request_reset("nobody-here")
    assert [mail.to for mail in mailbox.all()] == [(person.email,)]


def test_a_mailbox_is_not_flooded_by_resets_and_who_asks_is_not_told(world, mailbox, clock):
    person = world.person()
    for _ in range(8):
        assert service.request_reset(world.sign_in_name(person)).stage == "credential"
        ahead(clock, minutes=1)
    assert len(mailbox.all(person.email)) == 5


def test_another_code_of_a_reset_can_be_asked_for_after_thirty_seconds_by_everybody(world, clock):
    clock.stop()
    from app.identity.service import resend_reset

    names = [world.sign_in_name(world.person()), "nobody-here"]
    for name in names:
        step = service.request_reset(name)
        resend_reset(step.session_id)
        with pytest.raises(TooMany) as caught:
            resend_reset(step.session_id)
        assert (caught.value.retry_at - clock.now()).total_seconds() == 30


def test_fifty_resets_in_twelve_hours_come_from_one_address(engine, from_address):
    from app.base.limiting import LimitEvent

    session.add_all(LimitEvent(kind="password_reset", subject="192.0.2.10") for _ in range(50))
    session.commit()
    with pytest.raises(TooMany):
        service.request_reset("nobody-here")
    from_address("192.0.2.11")
    service.request_reset("nobody-here")


def test_a_decoy_is_no_person_s_row(engine, owner_db):
    step = service.request_reset("nobody-here")
    challenge = owner_db.scalars(
        select(Challenge).where(Challenge.session_id == step.session_id)
    ).one()
    assert (challenge.person_id, challenge.mailbox) == (None, "")


def test_a_password_is_never_kept_as_it_is(world, reset, owner_db):
    person = world.person()
    step = reset(person)
    service.set_password(step.session_id, NEW)
    credential = passwords.password_of(session, person.id)
    assert credential.secret.startswith("$argon2id$")
    assert NEW not in credential.secret
