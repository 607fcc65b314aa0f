"""The status page: each part that is down is told with what to do, to the staff who may know."""

from __future__ import annotations

import ast
import socket
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.audit import anchors
from app.audit.anchors import FILE
from app.audit.jobs import anchor_now
from app.base import settings as base_settings
from app.base.db import session
from app.base.queue import enqueue
from app.ops import looks, schema, words
from app.ops.looks import database, disks, mail
from app.ops.looks.found import Look
from tests.support.mail import free_port
from tests.support.second import berths, second
from tests.support.world import PASSWORD
from tests.web.checker import text_of

__all__ = ["berths", "second"]

X = "{http://www.w3.org/1999/xhtml}"
PAGE = "/staff/status/"


@pytest.fixture
def reader(world, sign_in):
    person = world.staff("technical_support")
    sign_in(person)
    return person


@pytest.fixture
def healthy(owner_db):
    """A worker that gave a sign of life just now."""
    owner_db.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())"))
    owner_db.commit()


@pytest.fixture
def table(client):
    """`table()`: part → its cells, in the language of the page."""

    def read(lang="en"):
        page = client.get(PAGE, lang=lang)
        found = {}
        for row in page.page.all("tr"):
            cells = [text_of(cell) for cell in row if cell.tag in {f"{X}th", f"{X}td"}]
            if cells and row.get("role") == "row" and row.find(f"{X}td") is not None:
                head = row.find(f"{X}th")
                name = (head.text or "").strip()
                found[name] = cells
        return found

    return read


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_part_has_its_line_in_both_languages(reader, healthy, table, lang):
    found = table(lang)
    assert len(found) == len(looks.PARTS) == 10
    for cells in found.values():
        assert all(cells), cells


def test_what_works_is_told_with_its_figures(reader, healthy, table, settings):
    found = table()
    assert found["Database"][2].startswith("PostgreSQL ")
    assert found["Tables"][1:3] == [
        "Works",
        f"Version {max(schema.heads())}, as the program needs",
    ]
    assert found["Queue"][1:3] == ["Works", "1 worker, 0 jobs wait"]
    assert found["Mail"][1] == "Works"
    assert found["Mail"][2] == f"From {settings.mail_from} through 127.0.0.1:{settings.smtp_port}"
    assert "holidays known until" in found["Clock and calendar"][2]


def test_nobody_working_is_told_with_what_to_do(reader, table):
    name, state, _, since = table()["Queue"]
    assert state == "Does not work"
    assert "start run.py worker" in name
    assert since == "No sign of a worker yet"


def test_a_job_that_waits_too_long_is_told(reader, healthy, table, app, owner_db):
    enqueue(session, "identity.prune")
    session.commit()
    owner_db.execute(text("UPDATE procrastinate_events SET at = now() - interval '10 minutes'"))
    owner_db.commit()
    _, state, figure, _ = table()["Queue"]
    assert state == "Does not work"
    assert figure == "1 worker, 1 job waits, the oldest for 10 min"


def test_a_failed_job_is_to_be_watched(reader, healthy, table, owner_db):
    owner_db.execute(
        text(
            "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'test.fails', 'failed') RETURNING id)"
            " INSERT INTO procrastinate_events (job_id, type, at)"
            " SELECT id, 'failed', now() FROM job"
        )
    )
    owner_db.commit()
    _, state, figure, _ = table()["Queue"]
    assert (state, figure) == ("To watch", "1 worker, 0 jobs wait, 1 failed in a day")


def test_tables_behind_the_program_are_told(reader, healthy, table, owner_db):
    owner_db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    owner_db.commit()
    name, state, figure, _ = table()["Tables"]
    assert state == "Does not work"
    assert "run.py prepare" in name
    assert figure.startswith("Version 0001, the program needs ")


def test_a_mail_server_that_is_gone_is_told(reader, healthy, table, settings):
    base_settings.install(settings.model_copy(update={"smtp_port": free_port()}))
    name, state, _, _ = table()["Mail"]
    assert state == "Does not work"
    assert "The mail server does not answer" in name


def test_a_mail_server_that_never_greets_holds_the_page_for_a_moment_only(
    reader, healthy, table, settings, monkeypatch
):
    monkeypatch.setattr(mail, "PROBE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        base_settings.install(settings.model_copy(update={"smtp_port": port}))
        assert table()["Mail"][1] == "Does not work"


def test_a_mail_refused_for_good_is_counted_for_an_hour(
    reader, healthy, table, world, new_client, mailbox, clock
):
    mailbox.sink.refuse = "550 No such mailbox"
    typed = {"sign_in_name": world.sign_in_name(world.person()), "password": PASSWORD}
    new_client().post_form("/sign-in", typed, expect=303)
    mailbox.run_jobs()
    mailbox.sink.refuse = None
    _, state, figure, _ = table()["Mail"]
    assert state == "To watch"
    assert figure.endswith(", 1 refused in an hour")
    clock.move(minutes=10)
    assert table()["Mail"][1] == "To watch"


def test_a_folder_that_takes_no_file_is_told(reader, healthy, table, settings, tmp_path):
    blocked = tmp_path / "a file"
    blocked.write_text("where a folder should be")
    base_settings.install(settings.model_copy(update={"anchor_dir": blocked}))
    name, state, _, _ = table()["Storage"]
    assert state == "Does not work"
    assert "ANCHOR_DIR" in name


def test_a_disk_with_little_room_is_to_be_watched(reader, healthy, table, monkeypatch):
    monkeypatch.setattr(disks, "ROOM", 1 << 60)
    assert table()["Storage"][1] == "To watch"


def test_an_anchor_that_was_changed_is_told(reader, healthy, table, settings):
    anchor_now()
    session.rollback()
    path = settings.anchor_dir / FILE
    path.write_text(path.read_text().replace('"seq": ', '"seq": 1'))
    name, state, _, _ = table()["Anchors of the trail"]
    assert state == "Does not work"
    assert "flask audit verify" in name


def test_a_trail_that_is_not_the_anchored_one_is_told(reader, healthy, table, world, settings):
    anchors.append(settings.anchor_dir, settings.anchor_key, world.now(), 1, b"\x01" * 32)
    assert table()["Anchors of the trail"][1] == "Does not work"


def test_an_anchor_that_is_late_is_to_be_watched(world, sign_in, healthy, table, clock):
    anchor_now()
    session.rollback()
    clock.move(hours=37)
    sign_in(world.staff("auditor"))
    _, state, figure, since = table()["Anchors of the trail"]
    assert state == "To watch"
    assert figure.startswith("1 anchor proven, ")
    assert since.startswith("Last anchor: ")


def test_drafts_that_a_version_left_behind_are_to_be_watched_once_it_is_two_hours_old(
    berths, second, reader, healthy, table, clock, sign_in
):
    assert table()["Drafts"][1:3] == ["Works", "All follow the version in force"]
    berths.draft({"boat": {}})
    second.publish()
    assert table()["Drafts"][1:3] == ["Works", "1 under an earlier version"]
    clock.move(hours=3)
    sign_in(reader)
    name, state, figure, _ = table()["Drafts"]
    assert (state, figure) == ("To watch", "1 under an earlier version")
    assert "Run flask programs check" in name
    assert table("fr")["Ébauches"][1:3] == [
        "À surveiller",
        "1\N{NO-BREAK SPACE}à une version antérieure",
    ]


def test_a_clock_that_differs_is_to_be_watched(reader, healthy, table, monkeypatch):
    monkeypatch.setattr(database, "SKEW", -1)
    name, state, _, _ = table()["Clock and calendar"]
    assert state == "To watch"
    assert "Set the clock of this machine" in name


def test_a_calendar_that_ends_soon_is_to_be_watched(reader, healthy, table, monkeypatch):
    def known(year):
        raise ValueError(year)

    monkeypatch.setattr(database, "federal_holidays", known)
    name, state, _, _ = table()["Clock and calendar"]
    assert state == "To watch"
    assert "calendar reaches further" in name


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("part", looks.PARTS)
def test_a_part_that_cannot_be_looked_at_is_a_line_and_no_fault(
    reader, healthy, table, monkeypatch, part, lang
):
    def away(_settings):
        raise OperationalError("SELECT 1", {}, Exception("secret detail"))

    monkeypatch.setattr(looks, "PARTS", {**looks.PARTS, part: away})
    found = table(lang)
    assert len(found) == len(looks.PARTS)
    down = [cells for cells in found.values() if cells[1] in {"Does not work", "En panne"}]
    assert len(down) == 1
    assert "secret" not in str(found)


@pytest.mark.parametrize("state", ["works", "watch", "fails"])
def test_every_state_has_a_word_beside_its_colour(app, state):
    with app.test_request_context("/en/"):
        drawn = words.line(Look("database", state, "silent"))
    assert str(drawn.tag[1])


def found_somewhere():
    """Part and code of every look that the program may make."""
    for path in Path(looks.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Look":
                part, code = node.args[0], node.args[2]
                inside = {n.value for n in ast.walk(code) if isinstance(n, ast.Constant)}
                parts = [part.value] if isinstance(part, ast.Constant) else list(looks.PARTS)
                yield from ((part, code) for part in parts for code in inside)


def test_whatever_is_wrong_has_a_sentence_that_says_what_to_do():
    fine = {"ok", "ahead", "none"}
    found = {(part, code) for part, code in found_somewhere() if code not in fine}
    assert found == set(words.WHAT_TO_DO)


def test_officers_and_clients_do_not_see_the_page_and_have_no_link_to_it(
    world, client, sign_in, new_client
):
    sign_in(world.staff("program_officer"))
    assert not any("/staff/status" in url for url in client.get("/staff/").links().values())
    client.get(PAGE, expect=403)


def test_the_staff_menu_leads_to_the_page_and_the_page_to_its_help(reader, healthy, client):
    links = client.get("/staff/").links()
    assert links["Status of the portal"].endswith("/staff/status/")
    help_link = client.get(PAGE).links()["Help"]
    assert help_link.endswith("/help/staff-status")
