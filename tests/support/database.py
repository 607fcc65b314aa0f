"""One PostgreSQL a test process, one migrated template, one copy of it a test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Never

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine

from app.base import db as base
from app.ops import schema
from tests.support.engines import Engines
from tools.postgres import APPLICATION, OWNER, EmbeddedPostgres

TEMPLATE = "guichet_template"

_MEMORY = Path("/dev/shm")  # noqa: S108 (a folder of our own inside, mode 700)
_ENOUGH = 1 << 30
_PREFIX = "guichet-tests-"


class _Server(EmbeddedPostgres):
    """A server that makes and drops a database a test, all over one connection a process.

    Two forks that talk over the connection of their parent hear each other's answers.
    """

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir, for_tests=True)
        self._kept: dict[int, psycopg.Connection[tuple[object, ...]]] = {}

    @contextmanager
    def superuser_connection(
        self, database: str
    ) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        if database != "postgres":
            with super().superuser_connection(database) as connection:
                yield connection
            return
        mine = self._kept.get(os.getpid())
        if mine is None or mine.closed:
            mine = self._kept[os.getpid()] = super().superuser_connection(database)
        yield mine

    def destroy(self) -> None:
        if mine := self._kept.get(os.getpid()):
            mine.close()
        super().destroy()


class Databases:
    """The server of this process, and copies of the migrated and synced template."""

    def __init__(self, folder: Path) -> None:
        self.server = _Server(folder)
        self._numbers = count(1)
        self._has_template = False

    def start(self) -> None:
        self.server.start()

    def stop(self) -> None:
        self.server.destroy()

    def owner_url(self, name: str) -> str:
        return self.server.url(OWNER, name)

    def app_url(self, name: str) -> str:
        return self.server.url(APPLICATION, name)

    def template(self) -> str:
        """Make the template once: migrations, then `sync`, both as the owner."""
        if not self._has_template:
            from app import WIRING
            from app.programs.service import sync

            for name in (*WIRING, "app.authority.staff_roles", "app.web.staff.sync"):
                if find_spec(name):
                    import_module(name)
            self.server.drop_database(TEMPLATE)  # left half-made by a sync that failed
            self.server.create_database(TEMPLATE)
            schema.upgrade(self.owner_url(TEMPLATE))
            with self.connected(self.owner_url(TEMPLATE)):
                base.deed(sync)()
            self._has_template = True
        return TEMPLATE

    @contextmanager
    def copy(self) -> Iterator[str]:
        """A database of one's own, gone afterwards with whatever is still connected to it."""
        with self.copy_of(self.template()) as name:
            yield name

    @contextmanager
    def copy_of(self, template: str) -> Iterator[str]:
        """A copy of a database to which nobody is connected, gone afterwards."""
        name = f"guichet_{next(self._numbers)}"
        self.server.create_database(name, template=template)
        try:
            yield name
        finally:
            self.server.drop_database(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database without any table, for the tests of migrations."""
        name = f"guichet_empty_{next(self._numbers)}"
        self.server.create_database(name)
        try:
            yield name
        finally:
            self.server.drop_database(name)

    @staticmethod
    @contextmanager
    def connected(url: str) -> Iterator[Engine]:
        """Let the application's session talk to this address, and as before it afterwards."""
        with _APPLICATION.lent(url) as engine:
            _bound.append(engine)
            base.bind(engine)
            try:
                yield engine
            finally:
                _bound.pop()
                base.bind(_bound[-1])


def _refuse() -> Never:
    raise AssertionError("the portal has no database here: this test needs the fixture `engine`")


_APPLICATION = Engines(base.connect)
# A portal left on the last test's database, or on the template, would open a connection there:
# a test of its own then passes, and every later copy of the template fails.
_bound = [create_engine("postgresql+psycopg://", creator=_refuse)]
_PLAIN = Engines(create_engine)


def leave_every_database() -> None:
    """Take the portal away from every database, until it is `connected` to one."""
    base.session.get_bind().engine.dispose()
    base.bind(_bound[-1])


@contextmanager
def plain_engine(url: str) -> Iterator[Engine]:
    """An engine of which the application knows nothing, with no connection open after."""
    with _PLAIN.lent(url) as engine:
        yield engine


def server_folder(otherwise: Path) -> Path:
    """Where the server's files go: into memory where there is room, since a copy of the template
    takes 20 ms there and up to 600 ms on a slow disk."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _ENOUGH:
        return otherwise
    for left in _MEMORY.glob(f"{_PREFIX}*"):
        # Of a run that was killed: its process is gone, its files would stay until a restart.
        if not Path("/proc", left.name.removeprefix(_PREFIX)).exists():
            shutil.rmtree(left, ignore_errors=True)
    return _MEMORY / f"{_PREFIX}{os.getpid()}"
