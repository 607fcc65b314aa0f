"""Signing in: the three steps, the limits on passwords, what a session becomes."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.base.db import session
from app.base.errors import Conflict, Invalid, TooMany
from app.identity import passwords, service, sessions
from app.identity.models import Credential, SignInSession
from app.parties.models_terms import TermsAcceptance
from tests.identity.conftest import WRONG_PASSWORD, ahead
from tests.support.race import losers, race, winners
from tests.support.world import PASSWORD


def attempt(name, password=WRONG_PASSWORD):
    """What a sign-in raises."""
    with pytest.raises((Invalid, TooMany)) as caught:
        service.sign_in(name, password)
    return caught.value


# ── name and password ───────────────────────────────────────────────────────────────────


def test_the_right_password_alone_opens_nothing(world, enter, row_of):
    step = enter(world.person())
    assert step.stage == "credential"
    assert row_of(step.session_id).full_at is None


def test_the_sign_in_name_is_one_name_in_any_case(world):
    world.person(sign_in_name="marie.roy")
    assert service.sign_in("  MARIE.Roy ", PASSWORD).stage == "credential"


def test_a_wrong_password_and_an_unknown_name_are_told_in_the_same_words(world):
    person = world.person()
    known = attempt(world.sign_in_name(person))
    unknown = attempt("nobody-here")
    assert known.errors == unknown.errors == {"": "credential"}


def test_an_unknown_name_costs_a_password_hash_like_a_known_one(world, monkeypatch):
    compared = []
    verify = passwords._hasher.verify

    class Watched:
        def verify(self, secret, password):
            compared.append(secret[:30])
            return verify(secret, password)

    monkeypatch.setattr(passwords, "_hasher", Watched())
    passwords._nobody.cache_clear()
    monkeypatch.setattr(
        Watched,
        "hash",
        lambda _self, _p: passwords.PasswordHasher(
            time_cost=2, memory_cost=19 * 1024, parallelism=1
        ).hash("x"),
        raising=False,
    )
    attempt(world.sign_in_name(world.person()))
    attempt("nobody-here")
    passwords._nobody.cache_clear()
    assert len(compared) == 2
    assert compared[0] == compared[1] == "$argon2id$v=19$m=19456,t=2,p=1"


def test_a_password_is_kept_as_argon2id_with_nineteen_mebibytes(world):
    person = world.person()
    secret = world.db.scalars(
        select(Credential.secret).where(Credential.person_id == person.id)
    ).one()
    assert secret.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in secret


def test_a_hash_made_with_older_parameters_is_renewed_by_a_right_password(world, enter):
    person = world.person()
    old = passwords.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    credential = world.db.scalars(select(Credential).where(Credential.person_id == person.id)).one()
    world.set(credential, secret=old)
    enter(person)
    renewed = world.fresh(credential).secret
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(renewed, PASSWORD)


def test_five_wrong_passwords_a_minute_close_the_name_from_one_address(
    world, enter, clock, from_address
):
    clock.stop()
    person = world.person()
    name = world.sign_in_name(person)
    for _ in range(5):
        assert isinstance(attempt(name), Invalid)
    assert isinstance(attempt(name, PASSWORD), TooMany)
    ahead(clock, seconds=59)
    assert isinstance(attempt(name, PASSWORD), TooMany)
    ahead(clock, seconds=1)
    enter(person)


def test_the_owner_of_a_name_is_not_locked_out_by_a_stranger_elsewhere(world, enter, from_address):
    person = world.person()
    from_address("203.0.113.5")
    for _ in range(5):
        attempt(world.sign_in_name(person))
    from_address("192.0.2.10")
    enter(person)


def test_an_unknown_name_closes_like_a_known_one(engine):
    for _ in range(5):
        assert isinstance(attempt("nobody-here"), Invalid)
    assert isinstance(attempt("nobody-here"), TooMany)


def test_fifty_wrong_passwords_in_twelve_hours_close_the_name_from_one_address(world, clock):
    name = world.sign_in_name(world.person())
    clock.stop()
    fill(world, "password", f"{name}|192.0.2.10", 49)
    ahead(clock, minutes=2)
    assert isinstance(attempt(name), Invalid)
    ahead(clock, minutes=2)
    assert isinstance(attempt(name, PASSWORD), TooMany)
    ahead(clock, hours=12)
    assert service.sign_in(name, PASSWORD).stage == "credential"


def test_a_hundred_wrong_passwords_an_hour_close_the_address_for_every_name(
    world, clock, from_address
):
    clock.stop()
    fill(world, "password", "192.0.2.10", 99)
    assert isinstance(attempt("somebody-else"), Invalid)
    name = world.sign_in_name(world.person())
    assert isinstance(attempt(name, PASSWORD), TooMany)
    from_address("192.0.2.11")
    assert service.sign_in(name, PASSWORD).stage == "credential"


def fill(world, kind, subject, number):
    """So many events of a limit, just now."""
    world.db.execute(
        text(
            "INSERT INTO limit_event (kind, subject, at)"
            " SELECT :kind, :subject, guichet_now() FROM generate_series(1, :number)"
        ),
        {"kind": kind, "subject": subject, "number": number},
    )
    world.db.commit()


def test_a_right_password_ends_the_series_of_wrong_ones(world, enter, clock):
    person = world.person()
    clock.stop()
    for _ in range(3):
        for _ in range(4):
            attempt(world.sign_in_name(person))
        enter(person)
        ahead(clock, seconds=31)


def test_twenty_tries_at_once_are_five(world):
    name = world.sign_in_name(world.person())
    results = race(*[lambda: service.sign_in(name, WRONG_PASSWORD)] * 20)
    assert sum(isinstance(result, Invalid) for result in results) == 5
    assert sum(isinstance(result, TooMany) for result in results) == 15


def test_a_person_whose_access_is_closed_is_told_so_only_with_the_right_password(world):
    name = world.sign_in_name(world.person(state="disabled"))
    assert attempt(name).errors == {"": "credential"}
    assert attempt(name, PASSWORD).errors == {"": "access_closed"}


def test_a_password_is_compared_as_it_was_typed_spaces_and_case_too(world):
    person = world.person()
    assert attempt(world.sign_in_name(person), PASSWORD.upper()).errors == {"": "credential"}
    assert attempt(world.sign_in_name(person), f"{PASSWORD} ").errors == {"": "credential"}


# ── terms ───────────────────────────────────────────────────────────────────────────────


def test_the_portal_terms_are_accepted_at_every_sign_in_and_the_mfa_terms_once(world, full):
    person = world.person()
    full(person)
    full(person)
    kinds = session.scalars(
        select(TermsAcceptance.kind)
        .where(TermsAcceptance.person_id == person.id)
        .order_by(TermsAcceptance.id)
    ).all()
    assert kinds == ["mfa", "portal", "portal"]


def test_an_acceptance_keeps_version_language_time_and_session(world, full):
    person = world.person()
    step = full(person)
    row = session.scalars(
        select(TermsAcceptance).where(
            TermsAcceptance.person_id == person.id, TermsAcceptance.kind == "portal"
        )
    ).one()
    assert (row.version, row.language, row.session_id) == (1, "en", step.session_id)
    assert row.accepted_at is not None


@pytest.mark.parametrize("kind", ["portal", "mfa"])
def test_terms_are_not_accepted_before_the_code(world, enter, kind):
    step = enter(world.person())
    with pytest.raises(Conflict):
        service.accept_terms(step.session_id, kind, 1)


def test_the_portal_terms_do_not_open_the_session_before_the_mfa_terms(world, enter, code_of):
    step = enter(world.person())
    step = service.confirm_code(step.session_id, code_of(step.session_id))
    with pytest.raises(Conflict):
        service.accept_terms(step.session_id, "portal", 1)


def test_another_version_of_the_terms_than_the_one_in_force_is_not_accepted(world, enter, code_of):
    step = enter(world.person())
    step = service.confirm_code(step.session_id, code_of(step.session_id))
    with pytest.raises(Conflict):
        service.accept_terms(step.session_id, "mfa", 2)


def test_of_two_acceptances_at_the_same_instant_one_opens_the_session(world, enter, code_of):
    step = enter(world.person())
    step = service.confirm_code(step.session_id, code_of(step.session_id))
    results = race(*[lambda: service.accept_terms(step.session_id, "mfa", 1)] * 2)
    assert len(winners(results)) == 1
    assert isinstance(losers(results)[0], Conflict)


def test_a_full_session_is_written_down_with_its_last_sign_in(world, full):
    person = world.person()
    assert person.last_sign_in_at is None
    step = full(person)
    assert world.fresh(person).last_sign_in_at is not None
    assert step.stage == "full"


# ── the cookie's token ──────────────────────────────────────────────────────────────────


def test_the_token_is_new_at_every_stage_and_the_one_before_is_dead(world, enter, code_of):
    step = enter(world.person())
    tokens = [step.token]
    step = service.confirm_code(step.session_id, code_of(step.session_id))
    tokens.append(step.token)
    for kind in ("mfa", "portal"):
        step = service.accept_terms(step.session_id, kind, 1)
        tokens.append(step.token)
    assert len(set(tokens)) == 4
    assert [sessions.read(session, token) is not None for token in tokens] == [False] * 3 + [True]


def test_the_database_keeps_a_hash_of_the_token_only(world, full, owner_db):
    step = full(world.person())
    stored = owner_db.scalars(
        select(SignInSession.token_hash).where(SignInSession.id == step.session_id)
    ).one()
    assert stored == sessions.hash_of(step.token)
    assert step.token.encode() not in stored


def test_a_token_holds_two_hundred_and_fifty_six_random_bits(world, enter, clock):
    person = world.person()
    first = enter(person)
    ahead(clock, seconds=31)
    second = enter(person)
    assert first.token != second.token
    assert len(first.token) >= 43


@pytest.mark.parametrize(
    ("minutes", "lives"), [(14.99, True), (15, False)], ids=["before", "at the limit"]
)
def test_a_session_lives_fifteen_minutes_without_a_request(world, full, clock, minutes, lives):
    clock.stop()
    step = full(world.person())
    ahead(clock, minutes=minutes)
    seen = sessions.read(session, step.token)
    assert (seen.over is None) is lives
    assert lives or seen.over == "idle"


def test_a_session_lives_twelve_hours_however_busy(world, full, clock):
    clock.stop()
    step = full(world.person())
    for _ in range(72):
        seen = sessions.read(session, step.token)
        assert seen.over is None
        sessions.touch(seen)
        session.rollback()
        ahead(clock, minutes=10)
    assert sessions.read(session, step.token).over == "absolute"


def test_a_page_writes_the_last_activity_at_most_once_a_minute(world, full, clock, row_of):
    clock.stop()
    step = full(world.person())
    began = row_of(step.session_id).last_seen_at
    ahead(clock, seconds=59)
    sessions.touch(sessions.read(session, step.token))
    assert row_of(step.session_id).last_seen_at == began
    ahead(clock, seconds=1)
    sessions.touch(sessions.read(session, step.token))
    assert row_of(step.session_id).last_seen_at == clock.now()


def test_a_session_half_way_through_sign_in_is_idle_after_fifteen_minutes_too(
    world, enter, code_of, clock
):
    clock.stop()
    step = enter(world.person())
    ahead(clock, minutes=9)
    step = service.confirm_code(step.session_id, code_of(step.session_id))
    ahead(clock, minutes=15)
    with pytest.raises(Conflict):
        service.accept_terms(step.session_id, "mfa", 1)


def test_a_disabled_person_has_no_session_from_that_instant(world, full, acting):
    person, supervisor = world.person(), world.staff("supervisor")
    step = full(person)
    acting(supervisor)
    assert service.disable_person(supervisor.id, person.id, "Asked by the business") == 1
    assert sessions.read(session, step.token).over is not None


def test_disabling_straight_in_the_table_closes_the_session_as_well(world, full):
    person = world.person()
    step = full(person)
    world.set(person, state="disabled")
    assert sessions.read(session, step.token).over == "disabled"


def test_a_way_through_sign_in_that_led_nowhere_is_forgotten_a_day_later(
    world, enter, full, clock, mailbox, row_of
):
    clock.stop()
    person = world.person()
    complete = full(person)
    half_way = enter(person)
    decoy = service.request_reset("nobody-here")
    ahead(clock, hours=24)
    mailbox.run_scheduled("identity.prune")
    assert row_of(half_way.session_id) is not None
    ahead(clock, seconds=1)
    mailbox.run_scheduled("identity.prune")
    session.rollback()
    ids = (complete.session_id, half_way.session_id, decoy.session_id)
    assert [session.get(SignInSession, one) is not None for one in ids] == [True, False, False]
