"""The fixtures of all tests: real parts, and each test alone in a database of its own."""

from __future__ import annotations

import base64
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, scoped_session

from app.base import db as base
from app.base import settings as base_settings
from app.base.context import Origin, origin, set_origin
from app.identity.models import SignInSession
from app.parties.models import Person
from config import Settings, load
from tests.support import signing
from tests.support.client import Answer, Client
from tests.support.clock import Clock
from tests.support.database import (
    Databases,
    leave_every_database,
    plain_engine,
    server_folder,
)
from tests.support.mail import Mailbox, Sink
from tests.support.peopled import Fresh, Places, one_after_another, peopled_database
from tests.support.signing import give_session
from tests.support.world import World
from tools.catalogue import compile_stale

# No deadline for an example: it would measure how busy the machine is.
hypothesis.settings.register_profile("every-day", deadline=None)
hypothesis.settings.register_profile("nightly", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "every-day"))


# A fresh clone has no compiled texts, and every French page would answer in English. Both workers
# may do it at once: each file is replaced whole.
compile_stale()


def _values(**overrides: object) -> Settings:
    """The settings of a test: of the environment nothing counts but what is given here."""
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    os.environ.pop("GUICHET_ENV", None)
    return load(
        {
            "env": "test",
            "secret_key": "only for tests, " + "s" * 32,
            "code_keys": "test:" + base64.b64encode(b"only for tests".ljust(32, b"k")).decode(),
            "anchor_key": base64.b64encode(b"only for tests".ljust(32, b"a")).decode(),
            "base_url": "http://localhost",
            "mail_from": "guichet@portal.example",
            **overrides,
        }
    )


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The PostgreSQL of this test process."""
    databases = Databases(server_folder(tmp_path_factory.mktemp("pg")))
    databases.start()
    yield databases
    databases.stop()


@pytest.fixture(scope="session")
def _sink() -> Iterator[Sink]:
    sink = Sink()
    sink.start()
    yield sink
    sink.stop()


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The name of this test's own database: migrated and synced, otherwise empty."""
    with databases.copy() as name:
        yield name


@pytest.fixture
def settings(
    databases: Databases, database: str, _sink: Sink, tmp_path: Path
) -> Iterator[Settings]:
    """The settings of this test, installed as those of the process."""
    values = _values(
        database_url=databases.app_url(database),
        smtp_host="127.0.0.1",
        smtp_port=_sink.port,
        instance_dir=tmp_path / "instance",
        anchor_dir=tmp_path / "anchors",
    )
    base_settings.install(values)
    set_origin(Origin())
    yield values
    set_origin(Origin())


@pytest.fixture
def engine(databases: Databases, settings: Settings) -> Iterator[Engine]:
    """The application's engine, connected to this test's database as the application's role."""
    with databases.connected(settings.database_url) as engine:
        yield engine


@pytest.fixture
def db(engine: Engine) -> scoped_session[Session]:
    """The application's own session, in the application's role."""
    return base.session


@pytest.fixture
def owner_engine(databases: Databases, database: str) -> Iterator[Engine]:
    """The owner's engine: migrations, the clock, attacks from inside."""
    with plain_engine(databases.owner_url(database)) as engine:
        yield engine


@pytest.fixture
def owner_db(owner_engine: Engine) -> Iterator[Session]:
    """A session in the owner's role."""
    with Session(owner_engine) as session:
        yield session


@pytest.fixture
def clock(owner_engine: Engine) -> Clock:
    """`clock.move(days=46)`, `clock.set(moment)`, `clock.stop()`: the database's clock."""
    return Clock(owner_engine)


@pytest.fixture
def world(engine: Engine, owner_engine: Engine) -> Iterator[World]:
    """People, businesses, accounts, staff: `world.person()`, `world.account(owner)`…"""
    world = World(engine, owner_engine)
    yield world
    world.close()


@pytest.fixture(scope="session")
def portal(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, made once a process: its start is slow, and it holds no data."""
    from app import create_app

    folder = tmp_path_factory.mktemp("portal")
    values = _values(
        database_url=databases.app_url(databases.template()),
        instance_dir=folder,
        anchor_dir=folder / "anchors",
    )
    made = create_app(values)
    made.config["SETTINGS"] = values
    leave_every_database()  # the fixtures connect it to each test's own
    return made


@pytest.fixture
def app(portal: Flask, engine: Engine, settings: Settings) -> Flask:
    """The portal, on this test's database."""
    return portal


@pytest.fixture
def mailbox(app: Flask, engine: Engine, _sink: Sink) -> Mailbox:
    """What was mailed, over real SMTP, by jobs that `mailbox.run_jobs()` runs here."""
    return Mailbox(app, engine, _sink)


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser: `client.get("/me", lang="fr")`, `client.post_form("/me", {…}, to="/me")`."""
    return Client(app)


@pytest.fixture
def new_client(app: Flask) -> Callable[..., Client]:
    """Another browser, as often as one is asked for: `new_client(lang="fr")`."""
    return lambda lang="en": Client(app, lang)


@pytest.fixture
def sign_in(app: Flask, world: World, client: Client) -> Callable[..., SignInSession]:
    """`sign_in(person)`: the client's browser has this person's complete session from here on.

    `sign_in(person, browser, stage="code", …)` for another browser, a half-way session, or a
    session with other columns.
    """

    def enter(
        person: Person, browser: Client | None = None, stage: str = "full", **columns: object
    ) -> SignInSession:
        return give_session(world, browser or client, person, stage, **columns)

    return enter


@pytest.fixture
def walk_in(world: World, mailbox: Mailbox, client: Client) -> Callable[..., Answer]:
    """`walk_in(person)`: sign in through the real pages, with the code from the mail."""

    def walk(person: Person, browser: Client | None = None, **options: str) -> Answer:
        return signing.walk_in(browser or client, mailbox, world, person, **options)

    return walk


@pytest.fixture
def acting() -> Iterator[Callable[..., None]]:
    """`acting(person)`: what follows is done by this person, with a code proved just now."""
    before = origin()

    def act(person: object, **fields: object) -> None:
        values = {"person_id": getattr(person, "id", person), "request_id": "test"}
        if "code_verified_at" not in fields:
            values["code_verified_at"] = base.now()
            base.session.rollback()
        set_origin(Origin(**(values | fields)))

    yield act
    set_origin(before)


@pytest.fixture(scope="session")
def peopled(databases: Databases, portal: Flask) -> Iterator[tuple[str, Places]]:
    """A database with somebody of every kind in it, to be copied, and the keys of what is there."""
    with peopled_database(databases, portal) as made:
        yield made


@pytest.fixture
def fresh(databases: Databases, portal: Flask, peopled: tuple[str, Places]) -> Iterator[Fresh]:
    """`fresh()`: from here on the portal works on a new copy of the peopled database."""
    with one_after_another(databases, portal, lambda: databases.copy_of(peopled[0])) as again:
        yield again


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """The workers, and what belongs together on one of them."""
    from tests.support.scheduling import ByGroup

    return ByGroup(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes belongs to `make nightly`, and is counted as deselected elsewhere."""
    if os.environ.get("HYPOTHESIS_PROFILE") != "nightly":
        long = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how much was tried that no list of tests shows: what `record_property` counted."""
    told: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) == "teardown":
                told.update({name: int(number) for name, number in report.user_properties})
    if told:
        said = ", ".join(f"{number} {name}" for name, number in told.items())
        terminalreporter.write_line(f"Tried: {said}")
