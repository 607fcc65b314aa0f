"""What the tests of authority share: the four roles by rank, and deeds with their messages."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

import app.correspondence.account  # noqa: F401  (deeds tell people through it)
from app.audit.models import Entry
from app.authority import registered  # noqa: F401  (the scopes)
from app.authority.models import Membership
from app.authority.service.naming import ThreeData
from app.correspondence.models import Notice


@pytest.fixture
def roles(world):
    """The program's role codes from the highest, whatever the definition calls them."""
    owner, proxy, full, administrator = (role.code for role in world.roles())
    return SimpleNamespace(owner=owner, proxy=proxy, full=full, administrator=administrator)


@pytest.fixture
def account(world):
    return world.account()


@pytest.fixture
def owner(world, account):
    return world.owner(account)


@pytest.fixture
def people(world, account):
    """Somebody in each role of the account, by role code."""
    return world.with_each_role(account)


@pytest.fixture
def notices(world):
    """`notices(person)`: the templates of what the person was told, oldest first."""

    def told(person):
        found = world.db.scalars(
            select(Notice.template).where(Notice.person_id == person.id).order_by(Notice.id)
        ).all()
        world.db.rollback()
        return list(found)

    return told


@pytest.fixture
def trail(world):
    """`trail(account)`: the events of the account, oldest first."""

    def events(account):
        found = world.db.scalars(
            select(Entry.event).where(Entry.account_id == account.id).order_by(Entry.seq)
        ).all()
        world.db.rollback()
        return list(found)

    return events


@pytest.fixture
def membership(world):
    """`membership(account, person)`: the live membership of the person, or None."""

    def find(account, person):
        found = world.db.scalars(
            select(Membership).where(
                Membership.account_id == account.id,
                Membership.person_id == person.id,
                Membership.status != "ended",
            )
        ).one_or_none()
        world.db.rollback()
        return found

    return find


def data_of(person, **other):
    """The three data of a person, some of them replaced."""
    known = {"urn": person.urn, "family_name": person.family_name, "email": person.email}
    return ThreeData(**(known | other))


@pytest.fixture
def statements():
    """`with statements(engine) as run`: the SQL that was sent, in order, without its values."""

    @contextmanager
    def listening(engine):
        run = []

        def keep(_connection, _cursor, statement, *_rest):
            run.append(statement)

        event.listen(engine, "before_cursor_execute", keep)
        try:
            yield run
        finally:
            event.remove(engine, "before_cursor_execute", keep)

    return listening
