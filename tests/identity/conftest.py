"""What the tests of sign-in share: people on their way in, and the codes they would receive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.base.context import Origin, origin, set_origin
from app.base.db import session
from app.identity import codes, service
from app.identity.models import Challenge, Factor, SignInSession
from app.parties.models import Person
from tests.support.world import PASSWORD

WRONG_PASSWORD = "Not the one, whoever you are"


def ahead(clock, **length: float) -> None:
    """Move the clock on and let it stand still there: a boundary is one instant."""
    clock.stop(clock.now() + timedelta(**length))


@pytest.fixture(autouse=True)
def _somewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """A visitor's browser, at one address."""
    if "settings" in request.fixturenames:
        request.getfixturevalue("settings")  # it begins from nowhere
    before = origin()
    set_origin(Origin(address="192.0.2.10", request_id="test", language="en"))
    yield
    set_origin(before)


@pytest.fixture
def from_address() -> Callable[[str], None]:
    """`from_address("192.0.2.99")`: what follows comes from there."""
    return lambda address: set_origin(replace(origin(), address=address))


@pytest.fixture
def code_of(engine) -> Callable[[int], str]:
    """`code_of(session_id)`: the code that was sent last for this session."""

    def find(session_id: int) -> str:
        session.rollback()
        challenge = codes.current_of(session, session_id)
        assert challenge is not None, "no code waits"
        code = codes.code_of(challenge)
        assert code is not None
        session.rollback()
        return code

    return find


@pytest.fixture
def wrong_for(code_of) -> Callable[[int], str]:
    """`wrong_for(session_id)`: six digits that are not the code."""
    return lambda session_id: f"{(int(code_of(session_id)) + 1) % 1_000_000:06}"


@pytest.fixture
def enter(world) -> Callable[..., service.Step]:
    """`enter(person)`: name and password are right; a code was sent."""

    def sign_in(person: Person, password: str = PASSWORD, **options: object) -> service.Step:
        return service.sign_in(world.sign_in_name(person), password, **options)

    return sign_in


@pytest.fixture
def full(enter, code_of) -> Callable[..., service.Step]:
    """`full(person)`: signed in whole, through every deed."""

    def sign_in(person: Person, password: str = PASSWORD) -> service.Step:
        step = enter(person, password)
        step = service.confirm_code(step.session_id, code_of(step.session_id))
        while step.stage == "code":
            kind = service.pending_terms(session, person.id)
            version = service.terms_of(kind).version
            step = service.accept_terms(step.session_id, kind, version)
        return step

    return sign_in


@pytest.fixture
def row_of(engine) -> Callable[[int], SignInSession]:
    """`row_of(session_id)`: the session's row as it is now."""

    def find(session_id: int) -> SignInSession:
        session.rollback()
        session.expire_all()
        return session.get_one(SignInSession, session_id)

    return find


@pytest.fixture
def factor_of(engine) -> Callable[[Person], Factor]:
    """`factor_of(person)`: the counts of failures as they are now."""

    def find(person: Person) -> Factor:
        session.rollback()
        session.expire_all()
        return session.scalars(select(Factor).where(Factor.person_id == person.id)).one()

    return find


@pytest.fixture
def challenges_of(engine) -> Callable[[int], list[Challenge]]:
    """`challenges_of(session_id)`: every challenge of a session, oldest first."""

    def find(session_id: int) -> list[Challenge]:
        session.rollback()
        session.expire_all()
        wanted = select(Challenge).where(Challenge.session_id == session_id)
        return list(session.scalars(wanted.order_by(Challenge.made_at)))

    return find
