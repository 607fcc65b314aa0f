"""The portal that is attacked: somebody of every kind, and marks that no answer may show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.security.canaries import release
from tests.support.database import Databases
from tests.support.peopled import Places, peopled_database


@pytest.fixture(scope="session")
def peopled(databases: Databases, portal: Flask) -> Iterator[tuple[str, Places]]:
    """The database that attacks copy, and the keys of what is in it."""
    with peopled_database(databases, portal, release) as made:
        yield made
