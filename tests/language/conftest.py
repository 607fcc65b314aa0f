"""The pseudo-language, and a portal full of people that speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.base import db as base
from app.programs.service import sync
from tests.support import pseudo
from tests.support.database import Databases
from tests.support.peopled import Fresh, Places, one_after_another, peopled_database
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
    worlds: Fresh = field(repr=False)


@pytest.fixture(scope="package")
def spoken(portal: Flask, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """From here to the end of this folder, every text of ours is in marked letters."""
    with pseudo.installed(tmp_path_factory.mktemp("pseudo")):
        yield


@contextmanager
def published(databases: Databases) -> Iterator[str]:
    """A database in which the definitions of the moment are in force, whatever they speak."""
    with databases.copy() as name:
        with databases.connected(databases.owner_url(name)):
            base.deed(sync)()
        yield name


@pytest.fixture(scope="package")
def peopled(databases: Databases, portal: Flask, spoken: None) -> Iterator[Peopled]:
    typed: set[str] = set(MADE_FOR_TESTS)

    def finish(world: World) -> None:
        with world.as_owner() as owner:
            _name_the_staff(owner)
            typed.update(typed_into(owner))

    place = published(databases)
    with (
        peopled_database(databases, portal, finish, place=place) as (name, places),
        one_after_another(databases, portal, lambda: databases.copy_of(name)) as again,
    ):
        yield Peopled(name, places, Plain(typed), again)


def _name_the_staff(owner: Session) -> None:
    """The staff are named after their posts, which would hide a post's own hard-coded name."""
    for table, given, family in (
        ("person", "given_name", "family_name"),
        ("ab_user", "first_name", "last_name"),
    ):
        owner.execute(
            text(
                f"UPDATE {table} SET {given} = 'Maude', {family} = 'Lachance' || id"
                f" WHERE {given} = 'Agent'"
            )
        )
    owner.execute(
        text(
            "UPDATE party SET name = 'Maude Lachance' || id, name_folded = 'maude lachance' ||"
            " id WHERE kind = 'person' AND name LIKE 'Agent %'"
        )
    )
