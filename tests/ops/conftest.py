"""Parts for the tests of starting and running: free ports, a server to kill and restart."""

import socket

import pytest
from sqlalchemy import create_engine, pool

from app.base import db as base
from app.ops import schema
from tools.postgres import APPLICATION, OWNER, EmbeddedPostgres


@pytest.fixture
def free_port():
    """A function that finds a port nobody listens on."""

    def find():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """A database server of our own."""
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("ops") / "postgres", for_tests=True)
    postgres.start()
    yield postgres
    postgres.destroy()


@pytest.fixture(scope="session")
def template(server):
    """A database with every table and nothing in them."""
    server.create_database("ops_template")
    schema.upgrade(server.url(OWNER, "ops_template"))
    return "ops_template"


class Database:
    """One test's own copy of it."""

    def __init__(self, server, name):
        self.server = server
        self.owner_url = server.url(OWNER, name)
        self.app_url = server.url(APPLICATION, name)
        self.app_dsn = self.app_url.replace("+psycopg", "")

    def ask(self, question, **values):
        """Run one statement as the owner and return its rows."""
        engine = create_engine(self.owner_url, poolclass=pool.NullPool)
        with engine.begin() as connection:
            result = connection.exec_driver_sql(question, values)
            return result.all() if result.returns_rows else []


@pytest.fixture
def database(server, template, request):
    name = f"ops_{abs(hash(request.node.nodeid))}"
    server.create_database(name, template=template)
    yield Database(server, name)
    server.drop_database(name)


@pytest.fixture
def session(database):
    """The application's own session, as the application's role."""
    engine = base.connect(database.app_url)
    yield base.session
    base.session.remove()
    engine.dispose()
