"""Two deeds on one sign-in at the same instant: one is done, and neither breaks."""

from __future__ import annotations

import pytest

from app.base.db import session
from app.base.errors import Conflict
from app.identity import service
from app.identity.models import SignInSession
from app.identity.service import Details
from tests.support.race import race


@pytest.fixture
def living(app, world, sign_in):
    """A person's complete session, and nobody's connection in between."""

    def begin():
        person = world.person()
        return person, sign_in(person)

    return begin


def test_a_session_that_ends_twice_at_once_has_ended_once(app, world, living):
    for _ in range(5):
        person, row = living()
        who, key = person.id, row.id
        results = race(
            lambda: service.sign_out(key),  # noqa: B023
            lambda: service.sign_out(key),  # noqa: B023
            lambda: service.end_session(who, key),  # noqa: B023
            lambda: service.replace(key),  # noqa: B023
        )
        assert results == [None] * 4
        assert world.fresh(row).ended_at is not None


def test_signing_out_while_everything_else_is_ended_breaks_neither(app, world, sign_in):
    for _ in range(5):
        person = world.person()
        here, there = sign_in(person), sign_in(person)
        who, mine, other = person.id, here.id, there.id
        results = race(
            lambda: service.sign_out(other),  # noqa: B023
            lambda: service.end_other_sessions(who, mine),  # noqa: B023
        )
        assert [one for one in results if isinstance(one, Exception)] == []
        assert world.fresh(there).ended_at is not None
        assert world.fresh(here).ended_at is None


def test_of_two_forms_saved_at_once_one_is_stale(app, world, living):
    """Both were drawn from the same version; neither is lost without a word, none breaks."""
    for _ in range(5):
        person, _row = living()
        who, version = person.id, person.row_version

        def save(name: str, who: int = who, version: int = version) -> None:
            service.update_details(who, Details("Ann", name, "", "en"), version)

        results = race(lambda: save("First"), lambda: save("Second"))
        told = [one for one in results if isinstance(one, Exception)]
        assert len(told) == 1
        assert isinstance(told[0], Conflict)


def test_ending_a_session_keeps_its_first_reason(app, world, living):
    _person, row = living()
    service.replace(row.id)
    service.sign_out(row.id)
    assert world.fresh(row).end_reason == "replaced"
    with app.app_context():
        assert session.get(SignInSession, row.id).end_reason == "replaced"
        session.remove()
