"""Every step of sign-in stands in the trail, with who, from where, and no secret."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.base.db import session
from app.base.errors import Invalid, TooMany
from app.identity import service
from app.identity.models import Factor
from app.programs.limits import limits
from tests.identity.conftest import WRONG_PASSWORD, ahead
from tests.support.world import PASSWORD


@pytest.fixture
def entries(owner_engine):
    """`entries()`: the trail so far, oldest first."""

    def read():
        with owner_engine.connect() as connection:
            return connection.execute(text("SELECT * FROM audit.entry ORDER BY seq")).all()

    return read


def test_a_first_sign_in_leaves_one_entry_a_step(world, full, entries):
    person = world.person()
    before = len(entries())
    step = full(person)
    service.sign_out(step.session_id)
    found = entries()[before:]
    assert [entry.event for entry in found] == [
        "code.sent",
        "code.accepted",
        "terms.accepted",
        "terms.accepted",
        "session.begun",
        "session.signed_out",
    ]
    assert {entry.actor_id for entry in found} == {person.id}


def test_a_sign_up_tells_names_and_mailbox_only_beside_the_chain(engine, entries):
    service.sign_up(
        service.NewPerson(
            "Maëlle", "St-Pierre", "maelle.sp", "maelle@works.example", "fr", "Brume sur le lac"
        )
    )
    found = {entry.event: entry for entry in entries()}
    assert {"person.signed_up", "code.sent"} <= found.keys()
    chained = str([entry.changes for entry in found.values()])
    for private in ("Maëlle", "St-Pierre", "maelle", "works.example", "Brume"):
        assert private not in chained


def test_what_failed_stands_in_the_trail_too(world, enter, wrong_for, clock, entries):
    person = world.person()
    before = len(entries())
    with pytest.raises(Invalid):
        service.sign_in(world.sign_in_name(person), WRONG_PASSWORD)
    with pytest.raises(Invalid):
        service.sign_in("nobody-here", WRONG_PASSWORD)
    step = enter(person)
    with pytest.raises(Invalid):
        service.confirm_code(step.session_id, wrong_for(step.session_id))
    ahead(clock, seconds=31)
    found = entries()[before:]
    assert [(entry.event, entry.outcome, entry.actor_id) for entry in found] == [
        ("password.wrong", "failed", person.id),
        ("password.wrong", "failed", None),
        ("code.sent", "done", person.id),
        ("code.wrong", "failed", person.id),
    ]


def test_no_password_and_no_username_that_was_guessed_is_in_the_trail(world, enter, entries):
    with pytest.raises(Invalid):
        service.sign_in("a-guess-at-a-name", WRONG_PASSWORD)
    enter(world.person())
    session.rollback()
    told = str(entries())
    for secret in (WRONG_PASSWORD, PASSWORD, "a-guess-at-a-name"):
        assert secret not in told


def test_a_client_who_knocks_at_the_staff_s_door_is_written_down(world, client, sign_in, entries):
    person = world.person()
    sign_in(person)
    client.get("/staff/", expect=403)
    refusal = entries()[-1]
    assert (refusal.event, refusal.outcome, refusal.actor_id) == (
        "deed.refused",
        "refused",
        person.id,
    )


@pytest.fixture
def since(entries):
    """`since()`: event, person and facts of what the trail was told since the last time."""
    seen = [len(entries())]

    def read():
        found = entries()[seen[0] :]
        seen[0] += len(found)
        return [
            (entry.event, entry.actor_id, {k: after for k, (_, after) in entry.changes.items()})
            for entry in found
        ]

    return read


def _factor(world, person):
    return world.db.query(Factor).filter_by(person_id=person.id).one()


def refusal(person, purpose, reason):
    who = person.id if person else None
    return ("sign_in.refused", who, {"purpose": purpose, "reason": reason})


def test_a_sign_in_refused_for_too_many_tries_is_recorded_once_a_window(world, clock, since):
    person = world.person()
    ahead(clock)
    tries = limits().password_tries.short.tries

    def hammer(name: str) -> list:
        for number in range(tries + 3):
            with pytest.raises(TooMany if number >= tries else Invalid):
                service.sign_in(name, WRONG_PASSWORD)
        return [told for told in since() if told[0] != "password.wrong"]

    for name, who in ((world.sign_in_name(person), person.id), ("nobody-here", None)):
        ((event, actor, facts),) = hammer(name)
        assert (event, actor, facts["limit"]) == ("limit.reached", who, "password")
    ahead(clock, minutes=2)
    with pytest.raises(Invalid):
        service.sign_in(world.sign_in_name(person), WRONG_PASSWORD)
    assert [event for event, *_ in since()] == ["password.wrong"]


def test_the_address_that_tried_too_often_is_recorded_once_a_window(world, clock, since):
    ahead(clock)
    limit = limits().password_tries
    for number in range(limit.address.tries + 3):
        with pytest.raises((Invalid, TooMany)):
            service.sign_in(f"nobody-{number}", WRONG_PASSWORD)
    assert [event for event, *_ in since() if event != "password.wrong"] == ["limit.reached"]


def test_a_refused_resend_is_recorded(world, enter, clock, since):
    person = world.person()
    ahead(clock)
    step = enter(person)
    since()
    for _ in range(3):
        with pytest.raises(TooMany):
            service.send_new_code(step.session_id)
    ((event, who, facts),) = since()
    assert (event, who, facts["limit"]) == ("limit.reached", person.id, "resend")


def test_a_code_typed_after_the_last_try_is_recorded_once(world, enter, wrong_for, since):
    person = world.person()
    step = enter(person)
    wrong = wrong_for(step.session_id)
    since()
    for _ in range(limits().one_time_code.tries + 3):
        with pytest.raises(Invalid):
            service.confirm_code(step.session_id, wrong)
    told = [one for one in since() if one[0] != "code.wrong"]
    assert told == [refusal(person, "sign_in", "code_expired")]


@pytest.mark.parametrize(
    ("state", "reason"),
    [("disabled", "disabled"), ("locked", "locked"), ("factor", "factor_disabled")],
)
def test_the_right_password_of_who_may_not_sign_in_is_recorded_with_its_reason(
    world, enter, clock, since, state, reason
):
    person = world.person()
    if state == "disabled":
        world.set(world.fresh(person), state="disabled", disabled_at=clock.now())
    elif state == "locked":
        factor = _factor(world, person)
        world.set(factor, locked_until=clock.now().replace(year=clock.now().year + 1))
    else:
        world.set(_factor(world, person), disabled_at=clock.now())
    since()
    for _ in range(3):
        with pytest.raises((Invalid, TooMany)):
            enter(person)
    assert since() == [refusal(person, "sign_in", reason)]


def test_a_right_code_while_locked_is_recorded(world, enter, code_of, clock, since):
    person = world.person()
    step = enter(person)
    code = code_of(step.session_id)
    world.set(
        _factor(world, person),
        locked_until=clock.now().replace(year=clock.now().year + 1),
    )
    since()
    with pytest.raises(TooMany):
        service.confirm_code(step.session_id, code)
    assert since() == [refusal(person, "sign_in", "locked")]


def test_a_reset_that_sends_nothing_is_recorded_with_its_reason(world, clock, since):
    """Known or not, asking for a reset leaves one entry: neither time nor trail differ."""
    known, disabled = world.person(), world.person(state="disabled")
    since()
    service.request_reset(world.sign_in_name(known))
    service.request_reset("nobody-here")
    service.request_reset("nobody-here")
    service.request_reset(world.sign_in_name(disabled))
    told = since()
    assert [event for event, *_ in told] == ["code.sent", "sign_in.refused", "sign_in.refused"]
    assert told[1:] == [
        refusal(None, "password_reset", "unknown_name"),
        refusal(disabled, "password_reset", "disabled"),
    ]


def test_a_wrong_code_at_a_reset_leaves_one_entry_known_or_not(world, since):
    person = world.person()
    for name, who in ((world.sign_in_name(person), person.id), ("nobody-here", None)):
        step = service.request_reset(name)
        since()
        with pytest.raises(Invalid):
            service.confirm_reset(step.session_id, "00000x")
        ((event, actor, facts),) = since()
        assert (event, actor, facts["purpose"]) == ("code.wrong", who, "password_reset")


def test_a_right_code_before_the_terms_are_accepted_is_recorded(world, enter, code_of, since):
    person = world.person()
    step = enter(person)
    since()
    service.confirm_code(step.session_id, code_of(step.session_id))
    assert since() == [("code.accepted", person.id, {"purpose": "sign_in"})]


def test_the_code_of_a_reset_is_recorded_when_it_is_accepted(world, code_of, since):
    person = world.person()
    step = service.request_reset(world.sign_in_name(person))
    since()
    service.confirm_reset(step.session_id, code_of(step.session_id))
    assert since() == [("code.accepted", person.id, {"purpose": "password_reset"})]
