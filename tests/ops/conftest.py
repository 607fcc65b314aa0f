"""Parts for the tests of starting and running: free ports, a server to kill and restart."""

import socket

import pytest

from tools.postgres import EmbeddedPostgres


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
