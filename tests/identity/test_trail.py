"""Every step of sign-in stands in the trail, with who, from where, and no secret."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.base.db import session
from app.base.errors import Invalid
from app.identity import service
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
