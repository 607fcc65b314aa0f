"""One-time codes: what they open, how often they may be tried, and that nobody keeps them."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.base.db import session
from app.base.errors import Conflict, Invalid, TooMany
from app.correspondence.models import Notice
from app.identity import codes, service, sessions
from app.identity.models import Challenge
from tests.identity.conftest import ahead
from tests.support.race import losers, race, winners


def errors_of(caught):
    return caught.value.errors["code"]


def fail(session_id, wrong):
    """One wrong try; returns what it raised."""
    with pytest.raises((Invalid, TooMany)) as caught:
        service.confirm_code(session_id, wrong)
    return caught.value


# ── what a code is ──────────────────────────────────────────────────────────────────────


@pytest.fixture
def challenge(settings_once):
    return Challenge(
        id=uuid.uuid4(), person_id=7, purpose="sign_in", session_id=9, key_id="test", mailbox="x"
    )


@given(identity=st.uuids(), person=st.integers(1, 10**12), place=st.integers(1, 10**12))
def test_a_code_is_six_digits_whatever_it_is_made_from(settings_once, identity, person, place):
    made = Challenge(
        id=identity, person_id=person, purpose="sign_in", session_id=place, key_id="test"
    )
    code = codes.code_of(made)
    assert code is not None
    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()
    assert codes.code_of(made) == code


@pytest.fixture(scope="module")
def settings_once():
    """Settings for the tests of pure derivation, which hypothesis runs many times."""
    from app.base import settings as base_settings
    from tests.conftest import _values

    values = _values(database_url="postgresql://nobody@localhost/nothing", anchor_dir="/nowhere")
    base_settings.install(values)
    return values


@pytest.mark.parametrize(
    ("field", "other"), [("person_id", 8), ("purpose", "step_up"), ("session_id", 10)]
)
def test_a_code_is_bound_to_person_purpose_and_session(challenge, field, other):
    before = {codes.code_of(challenge)}
    # One digit in a million may be equal by chance, so several ids are compared.
    same = 0
    for _ in range(5):
        challenge.id = uuid.uuid4()
        setattr(challenge, field, other)
        moved = codes.code_of(challenge)
        setattr(challenge, field, {"person_id": 7, "purpose": "sign_in", "session_id": 9}[field])
        same += moved == codes.code_of(challenge)
    assert before
    assert same <= 1


def test_a_code_whose_key_was_withdrawn_opens_nothing(challenge):
    challenge.key_id = "withdrawn"
    assert codes.code_of(challenge) is None


# ── how often it may be tried ───────────────────────────────────────────────────────────


def test_the_right_code_opens_the_next_step_once(world, enter, code_of):
    step = enter(world.person())
    code = code_of(step.session_id)
    assert service.confirm_code(step.session_id, code).stage == "code"
    with pytest.raises((Invalid, Conflict)):
        service.confirm_code(step.session_id, code)


def test_five_wrong_tries_end_a_code_even_for_the_right_one(world, enter, code_of, wrong_for):
    step = enter(world.person())
    right, wrong = code_of(step.session_id), wrong_for(step.session_id)
    left = [fail(step.session_id, wrong).values.get("left") for _ in range(5)]
    assert left == [4, 3, 2, 1, 0]
    assert fail(step.session_id, right).errors == {"code": "code_expired"}


def test_the_fifth_try_may_still_be_the_right_one(world, enter, code_of, wrong_for):
    step = enter(world.person())
    for _ in range(4):
        fail(step.session_id, wrong_for(step.session_id))
    assert service.confirm_code(step.session_id, code_of(step.session_id)).stage == "code"


@pytest.mark.parametrize(("minutes", "opens"), [(9.9, True), (10, False)])
def test_a_code_lives_ten_minutes(world, enter, code_of, clock, minutes, opens):
    clock.stop()
    step = enter(world.person())
    code = code_of(step.session_id)
    ahead(clock, minutes=minutes)
    if opens:
        assert service.confirm_code(step.session_id, code).stage == "code"
    else:
        assert fail(step.session_id, code).errors == {"code": "code_expired"}


def test_a_new_code_ends_the_one_before(world, enter, code_of, clock):
    step = enter(world.person())
    first = code_of(step.session_id)
    ahead(clock, seconds=31)
    service.send_new_code(step.session_id)
    second = code_of(step.session_id)
    if first != second:
        assert fail(step.session_id, first).errors == {"code": "code_mismatch"}
    assert service.confirm_code(step.session_id, second).stage == "code"


def test_a_code_opens_only_the_session_that_asked_for_it(world, enter, code_of, clock):
    person = world.person()
    mine = enter(person)
    ahead(clock, seconds=31)
    other = enter(person)
    code = code_of(mine.session_id)
    if code != code_of(other.session_id):
        assert fail(other.session_id, code).errors == {"code": "code_mismatch"}
    assert service.confirm_code(mine.session_id, code).stage == "code"


def test_of_two_who_enter_one_code_at_the_same_instant_one_wins(world, enter, code_of):
    step = enter(world.person())
    code = code_of(step.session_id)
    results = race(*[lambda: service.confirm_code(step.session_id, code)] * 2)
    assert len(winners(results)) == 1
    assert isinstance(losers(results)[0], Invalid | Conflict)


def test_fifty_wrong_tries_at_once_count_as_five(world, enter, wrong_for, challenges_of, factor_of):
    person = world.person()
    step = enter(person)
    wrong = wrong_for(step.session_id)
    results = race(*[lambda: service.confirm_code(step.session_id, wrong)] * 50)
    compared = [r for r in results if r.errors == {"code": "code_mismatch"} or "left" in r.values]
    assert len(compared) == 5
    assert challenges_of(step.session_id)[0].tries == 5
    assert factor_of(person).in_all == 5


def test_a_rolled_back_deed_gives_no_try_back(world, enter, code_of, challenges_of, monkeypatch):
    step = enter(world.person())

    def break_down(*_args):
        raise RuntimeError("the deed fails")

    monkeypatch.setattr("app.identity.codes.consume", break_down)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            service.confirm_code(step.session_id, code_of(step.session_id))
    assert challenges_of(step.session_id)[0].tries == 3


# ── ten in a row, a hundred in all ──────────────────────────────────────────────────────


def spoil(enter, wrong_for, clock, person, tries):
    """So many wrong tries, over as many codes as that takes; returns the last session."""
    step = None
    for number in range(tries):
        if step is None or number % 5 == 0:
            ahead(clock, minutes=13)
            step = enter(person)
            wrong = wrong_for(step.session_id)
        fail(step.session_id, wrong)
    return step


def test_ten_wrong_tries_in_a_row_lock_the_account_over_all_its_codes(
    world, enter, wrong_for, clock, factor_of
):
    person = world.person()
    spoil(enter, wrong_for, clock, person, 9)
    assert factor_of(person).locked_until is None
    clock.stop()
    step = enter_after_gap(enter, clock, person)
    fail(step.session_id, wrong_for(step.session_id))
    locked = factor_of(person)
    assert locked.locked_until - clock.now() == timedelta(minutes=15)
    with pytest.raises(TooMany) as caught:
        enter_after_gap(enter, clock, person, seconds=31)
    assert caught.value.retry_at == locked.locked_until


def enter_after_gap(enter, clock, person, **gap):
    ahead(clock, **(gap or {"minutes": 13}))
    return enter(person)


def test_while_locked_the_right_code_opens_nothing(world, enter, code_of, wrong_for, clock):
    person = world.person()
    waiting = spoil(enter, wrong_for, clock, person, 5)
    ahead(clock, minutes=13)
    waiting = enter(person)
    code = code_of(waiting.session_id)
    ahead(clock, seconds=31)
    other = enter(person)
    wrong = wrong_for(other.session_id)
    for _ in range(5):
        fail(other.session_id, wrong)
    with pytest.raises(TooMany):
        service.confirm_code(waiting.session_id, code)


def test_each_lock_lasts_twice_as_long_and_a_success_begins_anew(
    world, enter, code_of, wrong_for, clock, factor_of
):
    person = world.person()
    clock.stop()
    lengths = []
    for _ in range(2):
        spoil(enter, wrong_for, clock, person, 10)
        lengths.append(factor_of(person).locked_until - clock.now())
        ahead(clock, seconds=lengths[-1].total_seconds())
    assert lengths == [timedelta(minutes=15), timedelta(minutes=30)]
    ahead(clock, minutes=13)
    step = enter(person)
    service.confirm_code(step.session_id, code_of(step.session_id))
    factor = factor_of(person)
    assert (factor.in_a_row, factor.locks, factor.locked_until) == (0, 0, None)
    assert factor.in_all == 20


def test_a_lock_is_told_by_email(world, enter, wrong_for, clock, mailbox):
    person = world.person()
    spoil(enter, wrong_for, clock, person, 10)
    subjects = [mail.subject for mail in mailbox.all(person.email)]
    assert "Your account is locked for a while" in subjects


def test_a_hundred_wrong_tries_in_all_close_the_factor_until_staff_help(
    world, enter, wrong_for, code_of, clock, factor_of, acting
):
    person = world.person()
    world.set(world.fresh(factor_row(world, person)), in_all=99, in_a_row=3)
    step = enter(person)
    fail(step.session_id, wrong_for(step.session_id))
    assert factor_of(person).disabled_at is not None
    ahead(clock, days=300)
    with pytest.raises(Invalid) as caught:
        enter(person)
    assert caught.value.errors == {"": "factor_disabled"}
    helper = world.staff("technical_support")
    acting(helper)
    service.unlock_person(helper.id, person.id, "Called back at the number on file")
    step = enter(person)
    assert service.confirm_code(step.session_id, code_of(step.session_id)).stage == "code"


def test_the_ninety_ninth_failure_disables_nothing(world, enter, wrong_for, factor_of):
    person = world.person()
    world.set(world.fresh(factor_row(world, person)), in_all=98, in_a_row=3)
    step = enter(person)
    fail(step.session_id, wrong_for(step.session_id))
    assert factor_of(person).disabled_at is None


def factor_row(world, person):
    from app.identity.models import Factor

    return world.db.scalars(select(Factor).where(Factor.person_id == person.id)).one()


def test_a_request_killed_between_counting_and_locking_gives_no_eleventh_try(
    world, enter, code_of, clock, factor_of
):
    person = world.person()
    step = enter(person)
    world.set(world.fresh(factor_row(world, person)), in_a_row=10, in_all=10)
    with pytest.raises(TooMany):
        service.confirm_code(step.session_id, code_of(step.session_id))
    assert factor_of(person).locked_until is not None


# ── whatever is done, in whatever order ─────────────────────────────────────────────────


class Reference:
    """What the rules allow, in plain Python: minutes, tries, and nothing else."""

    def __init__(self):
        self.tries, self.age, self.in_a_row, self.locked, self.open = 0, 0, 0, 0, False

    def wait(self, minutes):
        self.age += minutes
        self.locked = max(0, self.locked - minutes)

    def renew(self):
        self.tries, self.age = 0, 0

    def enter(self, right):
        """What the portal must answer, and what becomes of the counts."""
        if self.tries == 5 or self.age >= 10:
            return "expired"
        self.tries += 1
        if self.locked:
            return "locked"
        self.in_a_row += 1
        if right:
            self.open = True
            return "opens"
        if self.in_a_row == 10:
            self.in_a_row, self.locked = 0, 15
        return "expired" if self.tries == 5 else "mismatch"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(deeds=st.lists(st.sampled_from(["wrong", "wrong", "right", "again", "wait"]), max_size=16))
def test_no_order_of_tries_new_codes_and_waiting_gives_more_than_the_rules(
    world, enter, code_of, wrong_for, clock, deeds
):
    clock.stop()
    step, rules = enter(world.person()), Reference()
    for deed in deeds:
        if deed in {"wait", "again"}:
            ahead(clock, minutes=4)
            rules.wait(4)
            touch(step)
            if deed == "again" and sends(step):
                rules.renew()
        else:
            expected = rules.enter(deed == "right")
            assert outcome(step.session_id, deed, code_of, wrong_for) == expected
        if rules.open:
            break


def sends(step):
    """Whether another code was sent: five an hour are."""
    try:
        service.send_new_code(step.session_id)
    except TooMany:
        return False
    return True


def touch(step):
    """The page stays open: only the code grows old."""
    session.rollback()
    sessions.touch(sessions.read(session, step.token), at_once=True)
    session.rollback()


def outcome(session_id, deed, code_of, wrong_for):
    typed = code_of(session_id) if deed == "right" else wrong_for(session_id)
    try:
        service.confirm_code(session_id, typed)
    except TooMany:
        return "locked"
    except Invalid as error:
        return error.errors["code"].removeprefix("code_")
    return "opens"


# ── how often it is sent ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("seconds", "sends"), [(29, False), (30, True)])
def test_a_new_code_can_be_asked_for_after_thirty_seconds(world, enter, clock, seconds, sends):
    clock.stop()
    step = enter(world.person())
    ahead(clock, seconds=seconds)
    if sends:
        service.send_new_code(step.session_id)
    else:
        with pytest.raises(TooMany) as caught:
            service.send_new_code(step.session_id)
        assert caught.value.retry_at - clock.now() == timedelta(seconds=1)


def test_five_codes_an_hour_are_sent_to_an_account(world, enter, clock):
    clock.stop()
    step = enter(world.person())
    for _ in range(4):
        ahead(clock, minutes=2)
        service.send_new_code(step.session_id)
    ahead(clock, minutes=2)
    with pytest.raises(TooMany):
        service.send_new_code(step.session_id)


def test_ten_codes_a_day_are_sent_to_an_account(world, enter, clock):
    clock.stop()
    person = world.person()
    for _ in range(10):
        enter(person)
        ahead(clock, minutes=16)
    with pytest.raises(TooMany):
        enter(person)
    ahead(clock, hours=22)
    enter(person)


def test_colleagues_share_the_hourly_number_of_their_mailbox_but_not_the_gap(world, enter, clock):
    people = [world.person(email="Team@works.example") for _ in range(6)]
    for person in people[:5]:
        enter(person)
    with pytest.raises(TooMany):
        enter(people[5])


def test_a_code_refused_within_the_gap_uses_up_nothing_of_the_mailbox(world, enter, clock):
    """Found by the histories: five clicks in half a minute shut a shared mailbox for an hour."""
    clock.stop()
    hasty, colleague = world.people(2)
    for person in (hasty, colleague):
        world.set(person, email="team@works.example", email_folded="team@works.example")
    step = enter(hasty)
    for _ in range(5):
        with pytest.raises(TooMany) as caught:
            service.send_new_code(step.session_id)
        assert caught.value.retry_at - clock.now() == timedelta(seconds=30)
    enter(colleague)
    ahead(clock, seconds=30)
    service.send_new_code(step.session_id)


def test_a_code_that_is_used_does_not_count_against_the_next_sign_in(world, full):
    person = world.person()
    for _ in range(12):
        full(person)


# ── nobody keeps it ─────────────────────────────────────────────────────────────────────


def test_no_table_and_no_job_holds_the_code(world, enter, code_of, mailbox, owner_engine):
    person = world.person()
    step = enter(person)
    code = code_of(step.session_id)
    found = everything(owner_engine)
    assert code not in found
    assert mailbox.code_for(person.email) == code
    assert code not in everything(owner_engine)


def everything(owner_engine) -> str:
    """Every row of every table, as text, numbers of rows and times left out."""
    with owner_engine.connect() as connection:
        tables = connection.execute(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        ).scalars()
        rows = [
            str(row)
            for table in tables
            for row in connection.execute(
                text(
                    f"SELECT regexp_replace(to_jsonb(t)::text,"
                    f" '\\d{{4}}-\\d\\d-\\d\\dT[0-9:.+]+|[0-9a-f]{{8}}-[0-9a-f-]{{27}}"
                    f"|[0-9a-f]{{40,}}', '', 'g') FROM {table} t"
                )
            ).scalars()
        ]
    return "\n".join(rows)


def test_the_log_never_holds_a_code(world, enter, code_of, mailbox, caplog):
    caplog.set_level("DEBUG")
    logging.getLogger("app.identity").debug("listening")
    person = world.person()
    step = enter(person)
    code = code_of(step.session_id)
    mailbox.run_jobs()
    service.confirm_code(step.session_id, code)
    ours = [one.getMessage() for one in caplog.records if one.name != "mail.log"]  # the test’s SMTP
    assert "listening" in ours
    assert code not in "\n".join(ours)


def test_a_notice_about_a_lock_holds_no_secret(world, enter, wrong_for, clock):
    person = world.person()
    spoil(enter, wrong_for, clock, person, 10)
    notice = session.scalars(select(Notice).where(Notice.person_id == person.id)).one()
    assert set(notice.facts) == {"locked_until"}
