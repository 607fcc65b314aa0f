"""My account: details, sessions, a fresh code; and what staff do for somebody's sign-in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.authority.step_up import require_step_up
from app.base.context import Origin, set_origin
from app.base.db import User, session
from app.base.errors import Conflict, Invalid, NotFound, Refused, StepUpNeeded, TooMany
from app.correspondence.models import Notice
from app.identity import queries, service, sessions
from app.parties.models import Party
from tests.identity.conftest import ahead


def details(**changes):
    told = {"given_name": "Zoé", "family_name": "Ng", "phone": "819 555-0142", "language": "fr"}
    return service.Details(**(told | changes))


# ── details ─────────────────────────────────────────────────────────────────────────────


def test_a_person_keeps_their_own_details(world, acting):
    person = world.person("Ann", "Roy")
    acting(person)
    service.update_details(person.id, details(), person.row_version)
    after = world.fresh(person)
    assert (after.given_name, after.family_name) == ("Zoé", "Ng")
    assert (after.phone, after.language) == ("+18195550142", "fr")
    assert session.get_one(Party, person.id).name == "Zoé Ng"
    assert session.get_one(User, person.user_id).last_name == "Ng"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", None),
        ("(819) 555-0142", "+18195550142"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("1-800-622-6232", "+18006226232"),
    ],
)
def test_a_telephone_number_is_kept_in_one_form(world, acting, typed, kept):
    person = world.person()
    acting(person)
    service.update_details(person.id, details(phone=typed), person.row_version)
    assert world.fresh(person).phone == kept


@pytest.mark.parametrize("typed", ["12", "call me", "555-0142", "+999 1"])
def test_what_is_no_telephone_number_is_refused(world, acting, typed):
    person = world.person()
    acting(person)
    with pytest.raises(Invalid) as caught:
        service.update_details(person.id, details(phone=typed), person.row_version)
    assert caught.value.errors == {"phone": "phone"}


def test_details_that_were_saved_elsewhere_meanwhile_are_not_overwritten(world, acting):
    person = world.person()
    acting(person)
    version = person.row_version
    service.update_details(person.id, details(), version)
    with pytest.raises(Conflict):
        service.update_details(person.id, details(given_name="Max"), version)
    assert world.fresh(person).given_name == "Zoé"


def test_a_person_s_changes_stand_in_the_trail_with_what_was_before(world, acting, owner_db):
    from sqlalchemy import text

    person = world.person("Ann", "Roy", language="en")
    acting(person)
    service.update_details(person.id, details(phone=""), person.row_version)
    entry = owner_db.execute(
        text("SELECT * FROM audit.entry WHERE event = 'person.details_changed'")
    ).one()
    assert entry.changes["language"] == ["en", "fr"]
    assert "given_name" not in entry.changes


# ── sessions ────────────────────────────────────────────────────────────────────────────


def test_a_person_sees_their_own_open_sessions_only(world, full, enter, clock):
    person = world.person()
    mine = {full(person).session_id, full(person).session_id}
    enter(person)
    full(world.person())
    assert {row.id for row in queries.my_sessions(session, person.id)} == mine
    ahead(clock, minutes=15)
    assert queries.my_sessions(session, person.id) == []


def test_a_person_ends_one_of_their_sessions(world, full, acting):
    person = world.person()
    kept, ended = full(person), full(person)
    acting(person)
    service.end_session(person.id, ended.session_id)
    assert sessions.read(session, ended.token).over == "by_person"
    assert sessions.read(session, kept.token).over is None


def test_nobody_ends_or_sees_the_session_of_somebody_else(world, full, acting):
    step, other = full(world.person()), world.person()
    acting(other)
    with pytest.raises(NotFound):
        service.end_session(other.id, step.session_id)
    assert sessions.read(session, step.token).over is None


def test_all_other_sessions_end_and_this_one_stays(world, full, acting):
    person = world.person()
    first, second, mine = full(person), full(person), full(person)
    stranger = full(world.person())
    acting(person)
    assert service.end_other_sessions(person.id, mine.session_id) == 2
    over = [sessions.read(session, s.token).over for s in (first, second, mine, stranger)]
    assert over == ["by_person", "by_person", None, None]


# ── a fresh code ────────────────────────────────────────────────────────────────────────


def needs_code():
    session.rollback()
    try:
        require_step_up(session)
    except StepUpNeeded:
        return True
    return False


def act_in(person, step):
    session.rollback()
    row = sessions.read(session, step.token).row
    set_origin(
        Origin(person_id=person.id, session_id=row.id, code_verified_at=row.code_verified_at)
    )


@pytest.mark.parametrize(("minutes", "asked"), [(20, False), (20.01, True)])
def test_a_code_counts_as_fresh_for_twenty_minutes(world, full, clock, minutes, asked):
    clock.stop()
    person = world.person()
    step = full(person)
    act_in(person, step)
    ahead(clock, minutes=minutes)
    assert needs_code() is asked


def test_a_new_code_makes_the_session_fresh_again_under_a_new_token(
    world, full, code_of, clock, row_of
):
    clock.stop()
    person = world.person()
    step = full(person)
    ahead(clock, minutes=10)
    sessions.touch(sessions.read(session, step.token))
    session.rollback()
    ahead(clock, minutes=11)
    act_in(person, step)
    assert needs_code()
    service.begin_step_up(person.id, step.session_id)
    fresh = service.confirm_step_up(step.session_id, code_of(step.session_id))
    assert fresh.token != step.token
    assert sessions.read(session, step.token) is None
    act_in(person, fresh)
    assert not needs_code()
    assert row_of(step.session_id).code_verified_at == clock.now()


def test_wrong_codes_at_a_step_up_lock_the_account_like_any_other(
    world, full, wrong_for, clock, factor_of
):
    person = world.person()
    step = full(person)
    for _ in range(2):
        ahead(clock, seconds=31)
        service.begin_step_up(person.id, step.session_id)
        for _ in range(5):
            with pytest.raises(Invalid):
                service.confirm_step_up(step.session_id, wrong_for(step.session_id))
    assert factor_of(person).locked_until is not None
    ahead(clock, seconds=31)
    with pytest.raises(TooMany):
        service.begin_step_up(person.id, step.session_id)


def test_the_code_of_a_sign_in_is_no_fresh_code(world, full, enter, code_of, clock):
    person = world.person()
    step = full(person)
    other = enter(person)
    with pytest.raises(Invalid):
        service.confirm_step_up(step.session_id, code_of(other.session_id))


# ── staff ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def staff(world, acting):
    """`staff("supervisor")`: somebody of this kind, who acts from here on."""

    def begin(kind):
        person = world.staff(kind)
        acting(person)
        return person

    return begin


@pytest.mark.parametrize("kind", ["technical_support", "supervisor", "administrator"])
def test_support_opens_a_locked_account_again(
    world, enter, wrong_for, staff, clock, factor_of, kind
):
    person = world.person()
    factor = factor_of(person)
    world.set(
        world.db.get_one(type(factor), factor.id),
        locked_until=world.now().replace(year=2099),
        in_all=40,
        locks=3,
    )
    helper = staff(kind)
    service.unlock_person(helper.id, person.id, "Called back at the number on file")
    after = factor_of(person)
    assert (after.locked_until, after.in_a_row, after.in_all, after.locks) == (None, 0, 0, 0)


@pytest.mark.parametrize("kind", ["program_officer", "auditor"])
def test_no_other_staff_open_a_locked_account(world, staff, kind):
    person, officer = world.person(), staff(kind)
    with pytest.raises(Refused):
        service.unlock_person(officer.id, person.id, "I was asked to")


@pytest.mark.parametrize("kind", ["program_officer", "auditor", "technical_support"])
def test_few_staff_close_the_portal_to_somebody(world, staff, kind):
    person, officer = world.person(), staff(kind)
    with pytest.raises(Refused):
        service.disable_person(officer.id, person.id, "I was asked to")
    assert world.fresh(person).state == "active"


def test_nobody_unlocks_or_closes_their_own_access(world, staff):
    boss = staff("supervisor")
    for deed in (service.unlock_person, service.disable_person):
        with pytest.raises(Refused):
            deed(boss.id, boss.id, "It is me")


def test_staff_of_another_program_do_not_even_know_the_person(world, acting):
    account = world.account()
    person = world.owner(account)
    stranger = world.staff("supervisor", world.other_program())
    acting(stranger)
    with pytest.raises(NotFound):
        service.disable_person(stranger.id, person.id, "Somebody else's business")


def test_closed_access_ends_sessions_is_told_and_can_be_opened_again(
    world, full, enter, staff, clock
):
    person = world.person()
    step = full(person)
    boss = staff("supervisor")
    assert service.disable_person(boss.id, person.id, "Asked by the business") == 1
    assert sessions.read(session, step.token).over == "disabled"
    with pytest.raises(Invalid):
        enter(person)
    service.enable_person(boss.id, person.id, "Asked by the business")
    told = session.scalars(
        select(Notice.template).where(Notice.person_id == person.id).order_by(Notice.id)
    ).all()
    assert told[-2:] == ["access_disabled", "access_enabled"]
    assert enter(person).stage == "credential"


def test_access_is_closed_once(world, staff):
    person, boss = world.person(), staff("supervisor")
    service.disable_person(boss.id, person.id, "First")
    with pytest.raises(Conflict):
        service.disable_person(boss.id, person.id, "Again")
    service.enable_person(boss.id, person.id, "First")
    with pytest.raises(Conflict):
        service.enable_person(boss.id, person.id, "Again")


def test_support_ends_somebody_s_session_and_an_auditor_does_not(world, full, acting):
    step = full(world.person())
    for kind, ends in (("auditor", False), ("technical_support", True)):
        helper = world.staff(kind)
        acting(helper)
        if ends:
            service.end_session(helper.id, step.session_id, action="staff.sessions.end")
        else:
            with pytest.raises(Refused):
                service.end_session(helper.id, step.session_id, action="staff.sessions.end")
    assert sessions.read(session, step.token).over == "by_staff"
