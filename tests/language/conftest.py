"""The pseudo-language, and a portal full of people that speaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from app.base import db as base
from app.programs.service import sync
from tests.support import pseudo
from tests.support.database import Databases, plain_engine
from tests.support.peopled import Places, fill
from tests.support.plain import Plain, typed_into
from tests.support.world import World

MADE_FOR_TESTS = {"Elsewhere", "Ailleurs", "peopled"}
"""The second program, which no definition gives, and the request that fills the tables."""


@dataclass
class Peopled:
    """A database in which the pseudo-language is published, and what is in it."""

    name: str
    places: Places
    plain: Plain
    worlds: Callable[[], World] = field(repr=False)


@pytest.fixture(scope="package")
def spoken(portal: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """From here to the end of this folder, every text of ours is in marked letters."""
    with pseudo.installed(tmp_path_factory.mktemp("pseudo")):
        yield


@pytest.fixture(scope="package")
def peopled(databases: Databases, portal: Flask, spoken: None) -> Iterator[Peopled]:
    with databases.copy() as name:
        with (
            databases.connected(databases.owner_url(name)),
            plain_engine(databases.owner_url(name)) as owner,
        ):
            base.deed(sync)()
        with (
            databases.connected(databases.app_url(name)) as engine,
            plain_engine(databases.owner_url(name)) as owner,
        ):
            world = World(engine, owner)
            places = fill(world, portal)
            world.close()
            _name_the_staff(owner)
            plain = Plain(typed_into(owner) | MADE_FOR_TESTS)
        with ExitStack() as stack:

            def again() -> World:
                stack.close()  # the one before: each holds connections of the one server
                copied = stack.enter_context(databases.copy_of(name))
                engine = stack.enter_context(databases.connected(databases.app_url(copied)))
                owner = stack.enter_context(plain_engine(databases.owner_url(copied)))
                world = World(engine, owner)
                stack.callback(world.close)
                return world

            yield Peopled(name, places, plain, again)


def _name_the_staff(owner: Engine) -> None:
    """The staff are named after their posts, which would hide a post's own hard-coded name."""
    with owner.begin() as connection:
        for table, given, family in (
            ("person", "given_name", "family_name"),
            ("ab_user", "first_name", "last_name"),
        ):
            connection.execute(
                text(
                    f"UPDATE {table} SET {given} = 'Maude', {family} = 'Lachance' || id"
                    f" WHERE {given} = 'Agent'"
                )
            )
        connection.execute(
            text(
                "UPDATE party SET name = 'Maude Lachance' || id, name_folded = 'maude lachance' ||"
                " id WHERE kind = 'person' AND name LIKE 'Agent %'"
            )
        )
