"""A newer program's migration comes in while the old program serves."""

from __future__ import annotations

import shutil
import threading
import time

import pytest

import config
from app.ops import schema
from tests.faults.post import until

NEWER = '''
"""What a newer program adds."""

import sqlalchemy as sa
from alembic import op

revision = "9000"
down_revision = {before!r}
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("person", sa.Column("nickname", sa.Text, server_default="", nullable=False))
    op.create_table("later", sa.Column("id", sa.BigInteger, primary_key=True))
'''


@pytest.fixture
def newer(house, tmp_path, monkeypatch):
    """The program of tomorrow: today's migrations and one more, which the house's web lacks."""
    folder = shutil.copytree(config.ROOT / "migrations", tmp_path / "migrations")
    [head] = schema.heads()
    (folder / "versions" / "9000_newer.py").write_text(NEWER.format(before=head))
    real = schema._config

    def changed():
        settings = real()
        settings.set_main_option("script_location", str(folder))
        return settings

    monkeypatch.setattr(schema, "_config", changed)
    monkeypatch.setattr(schema, "_PAUSES", (0.3,))
    yield
    house.ask("DROP TABLE IF EXISTS later")
    house.ask("ALTER TABLE person DROP COLUMN IF EXISTS nickname")
    house.ask("UPDATE alembic_version SET version_num = %s", head)


def columns(house):
    return house.ask(
        "SELECT count(*) FROM information_schema.columns"
        " WHERE table_name = 'person' AND column_name = 'nickname'"
    )[0][0]


def test_a_migration_that_finds_a_table_busy_holds_nobody_up_and_changes_nothing(
    house, newer, world, sign_in
):
    browser = sign_in(world.person())
    slowest, stop = [0.0], threading.Event()

    def read():
        while not stop.is_set():
            began = time.monotonic()
            assert browser.get("/me").status == 200
            slowest[0] = max(slowest[0], time.monotonic() - began)

    reader = threading.Thread(target=read)
    with house.holding("SELECT count(*) FROM person"):  # a long report, say
        reader.start()
        try:
            with pytest.raises(config.ConfigError, match="nothing was changed, try again"):
                schema.upgrade(house.owner_url)
        finally:
            stop.set()
            reader.join(20)
    assert columns(house) == 0
    assert house.ask("SELECT to_regclass('later')") == [(None,)]
    assert 1 < slowest[0] < 5, "requests waited behind the migration's two seconds, no longer"


def test_a_migration_gets_through_once_the_table_is_free(house, newer, monkeypatch):
    monkeypatch.setattr(schema, "_PAUSES", (0.3, 5))
    done = []
    with house.holding("SELECT count(*) FROM person"):
        migration = threading.Thread(target=lambda: done.append(schema.upgrade(house.owner_url)))
        migration.start()
        until(house.waits_for_a_lock)
        until(lambda: not house.waits_for_a_lock())
    migration.join(20)
    assert done == [None]
    assert columns(house) == 1


def test_the_old_program_goes_on_serving_after_a_newer_ones_migration(
    house, newer, world, sign_in, suspend, working
):
    person = world.person()
    browser = sign_in(person)
    form = browser.get("/me").form("given_name")
    schema.upgrade(house.owner_url)
    assert columns(house) == 1
    form.submit({"given_name": "Inès"}, expect=303)
    assert world.fresh(person).given_name == "Inès"
    [address] = suspend()
    until(lambda: house.post.to(address), 20, house.said)
    assert house.answers("/readyz") == 200, "the balancer leaves the old program in"


def test_a_program_whose_migrations_are_missing_is_not_ready(house):
    [(head,)] = house.ask("SELECT version_num FROM alembic_version")
    house.ask("UPDATE alembic_version SET version_num = '0001'")
    try:
        assert house.answers("/readyz") == 503
    finally:
        house.ask("UPDATE alembic_version SET version_num = %s", head)
