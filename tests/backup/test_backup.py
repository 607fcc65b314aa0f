"""What was backed up comes back whole into an empty place, and nowhere else."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import threading

import psycopg
import pytest

from app.audit.commands import prove
from app.audit.jobs import anchor_now
from app.ops import schema
from app.ops.backup import database as backup_database
from app.ops.backup import programs
from app.ops.backup.errors import BackupError
from app.ops.backup.restoring import restore
from app.ops.backup.sealed import read_key
from tests.audit.trail import write
from tests.backup.conftest import Place, new_key


def done(result):
    assert result.exit_code == 0, result.output
    return result.output


def rows(url):
    """Every row of every table, as text, in one order."""
    with psycopg.connect(programs.dsn(url)) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'audit')"
        ).fetchall()
        return {
            table: sorted(row for (row,) in connection.execute(f"SELECT t::text FROM {table} AS t"))
            for (table,) in tables
        }


def sequences(url):
    with psycopg.connect(programs.dsn(url)) as connection:
        return connection.execute(
            "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"
        ).fetchall()


def structure(url):
    """Tables, constraints, triggers, functions, grants, comments: as pg_dump writes them."""
    target, environment = programs.connection(url)
    command = programs.for_server(18).command("pg_dump")
    written = subprocess.run(
        [command, f"--dbname={target}", "--schema-only"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return re.sub(r"\\(un)?restrict .*", "", written)


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def is_untouched(place):
    return (
        backup_database.is_empty(place.owner_url)
        and not files(place.values.anchor_dir)
        and not files(place.documents)
    )


def test_everything_comes_back_into_an_empty_place(made, target, backup, key_file):
    told = done(target.run("restore", backup, "--key-file", key_file))
    before, after = rows(made.owner_url), rows(target.owner_url)
    assert sum(map(len, before.values())) > 500
    assert before.keys() == after.keys()
    for table in before:
        assert before[table] == after[table], table
    assert sequences(made.owner_url) == sequences(target.owner_url)
    assert structure(made.owner_url) == structure(target.owner_url)
    assert len(files(made.documents)) == 2
    assert files(made.documents) == files(target.documents)
    assert files(made.values.anchor_dir) == files(target.values.anchor_dir)
    assert re.search(r"^trail +\d+\.\d s$", told, re.MULTILINE)
    assert re.search(r"whole, of .*; \d+\.\d s$", told, re.MULTILINE)


def test_the_restored_trail_verifies_and_goes_on(target, backup, key_file):
    done(target.run("restore", backup, "--key-file", key_file))
    with target.entered():
        first = prove()
        assert first.whole
        assert first.anchors == 1
        write(1)
        again = prove()
        assert again.whole
        assert again.entries == first.entries + 1


def test_the_restored_portal_is_at_its_version_and_serves(target, backup, key_file, client):
    done(target.run("restore", backup, "--key-file", key_file))
    with target.entered():
        assert client.get("/readyz").response.json["ready"] is True
        assert client.get("/sign-in", lang="fr").status == 200


def test_a_backup_is_one_instant_while_deeds_go_on(source, target, key_file, tmp_path):
    stop = threading.Event()
    engine = source.values.database_url

    def write():
        with psycopg.connect(programs.dsn(engine), autocommit=True) as connection:
            while not stop.is_set():
                # Two rows that belong together: no instant holds one of them alone.
                connection.execute(
                    "WITH one AS (INSERT INTO limit_event (kind, subject) VALUES ('resend', 'a'))"
                    " INSERT INTO limit_event (kind, subject) VALUES ('resend', 'b')"
                )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        folder = source.back_up(key_file, tmp_path / "backup")
    finally:
        stop.set()
        writer.join()
    done(target.run("restore", folder, "--key-file", key_file))
    with psycopg.connect(programs.dsn(target.owner_url)) as connection:
        count = "SELECT count(*) FROM limit_event WHERE subject = %s"
        found = [connection.execute(count, [one]).fetchone()[0] for one in "ab"]
    assert found[0] == found[1] > 0


# ── refused before anything is written ──────────────────────────────────────────────────


def refused(target, folder, key_file, *options):
    result = target.run("restore", folder, "--key-file", key_file, *options)
    assert result.exit_code == 1
    assert is_untouched(target)
    line = result.output.strip().splitlines()[-1]
    return line.removeprefix("Error: ").replace(f"{folder}/", "")


def test_another_key_is_refused(target, backup, tmp_path):
    said = refused(target, backup, new_key(tmp_path / "other"))
    assert said == "manifest: this is not the key that the backup was made with"


@pytest.mark.parametrize("part", ["manifest", "database", "anchors", "documents"])
def test_a_damaged_byte_anywhere_in_a_part_is_refused(target, backup, key_file, part):
    path = backup / part
    content = path.read_bytes()
    for place in (3, 40, 80, len(content) // 2, len(content) - 1):
        broken = bytearray(content)
        broken[place] ^= 1
        path.write_bytes(broken)
        said = refused(target, backup, key_file)
        assert said.startswith(f"{part}: "), place
        assert re.search("damaged|no part of a backup|not the manifest", said), place


@pytest.mark.parametrize("part", ["manifest", "database", "anchors", "documents"])
@pytest.mark.parametrize("left", [0, 10, 70, -1])
def test_a_part_cut_short_is_refused(target, backup, key_file, part, left):
    path = backup / part
    path.write_bytes(path.read_bytes()[:left])
    said = refused(target, backup, key_file)
    assert said.startswith(f"{part}: ")
    assert re.search("cut short|no part of a backup", said)


def test_a_part_that_is_gone_is_refused(target, backup, key_file):
    (backup / "database").unlink()
    said = refused(target, backup, key_file)
    assert said == "database: cannot be read (No such file or directory)"


def test_a_backup_without_its_manifest_is_none(target, backup, key_file):
    (backup / "manifest").unlink()
    assert refused(target, backup, key_file) == f"{backup}: this is no backup, it holds no manifest"


def test_a_part_of_another_backup_is_refused(source, target, backup, key_file, tmp_path):
    other = source.back_up(key_file, tmp_path / "other")
    shutil.copy(other / "database", backup / "database")
    assert refused(target, backup, key_file) == "database: this part is of another backup"


def test_two_parts_swapped_are_refused(target, backup, key_file):
    (backup / "anchors").rename(backup / "x")
    (backup / "documents").rename(backup / "anchors")
    (backup / "x").rename(backup / "documents")
    assert refused(target, backup, key_file) == "anchors: this is the part documents"


def test_the_backup_of_a_newer_program_is_refused(source, target, key_file, tmp_path):
    with psycopg.connect(programs.dsn(source.owner_url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    folder = source.back_up(key_file, tmp_path / "backup")
    assert "newer program (migration 9999)" in refused(target, folder, key_file)


def test_another_application_role_is_told(target, backup, key_file):
    url = target.values.database_url.replace("guichet_app", "guichet_owner", 1)
    target.values = target.values.model_copy(update={"database_url": url})
    said = refused(target, backup, key_file)
    assert said.startswith("the backup grants its rights to the role guichet_app, but DATABASE_URL")


def test_a_store_that_does_not_answer_is_told_in_one_line(source, target, backup, key_file):
    blocked = target.values.instance_dir
    blocked.write_text("where a folder should be")
    assert refused(target, backup, key_file).startswith("DOCUMENT_STORE_URL: ")
    source.values = source.values.model_copy(update={"document_store_url": f"file://{blocked}/in"})
    result = source.run("backup", backup.with_name("another"), "--key-file", key_file)
    assert result.exit_code == 1
    assert result.output.splitlines()[-1].startswith("Error: DOCUMENT_STORE_URL: ")
    blocked.unlink()


def test_a_key_that_others_may_read_is_refused(source, tmp_path):
    key_file = new_key(tmp_path / "key")
    key_file.chmod(0o640)
    result = source.run("backup", tmp_path / "backup", "--key-file", key_file)
    assert result.exit_code == 1
    assert "others may read this key" in result.output
    assert not (tmp_path / "backup").exists()


# ── only into an empty place ────────────────────────────────────────────────────────────


def test_a_database_that_holds_anything_is_refused(target, backup, key_file):
    with psycopg.connect(programs.dsn(target.owner_url)) as connection:
        connection.execute("CREATE TABLE mine (id int)")
    result = target.run("restore", backup, "--key-file", key_file)
    assert result.exit_code == 1
    assert result.output == "Error: the database is not empty: restore into a new one\n"
    assert not target.values.anchor_dir.exists()
    assert not files(target.documents)


def test_a_migrated_database_without_rows_is_not_empty(target, backup, key_file):
    schema.upgrade(target.owner_url)
    result = target.run("restore", backup, "--key-file", key_file)
    assert "the database is not empty" in result.output


def test_a_store_that_holds_a_document_is_refused(target, backup, key_file):
    target.documents.mkdir(parents=True)
    (target.documents / "mine").write_bytes(b"mine")
    result = target.run("restore", backup, "--key-file", key_file)
    assert result.exit_code == 1
    assert "the store of documents is not empty" in result.output
    assert files(target.documents) == {"mine": b"mine"}
    assert backup_database.is_empty(target.owner_url)


def test_anchors_that_outlived_the_database_are_refused_or_kept(source, target, backup, key_file):
    shutil.copytree(source.values.anchor_dir, target.values.anchor_dir)
    result = target.run("restore", backup, "--key-file", key_file)
    assert result.exit_code == 1
    assert "--keep-anchors" in result.output
    assert backup_database.is_empty(target.owner_url)
    done(target.run("restore", backup, "--key-file", key_file, "--keep-anchors"))


def test_an_older_backup_under_kept_anchors_says_what_is_lost(source, target, key_file, tmp_path):
    folder = source.back_up(key_file, tmp_path / "backup")
    with source.entered():
        write(1)
        anchor_now()
    shutil.copytree(source.values.anchor_dir, target.values.anchor_dir)
    result = target.run("restore", folder, "--key-file", key_file, "--keep-anchors")
    assert result.exit_code == 1
    assert "the end was cut off" in result.output


def test_a_restore_that_fails_leaves_the_place_empty(target, backup, key_file, monkeypatch):
    real = backup_database.load

    def one_row_more(url, packed, tables):
        number, digest = tables["public.person"]
        real(url, packed, tables | {"public.person": (number + 1, digest)})

    monkeypatch.setattr(backup_database, "load", one_row_more)
    said = refused(target, backup, key_file)
    assert 'the rows of "public"."person" are not those of the backup' in said


def test_a_statement_that_fails_takes_everything_back(target, backup, key_file):
    with psycopg.connect(programs.dsn(target.owner_url), autocommit=True) as connection:
        connection.execute("ALTER ROLE guichet_owner SET default_transaction_read_only = on")
    try:
        said = refused(target, backup, key_file)
    finally:
        with psycopg.connect(programs.dsn(target.owner_url), autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute("ALTER ROLE guichet_owner RESET default_transaction_read_only")
    assert "psql failed: " in said
    assert "read-only transaction" in said


# ── making one ──────────────────────────────────────────────────────────────────────────


def test_a_backup_never_overwrites_another(source, backup, key_file):
    before = files(backup)
    result = source.run("backup", backup, "--key-file", key_file)
    assert result.exit_code == 1
    assert "is there already" in result.output
    assert files(backup) == before


def test_a_failed_backup_leaves_no_folder(source, key_file, tmp_path, monkeypatch):
    def fail(*_arguments):
        raise BackupError("pg_dump failed: on purpose")

    monkeypatch.setattr(backup_database, "dump", fail)
    result = source.run("backup", tmp_path / "backup", "--key-file", key_file)
    assert result.exit_code == 1
    assert result.output.strip().endswith("Error: pg_dump failed: on purpose")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here"]


def test_a_full_disk_is_told_and_leaves_no_folder(source, key_file, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        result = source.run("backup", tmp_path / "backup", "--key-file", key_file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert result.exit_code == 1
    assert result.output.strip().endswith("backup: cannot be written (File too large)")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here"]
    source.back_up(key_file, tmp_path / "backup")


def test_nobody_but_its_owner_may_read_a_backup_and_nothing_in_it_is_plain(backup):
    assert backup.stat().st_mode & 0o077 == 0
    for path in backup.iterdir():
        assert b"@mail.example" not in path.read_bytes()
        assert path.name == "SHA256SUMS" or path.stat().st_mode & 0o077 == 0


def test_the_files_are_proven_without_the_key_by_sha256sum(backup):
    check = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    told = subprocess.run(check, cwd=backup, capture_output=True, text=True, check=True).stdout
    assert sorted(told.split()) == sorted(
        [
            word
            for name in ("anchors:", "database:", "documents:", "manifest:")
            for word in (name, "OK")
        ]
    )


def test_a_check_proves_and_writes_nothing(backup, key_file, target):
    told = done(target.run("restore", backup, "--key-file", key_file, "--check"))
    assert "PostgreSQL 18" in told
    assert is_untouched(target)
    (backup / "database").write_bytes(b"")
    assert target.run("restore", backup, "--key-file", key_file, "--check").exit_code == 1


def test_no_password_stands_in_a_programs_arguments(source):
    target, environment = programs.connection(source.owner_url)
    password = environment["PGPASSWORD"]
    assert len(password) > 10
    assert password not in target
    assert "user=guichet_owner" in target
    assert os.environ.get("PGPASSWORD") is None


def test_commands_without_the_owner_say_so_in_one_line(source, key_file, tmp_path):
    source.values = source.values.model_copy(update={"database_owner_url": None})
    for command in ("backup", "restore"):
        result = source.run(command, tmp_path / "x", "--key-file", key_file)
        assert result.exit_code == 1
    assert source.run("backup", tmp_path / "x", "--key-file", key_file).output.startswith(
        "Error: DATABASE_OWNER_URL: is not set"
    )


def test_keys_that_the_new_place_lacks_are_told(target, backup, key_file):
    keys = [key._replace(id="new") for key in target.values.code_keys]
    target.values = target.values.model_copy(update={"code_keys": tuple(keys)})
    target.values = target.values.model_copy(update={"anchor_key": b"another" + bytes(25)})
    told = done(target.run("restore", backup, "--key-file", key_file))
    assert "ANCHOR_KEY: is another one; verify with flask audit verify --trust " in told
    assert "CODE_KEYS: lacks test; letters made with it cannot be used" in told


def test_a_place_without_documents_and_anchors_is_backed_up_too(
    databases, target, key_file, tmp_path, portal
):
    place = Place(databases, portal, databases.template(), tmp_path / "here")
    folder = place.back_up(key_file, tmp_path / "backup")
    key = read_key(key_file)
    with target.entered():
        found = restore(
            target.values, target.owner_url, folder, key, lambda _: None, keep_anchors=False
        )
    assert set(found.parts) == {"database", "documents"}
    assert found.documents == 0
    assert rows(place.owner_url) == rows(target.owner_url)
