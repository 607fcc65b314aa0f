"""A portal with somebody of every kind in it, a backup of it, and places to restore into."""

from __future__ import annotations

import base64
import secrets
import shutil
from contextlib import contextmanager

import pytest

from app.audit.jobs import anchor_now
from app.base import settings as base_settings
from tests.support.database import plain_engine
from tests.support.peopled import fill
from tests.support.world import World


def new_key(path):
    """A file as `openssl rand -base64 32` makes it, for its owner alone."""
    path.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    path.chmod(0o600)
    return path


class Place:
    """A database, a store of documents and an anchor folder, and commands run on them."""

    def __init__(self, databases, app, name, folder):
        self.databases, self.app, self.name = databases, app, name
        self.values = base_settings.get().model_copy(
            update={
                "database_url": databases.app_url(name),
                "database_owner_url": databases.owner_url(name),
                "instance_dir": folder,
                "anchor_dir": folder / "anchors",
                "document_store_url": f"file://{folder}/documents",
            }
        )

    @property
    def owner_url(self):
        return self.values.database_owner_url

    @property
    def documents(self):
        return self.values.instance_dir / "documents"

    @contextmanager
    def entered(self):
        before = base_settings.get()
        base_settings.install(self.values)
        try:
            with self.databases.connected(self.values.database_url):
                yield
        finally:
            base_settings.install(before)

    def run(self, *arguments):
        with self.entered():
            return self.app.test_cli_runner().invoke(args=[str(one) for one in arguments])

    def back_up(self, key_file, folder):
        result = self.run("backup", folder, "--key-file", key_file)
        assert result.exit_code == 0, result.output
        return folder


@pytest.fixture(scope="session")
def made(databases, portal, tmp_path_factory):
    """The portal in use that no test changes, with its `key` and its `backup`.

    People, letters, sessions, jobs, a trail with an anchor, two documents.
    """
    folder = tmp_path_factory.mktemp("made")
    with databases.copy() as name:
        place = Place(databases, portal, name, folder / "here")
        with (
            plain_engine(place.owner_url) as owner,
            databases.connected(place.values.database_url) as engine,
        ):
            world = World(engine, owner)
            fill(world, portal)
            world.close()
        (place.documents / "2026").mkdir(parents=True)
        (place.documents / "2026" / "answer.pdf").write_bytes(secrets.token_bytes(200_000))
        (place.documents / "empty").write_bytes(b"")
        with place.entered():
            anchor_now()
        place.key = new_key(folder / "key")
        place.backup = place.back_up(place.key, folder / "backup")
        yield place


@pytest.fixture
def key_file(made):
    return made.key


@pytest.fixture
def backup(made, tmp_path):
    """A copy of the backup, to break."""
    return shutil.copytree(made.backup, tmp_path / "backup")


@pytest.fixture
def source(made, databases, tmp_path):
    """A copy of the portal in use, to change."""
    shutil.copytree(made.values.instance_dir, tmp_path / "here")
    with databases.copy_of(made.name) as name:
        yield Place(databases, made.app, name, tmp_path / "here")


@pytest.fixture
def target(made, databases, tmp_path):
    """An empty place: the roles exist, and a database without anything."""
    with databases.empty() as name:
        yield Place(databases, made.app, name, tmp_path / "there")
