"""One portal for all tests of faults: a start takes seconds, and a broken one must recover."""

from __future__ import annotations

import shutil
from contextlib import suppress

import pytest
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import OperationalError

from app.base import settings as base_settings
from tests.conftest import _values
from tests.faults.house import House
from tests.faults.post import until
from tests.support.signing import give_session
from tests.support.world import World


@pytest.fixture(scope="session")
def _house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    base_settings.install(
        _values(database_url="postgresql://nobody@localhost/none", anchor_dir="/")
    )
    try:
        house.start()
        house.serving = house.web()
        yield house
    finally:
        house.stop()
        shutil.rmtree(house.folder, ignore_errors=True)


@pytest.fixture
def house(_house):
    """The portal, serving, its mail server friendly, its queue empty; afterwards again so."""
    _house.post.behave()
    until(_house.revive, 30, _house.said)
    _house.ask("DELETE FROM procrastinate_jobs")
    yield _house
    for process in [p for p in _house.running if p not in {_house.serving, _house.working}]:
        _house.kill(process)


@pytest.fixture
def working(house):
    """A worker that works already, for those who do not break it."""
    if house.working is None or house.working.poll() is not None:
        house.working = house.worker()
    return house.working


@pytest.fixture
def idle(house):
    """Nobody works, until the test starts somebody."""
    if house.working is not None:
        house.kill(house.working)
        house.working = None


@pytest.fixture
def world(house):
    """People and accounts in its database."""
    engines = [
        create_engine(url, poolclass=pool.NullPool) for url in (house.app_url, house.owner_url)
    ]
    world = World(*engines)
    world._numbers = house.numbers  # its people stay: the next test's have other names
    yield world
    with suppress(OperationalError):  # a test that breaks every connection breaks this one
        world.close()


@pytest.fixture
def sign_in(house, world):
    """`sign_in(person)`: a browser in which this person is signed in."""

    def enter(person, lang="en"):
        browser = house.browser(lang)
        give_session(world, browser, person)
        return browser

    return enter


@pytest.fixture
def suspend(world, sign_in):
    """`suspend(3)`: the owner suspends so many people's access; returns their addresses.

    Each deed puts a notice and its mail's job in.
    """

    def do(number=1):
        account = world.account()
        browser = sign_in(world.owner(account))
        told = []
        for _ in range(number):
            person = world.person()
            member = world.member(account, 2, person)
            page = f"/a/{account.id}/users/{member.id}/suspend"
            browser.get(page).form(action=page).submit(expect=303)
            told.append(person.email)
        return told

    return do
