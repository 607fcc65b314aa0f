"""A portal with somebody of every kind in it, copied anew for whatever an attack may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from tests.security.canaries import release
from tests.support.database import Databases, plain_engine
from tests.support.peopled import Places, fill
from tests.support.world import World

Fresh = Callable[[], World]


@pytest.fixture(scope="session")
def peopled(databases: Databases, portal: Flask) -> Iterator[tuple[str, Places]]:
    """The database that attacks copy, and the keys of what is in it."""
    with databases.copy() as name:
        with (
            databases.connected(databases.app_url(name)) as engine,
            plain_engine(databases.owner_url(name)) as owner,
        ):
            world = World(engine, owner)
            places = fill(world, portal)
            release(world)
            world.close()
        yield name, places


@pytest.fixture
def fresh(databases: Databases, peopled: tuple[str, Places]) -> Iterator[Fresh]:
    """`fresh()`: from here on the portal works on a new copy of the peopled database."""
    with ExitStack() as stack:

        def again() -> World:
            stack.close()  # one at a time: an attack knocks at hundreds of doors
            name = stack.enter_context(databases.copy_of(peopled[0]))
            engine = stack.enter_context(databases.connected(databases.app_url(name)))
            owner = stack.enter_context(plain_engine(databases.owner_url(name)))
            world = World(engine, owner)
            stack.callback(world.close)
            return world

        yield again
