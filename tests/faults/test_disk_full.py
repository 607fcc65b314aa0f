"""No room is left: in the database, for the logs, for the anchors."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import config
from app.audit import anchors
from tests.faults.post import until
from tests.faults.test_web_killed import traces
from tests.faults.wire import Wire
from tests.support.mail import free_port

SEED = b"only for tests".ljust(32, b"a")


@contextmanager
def no_room_for(house, table):
    """Whatever the table would grow by meets a full disk, as the kernel itself says it.

    Its file, still empty, is a link to the device that is always full (ENOSPC).
    """
    [(size, path)] = house.ask(
        "SELECT pg_relation_size(oid), pg_relation_filepath(oid) FROM pg_class WHERE relname = %s",
        table,
    )
    assert size == 0
    house.as_superuser("CHECKPOINT")  # nothing of it waits to be written
    file = house.server._cluster / path
    kept = file.with_name(f"{file.name}.kept")
    file.rename(kept)
    file.symlink_to("/dev/full")
    house.break_connections()
    try:
        yield
    finally:
        file.unlink()
        kept.rename(file)
        house.break_connections()


def test_a_full_disk_under_the_database_gives_a_page_and_loses_nothing(house, idle, world, sign_in):
    house.ask("TRUNCATE ownership_transfer")
    account, heir = world.account(), world.person()
    world.member(account, 2, heir)
    browser = sign_in(world.owner(account))
    form = browser.get(f"/a/{account.id}/transfer").form("urn")
    heir = {"urn": heir.urn, "family_name": heir.family_name, "email": heir.email}
    before = traces(house, account)
    with no_room_for(house, "ownership_transfer"):
        told = form.submit(heir, expect=503)
        assert "Nothing was saved. Try again in a few minutes." in told.text
        assert browser.get(f"/a/{account.id}/users").status == 200, "whoever only reads goes on"
        assert traces(house, account) == before
    form.submit(heir, expect=303)
    assert house.ask("SELECT count(*) FROM ownership_transfer") == [(1,)]
    assert traces(house, account)["entries"] == before["entries"] + 1


def test_nobody_notices_that_the_logs_are_full(house, idle, suspend):
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 (a device)
        port = free_port()
        house.spawn("run.py", "web", output=full, PORT=str(port), LOG_LEVEL="DEBUG")
        house.spawn("run.py", "worker", output=full, LOG_LEVEL="DEBUG")

        def serves():
            try:
                return Wire(port, 10).get("/en/").status_code == 200
            except OSError:
                return False

        until(serves, 30)
        assert Wire(port).get("/en/nowhere").status_code == 404  # which is written to the log
        [address] = suspend()
        until(lambda: house.post.to(address), 20)


def test_an_anchor_that_finds_no_room_leaves_the_file_whole(tmp_path):
    made = datetime(2026, 8, 1, tzinfo=UTC)
    anchors.append(tmp_path, SEED, made, 1, b"1" * 32)
    size = (tmp_path / anchors.FILE).stat().st_size
    script = (
        "import sys, resource; from pathlib import Path; from datetime import datetime, UTC\n"
        "from app.audit import anchors\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 100}, {size + 100}))\n"
        f"anchors.append(Path({str(tmp_path)!r}), {SEED!r}, datetime.now(UTC), 2, b'2' * 32)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=config.ROOT, capture_output=True, text=True, check=False
    )
    assert "File too large" in done.stderr
    assert (tmp_path / anchors.FILE).stat().st_size == size
    anchors.append(tmp_path, SEED, made, 3, b"3" * 32)
    assert [anchor.seq for anchor in read(tmp_path)] == [1, 3]


def test_half_an_anchor_left_by_a_power_cut_is_dropped_by_the_next(tmp_path):
    made = datetime(2026, 8, 1, tzinfo=UTC)
    anchors.append(tmp_path, SEED, made, 1, b"1" * 32)
    path = tmp_path / anchors.FILE
    path.write_bytes(path.read_bytes() + b'{"made": "2026-08-02T0')
    anchors.append(tmp_path, SEED, made, 2, b"2" * 32)
    assert [anchor.seq for anchor in read(tmp_path)] == [1, 2]


def read(folder: Path):
    return list(anchors.read(folder, [anchors.public_key(SEED)]))
