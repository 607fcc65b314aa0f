"""One database a file: nothing that these tests do is ever committed."""

from __future__ import annotations

import pytest

from tests.removal.rows import Bare
from tests.support.database import plain_engine


@pytest.fixture(scope="module")
def _database(databases):
    with databases.copy() as name:
        yield name


@pytest.fixture(scope="module")
def _owner(databases, _database):
    with plain_engine(databases.owner_url(_database)) as engine:
        yield engine


@pytest.fixture
def bare(_owner):
    """`bare(table)`: the table, to be robbed of its rules until the test is over."""
    with _owner.connect() as connection:
        yield lambda table: Bare(connection, table)
        connection.rollback()


@pytest.fixture
def as_owner(_owner):
    """A connection of the owner's, to look."""
    with _owner.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def as_application(databases, _database):
    """A connection of the application's, to look."""
    with (
        plain_engine(databases.app_url(_database)) as engine,
        engine.connect() as connection,
    ):
        yield connection
