"""The parts of an enrolment that most of its tests begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel
from sqlalchemy.orm import Session, scoped_session

from app.parties.models import Person, RegistryEntry
from config import ROOT
from tests.support.world import World


@pytest.fixture
def words() -> Iterator[None]:
    """The portal's words in both languages, without the portal."""
    speaking = Flask(__name__)
    speaking.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    Babel(speaking)
    with speaking.app_context():
        yield


@pytest.fixture
def at_work(words: None, db: scoped_session[Session]) -> scoped_session[Session]:
    """The database and the words that a deed needs."""
    return db


@pytest.fixture
def registrant(at_work: object, world: World) -> Person:
    return world.person("Rose-Aimée", "Gagné", language="fr")


@pytest.fixture
def officer(at_work: object, world: World) -> Person:
    return world.staff("program_officer")


@pytest.fixture
def entry(world: World) -> RegistryEntry:
    return world.registry_entry("Quincaillerie Boréale inc.", language="fr")
