"""The embedded PostgreSQL: private, owned by two roles, and never left behind."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from config import ROOT
from tests.ops.processes import descendants, gone_within, lives
from tools import confinement
from tools.cluster import PostgresError, take_lock
from tools.confinement import AsNobody, Confinement, ConfinementError, Namespace
from tools.postgres import EmbeddedPostgres

HOLDER = """
import signal, sys
from pathlib import Path
from tools.postgres import EmbeddedPostgres
from tools import confinement
way = getattr(confinement, sys.argv[2])() if sys.argv[2] else None
server = EmbeddedPostgres(Path(sys.argv[1]), confine=way)
server.start()
print(server.pid, server.app_url, flush=True)
signal.pause()
"""
as_root = os.geteuid() == 0
WAYS = ["Namespace", "AsNobody"] if as_root else ["Confinement"]


def connect(url):
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def ask(url, question):
    with connect(url) as connection:
        return connection.execute(question).fetchone()


def hold(folder, way=""):
    """A process that started a server and waits."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), way],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    line = holder.stdout.readline().split()
    holder.stdout.close()
    assert line, "the server did not start"
    return holder, int(line[0]), line[1]


def test_the_database_is_utf8_in_the_c_locale_and_owned_by_the_owner_role(server):
    row = ask(
        server.owner_url,
        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype "
        "FROM pg_database WHERE datname = current_database()",
    )
    assert row == ("guichet_owner", "UTF8", "C", "C")


def test_neither_role_is_a_superuser(server):
    with connect(server.superuser_url) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication "
            "OR rolbypassrls FROM pg_roles WHERE rolname LIKE 'guichet%' ORDER BY 1"
        ).fetchall()
    assert rows == [("guichet_app", False), ("guichet_owner", False)]


@pytest.mark.parametrize(
    "deed", ["CREATE TABLE t (n int)", "CREATE SCHEMA s", "CREATE TEMP TABLE t (n int)"]
)
def test_the_application_creates_nothing(server, deed):
    with connect(server.app_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(deed)


def test_the_owner_creates_tables(server):
    with connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE of_the_owner (n int); DROP TABLE of_the_owner")


@pytest.mark.parametrize("role", ["postgres", "guichet_owner", "guichet_app"])
def test_nobody_enters_without_the_right_password(server, role):
    socket_folder = server.app_url.partition("host=")[2].replace("%2F", "/")
    for password in (None, "", "wrong"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=socket_folder, user=role, dbname="guichet", password=password)


def test_the_server_opens_no_network_port(server):
    assert ask(server.superuser_url, "SHOW listen_addresses") == ("",)


def test_the_socket_folder_is_closed_to_others(server):
    folder = Path(server.app_url.partition("host=")[2].replace("%2F", "/"))
    assert folder.stat().st_mode & 0o077 == 0


def test_the_passwords_are_readable_by_us_alone(server):
    assert (server.data_dir / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_a_database_can_be_copied_from_a_template_and_dropped(server):
    server.create_database("template_one")
    with connect(server.url("guichet_owner", "template_one")) as connection:
        connection.execute("CREATE TABLE seed AS SELECT 7 AS n")
    server.create_database("copy_one", template="template_one")
    assert ask(server.url("guichet_owner", "copy_one"), "SELECT n FROM seed") == (7,)
    server.drop_database("copy_one")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(server.url("guichet_owner", "copy_one"))


def test_a_second_start_keeps_the_data_and_is_quick(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    try:
        server.start()
        with connect(server.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'still here' AS word")
        address = server.owner_url
        server.stop()
        started = time.monotonic()
        server.start()
        assert time.monotonic() - started < 5
        assert server.owner_url == address
        assert ask(server.owner_url, "SELECT word FROM kept") == ("still here",)
    finally:
        server.destroy()
    assert not server.data_dir.exists()


@pytest.mark.parametrize("way", WAYS)
def test_kill_9_of_the_parent_leaves_no_server_and_the_next_start_recovers(way, tmp_path):
    folder = tmp_path / "postgres"
    for count in range(3):
        holder, postmaster, url = hold(folder, way)
        with connect(url) as session:
            assert session.execute("SELECT 1").fetchone() == (1,)
            below = [postmaster, *descendants(postmaster)]
            holder.kill()
            holder.wait()
            assert gone_within(below, 2), f"round {count}"
    last = EmbeddedPostgres(folder, confine=getattr(confinement, way)())
    last.start()
    last.destroy()


def test_a_pid_file_left_by_a_crash_does_not_stop_the_next_start(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    server.stop()
    # Our own number: alive, and not a server.
    (server._cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server._cluster}\n")
    server.start()
    server.destroy()


def test_kill_9_of_the_server_itself_is_recovered_from(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    with connect(server.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    server.start()
    assert ask(server.owner_url, "SELECT n FROM kept") == (1,)
    server.destroy()


def test_a_half_made_cluster_is_made_again(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    (server.data_dir / "cluster.making" / "base").mkdir(parents=True)
    server.start()
    assert ask(server.app_url, "SELECT current_user") == ("guichet_app",)
    server.destroy()


def test_two_programs_never_run_one_cluster(tmp_path):
    holder, postmaster, _ = hold(tmp_path / "postgres")
    try:
        second = EmbeddedPostgres(tmp_path / "postgres")
        with pytest.raises(PostgresError, match="another program"):
            take_lock(second.data_dir, patience=0)
        assert second.attach()
        assert ask(second.app_url, "SELECT 1") == (1,)
        second.stop()
        assert lives(postmaster), "whoever attached must not stop the other's server"
    finally:
        holder.kill()
        holder.wait()
    assert gone_within([postmaster], 2)
    assert not second.attach()


def test_a_deep_folder_still_gets_a_socket_path_that_fits(tmp_path):
    server = EmbeddedPostgres(tmp_path / ("a-long-name" * 10) / "it's, here" / "postgres")
    server.start()
    folder = server._socket_dir
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 107
    assert ask(server.app_url, "SELECT 1") == (1,)
    server.destroy()
    assert not folder.exists()


def test_missing_passwords_are_told_and_the_data_are_not_touched(tmp_path):
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    server.stop()
    (server.data_dir / "passwords.json").unlink()
    with pytest.raises(PostgresError, match=r"passwords\.json is missing"):
        server.start()
    assert server._cluster.exists()
    server.destroy()


@pytest.mark.skipif(not as_root, reason="only root needs another user for PostgreSQL")
class TestAsRoot:
    def test_the_server_runs_through_a_user_namespace_where_the_kernel_allows_it(self):
        assert confinement.choose() in {Namespace(), AsNobody()}

    def test_without_namespaces_the_server_runs_as_nobody(self, monkeypatch):
        monkeypatch.setattr(confinement, "works", lambda _arguments, way: way == AsNobody())
        assert confinement.choose() == AsNobody()

    def test_without_any_way_one_clear_line_says_what_helps(self, monkeypatch):
        monkeypatch.setattr(confinement, "works", lambda _arguments, _way: False)
        with pytest.raises(ConfinementError, match="set DATABASE_URL") as caught:
            confinement.choose()
        assert "\n" not in str(caught.value)

    def test_as_nobody_data_and_programs_move_to_where_nobody_reaches_them(self, tmp_path):
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        server = EmbeddedPostgres(closed / "postgres", confine=AsNobody())
        try:
            server.start()
            assert not server._home.is_relative_to(closed)
            assert (server._home.stat().st_mode & 0o007) == 0o001
            assert server._cluster.stat().st_uid == AsNobody().owner.pw_uid
            assert ask(server.app_url, "SELECT 1") == (1,)
        finally:
            server.destroy()
        assert not server._home.exists()

    def test_programs_under_a_closed_home_are_copied_out(self, tmp_path):
        closed = tmp_path / "closed"
        (closed / "bin").mkdir(parents=True)
        (closed / "bin" / "postgres").write_text("program")
        (closed / "include").mkdir()
        closed.chmod(0o700)
        home = AsNobody().home(tmp_path / "elsewhere" / "postgres")
        try:
            first = AsNobody().binaries(closed, home)
            assert (first / "postgres").read_text() == "program"
            assert first.is_relative_to(home)
            assert not (first.parent / "include").exists()
            assert AsNobody().binaries(closed, home) == first
        finally:
            shutil.rmtree(home)


def test_who_is_not_root_runs_the_server_as_themselves(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: pwd.getpwnam("daemon").pw_uid)
    monkeypatch.setattr(confinement, "works", lambda _arguments, _way: True)
    assert confinement.choose() == Confinement()


def test_a_user_without_a_name_gets_one_in_a_namespace(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 987_654)
    monkeypatch.setattr(confinement, "works", lambda _arguments, _way: True)
    assert confinement.choose() == Namespace()
