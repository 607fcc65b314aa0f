"""Deeds on many rows: looked at first, each by itself, and all of it told in the result."""

from __future__ import annotations

import csv
import io
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.base.db import session
from app.base.errors import Conflict, NotFound
from app.desk.admin.ledger import DeskLedger
from app.desk.jobs import forget_results
from app.desk.models import BulkLine, BulkRun
from app.desk.service import runs
from app.enrolment.models import Letter, Registration
from app.enrolment.service import letters
from app.identity import cookie
from app.identity.models import SignInSession
from app.parties.models import Person
from tests.staff.conftest import KINDS
from tests.support.race import race


@pytest.fixture
def officer(world, sign_in):
    person = world.staff("program_officer")
    sign_in(person)
    return person


@pytest.fixture
def letter(world):
    """`letter("Acme Ltd.", "printed")`: a letter in that state, of a business of that name."""
    maker = world.staff("program_officer")

    def make(name, state, program=None):
        program = program or world.program()
        entry = world.registry_entry(name, program=program)
        business = world.business(name, bn=entry.bn)
        moment = world.now() - timedelta(days=1)
        row = _add(
            world,
            Registration(
                program_id=program.id, person_id=world.person().id, state="letter",
                definition_version=1, legal_name=name, bn=entry.bn, registry_entry_id=entry.id,
                party_id=business.id, sent_at=moment,
            ),
        )  # fmt: skip
        steps = ("prepared", "printed", "posted", "delivered")
        passed = steps[: steps.index(state) + 1] if state in steps else ()
        names = {"prepared": "made_at"}
        moments = {names.get(step, f"{step}_at"): moment for step in passed}
        made = {"made_by": maker.id, "number": f"L-{name}"} if passed else {}
        made |= {"mail_number": "RN123456785CA"} if "posted" in passed else {}
        return _add(
            world,
            Letter(
                registration_id=row.id, program_id=program.id, language="en",
                address=entry.address, state=state, due_at=moment, **moments, **made,
            ),
        )  # fmt: skip

    return make


def _add(world, row):
    world.db.add(row)
    return world._kept(row)


def address(deed, *rows, screen="letters"):
    chosen = "".join(f"&row={getattr(row, 'id', row)}" for row in rows)
    return f"/staff/{screen}/bulk?deed={deed}{chosen}"


def state_of(world, row):
    world.db.rollback()
    world.db.refresh(row)
    return row.state


def outcome(page):
    """Name → the words beside it in a table."""
    found = {}
    for line in page.page.all("tr"):
        cells = ["".join(cell.itertext()).split() for cell in line]
        if len(cells) > 1:
            found[" ".join(cells[0])] = " ".join(cells[1] + (cells[2] if len(cells) > 2 else []))
    return found


# ── the look before ─────────────────────────────────────────────────────────────────────


def test_each_row_is_looked_at_before_anything_is_done(world, officer, letter, client):
    prepared, due = letter("Ready Ltd.", "prepared"), letter("Waiting Ltd.", "due")
    page = client.get(address("printed", prepared, due))
    assert "2 rows selected · 1 will be skipped" in page.main
    told = outcome(page)
    assert told["Ready Ltd."] == "Will be done"
    assert told["Waiting Ltd."] == "Skipped It has not just been prepared."
    assert state_of(world, prepared) == "prepared"
    assert world.db.scalars(select(BulkRun)).all() == []


def test_a_row_that_may_not_be_seen_is_not_named_and_is_skipped(world, officer, letter, client):
    mine = letter("Ready Ltd.", "prepared")
    theirs = letter("Zibeline Ltd.", "prepared", world.other_program())
    page = client.get(address("printed", mine, theirs))
    assert "Zibeline" not in page.html
    assert outcome(page)[str(theirs.id)] == "Skipped It is not there, or not yours to see."
    result = page.form("run").submit().follow()
    assert "Zibeline" not in result.html
    assert state_of(world, theirs) == "prepared"
    assert state_of(world, mine) == "printed"


def test_rows_of_which_none_may_be_seen_are_not_there(world, officer, letter, client):
    theirs = letter("Zibeline Ltd.", "prepared", world.other_program())
    client.get(address("printed", theirs), expect=404)


def test_where_nothing_can_be_done_there_is_no_button(world, officer, letter, client):
    page = client.get(address("printed", letter("Waiting Ltd.", "due")))
    assert "None of these rows can be done now." in page.main
    assert not any("run" in form.names for form in page.forms())


# ── doing it ────────────────────────────────────────────────────────────────────────────


def test_the_result_names_each_row_and_why_one_was_skipped(world, officer, letter, client):
    rows = [
        letter("One Ltd.", "prepared"),
        letter("Two Ltd.", "due"),
        letter("Six Ltd.", "prepared"),
    ]
    result = client.get(address("printed", *rows)).form("run").submit().follow()
    assert [state_of(world, row) for row in rows] == ["printed", "due", "printed"]
    told = outcome(result)
    assert told["One Ltd."] == told["Six Ltd."] == "Done"
    assert told["Two Ltd."] == "Skipped It has not just been prepared."
    assert "1 row was not done." in result.main


def test_the_result_is_a_file_too_in_the_reader_s_language(world, officer, letter, client):
    rows = [letter("=SUM(1)", "prepared"), letter("Two Ltd.", "due")]
    result = client.get(address("printed", *rows)).form("run").submit().follow()
    url = result.links()["Download the result (CSV)"]
    english = client.http.get(url).data.decode("utf-8-sig")
    head, done, skipped = csv.reader(io.StringIO(english))
    assert head == ["Number", "Name", "Outcome", "When", "Reason"]
    assert done[:3] == [str(rows[0].id), "'=SUM(1)", "Done"]
    assert skipped[1:3] == ["Two Ltd.", "Skipped"]
    assert skipped[4] == "It has not just been prepared."
    french = client.http.get(url.replace("/en/", "/fr/")).data.decode("utf-8-sig")
    assert french.splitlines()[0] == "Numéro,Nom,Résultat,Date et heure,Raison"
    assert "« Préparée »" in french.replace("\xa0", " ")


def test_each_row_passes_the_same_deed_with_its_own_entry_in_the_trail(
    world, officer, letter, client, trail
):
    rows = [letter("One Ltd.", "prepared"), letter("Six Ltd.", "prepared")]
    client.get(address("printed", *rows)).form("run").submit()
    assert [entry.target_id for entry in trail("letter.printed")] == [str(row.id) for row in rows]
    (begun,) = trail("bulk.begun")
    assert begun.changes["rows"] == [None, "2"]
    assert begun.changes["deed"] == [None, "printed"]


def test_each_row_is_asked_for_its_own_number(world, officer, letter, client, clock):
    rows = [letter(f"{name} Ltd.", "printed") for name in ("One", "Two", "Six", "Ten")]
    for row in rows:
        _code(world, row)
    page = client.get(address("posted", *rows))
    form = page.form("run")
    numbers = ["RN 123 456 785 CA", "", "RN 123 456 786 CA", "RN 123 456 785 CA"]
    typed = {f"row{r.id}-mail_number": n for r, n in zip(rows, numbers, strict=True)}
    told = outcome(form.submit(typed).follow())
    assert [state_of(world, row) for row in rows] == ["posted", "printed", "printed", "printed"]
    assert told["One Ltd."] == "Done"
    assert told["Two Ltd."] == "Skipped Nothing was entered for it."
    assert "Enter the registered mail number as" in told["Six Ltd."]
    assert told["Ten Ltd."] == "Skipped Another letter already has this number."


def _code(world, row):
    from app.enrolment.models import ActivationCode

    world.db.add(
        ActivationCode(
            registration_id=row.registration_id, letter_id=row.id, program_id=row.program_id,
            key_id="test", digest=str(row.id).encode().ljust(32, b"d"),
            expires_at=world.now() + timedelta(days=30),
        )
    )  # fmt: skip
    world.db.commit()


def test_letters_are_made_together_in_one_file_and_the_others_are_told(
    world, officer, letter, client
):
    rows = [letter("One Ltd.", "due"), letter("Two Ltd.", "delivered"), letter("Six Ltd.", "due")]
    answer = client.get(address("make", *rows)).form("run").submit(expect=200)
    assert answer.response.mimetype == "application/pdf"
    assert answer.response.data.startswith(b"%PDF")
    assert [state_of(world, row) for row in rows] == ["prepared", "delivered", "prepared"]
    result = client.get(client.get("/staff/results/list/").links()["Make the letters"])
    told = outcome(result)
    assert told["One Ltd."] == "Done"
    assert told["Two Ltd."] == "Skipped It is not a letter to send."


def test_letters_that_cannot_all_be_made_are_none_of_them_made(
    world, officer, letter, client, monkeypatch
):
    rows = [letter("One Ltd.", "due"), letter("Six Ltd.", "due")]
    page, real = client.get(address("make", *rows)), letters.make

    def late(actor, keys, paper):
        real(actor, keys[1:], paper)  # somebody else was first, at the last instant
        return real(actor, keys, paper)

    monkeypatch.setattr(letters, "make", late)
    again = page.form("run").submit(expect=200)
    assert "has already been made" in again.main
    assert [state_of(world, row) for row in rows] == ["due", "due"]
    assert world.db.scalars(select(BulkRun)).all() == []


def test_a_row_that_somebody_else_moved_meanwhile_is_skipped_and_the_next_is_done(
    world, officer, letter, client, monkeypatch
):
    rows = [letter("One Ltd.", "prepared"), letter("Six Ltd.", "prepared")]
    real = letters.confirm_printed

    def late(actor, keys):
        if keys == [rows[0].id]:
            raise Conflict("moved_on")
        return real(actor, keys)

    monkeypatch.setattr(letters, "confirm_printed", late)
    told = outcome(client.get(address("printed", *rows)).form("run").submit().follow())
    assert told["One Ltd."] == "Skipped It has not just been prepared."
    assert told["Six Ltd."] == "Done"


def test_a_fault_in_the_middle_leaves_no_row_half_done_and_the_rest_not_reached(
    world, officer, letter, client, monkeypatch
):
    rows = [letter(f"{name} Ltd.", "prepared") for name in ("One", "Two", "Six")]
    page = client.get(address("printed", *rows))
    real = letters.confirm_printed

    def torn(actor, keys):
        real(actor, keys)
        if keys == [rows[1].id]:
            raise ZeroDivisionError

    monkeypatch.setattr(letters, "confirm_printed", torn)
    app = client.app
    app.config["PROPAGATE_EXCEPTIONS"], before = False, app.config["PROPAGATE_EXCEPTIONS"]
    try:
        page.form("run").submit(expect=500)
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = before
    assert [state_of(world, row) for row in rows] == ["printed", "prepared", "prepared"]
    result = client.get(client.get("/staff/results/list/").links()["Confirm the printing"])
    told = outcome(result)
    assert [told[f"{name} Ltd."] for name in ("One", "Two", "Six")] == [
        "Done", "Not reached", "Not reached",
    ]  # fmt: skip
    monkeypatch.setattr(letters, "confirm_printed", real)
    again = result.click("Look at these rows again")
    told = outcome(again.form("run").submit().follow())
    assert told["Two Ltd."] == told["Six Ltd."] == "Done"
    assert [state_of(world, row) for row in rows] == ["printed"] * 3


def test_a_row_is_done_and_written_down_in_one_transaction(world, officer, letter, acting):
    """Whatever fails after the deed takes the deed back with it, and the line too."""
    row = letter("One Ltd.", "prepared")
    acting(officer)
    run = runs.begin(officer.id, "mark", "letters", "printed", [runs.Row(str(row.id), "One")])

    def torn():
        letters.confirm_printed(officer.id, [row.id])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        runs.do(officer.id, run, [str(row.id)], torn)
    assert state_of(world, row) == "prepared"
    assert world.db.scalars(select(BulkLine.state)).all() == ["waiting"]


def test_a_line_is_settled_once_however_often_it_is_tried_at_the_same_instant(
    world, officer, letter, acting
):
    acting(officer)
    run = runs.begin(officer.id, "mark", "letters", "printed", [runs.Row("1", "One")])
    tries = []
    results = race(
        *(lambda: runs.do(officer.id, run, ["1"], lambda: tries.append(1)) for _ in range(4))
    )
    assert sum(isinstance(one, Conflict) for one in results) == 3
    assert tries == [1]


def test_a_page_sent_twice_leads_to_the_one_result(world, officer, letter, client):
    row = letter("One Ltd.", "prepared")
    form = client.get(address("printed", row)).form("run")
    first, second = form.submit(), form.submit()
    assert first.response.location == second.response.location
    assert len(world.db.scalars(select(BulkRun)).all()) == 1
    other = client.get(address("printed", row, letter("Six Ltd.", "prepared"))).form("run").submit()
    assert other.response.location != first.response.location


@pytest.mark.parametrize(
    ("deed", "state", "left"), [("printed", "prepared", "printed"), ("make", "due", "prepared")]
)
def test_a_page_sent_three_times_at_the_same_instant_leads_to_the_one_result(
    world, officer, letter, client, monkeypatch, deed, state, left
):
    row = letter("One Ltd.", state)
    form = client.get(address(deed, row)).form("run")
    together, asked, real = threading.Barrier(3), threading.local(), DeskLedger.begun

    def begun(ledger, token):
        """Each form asks before any of them has begun: none finds a result."""
        found = real(ledger, token)
        if not hasattr(asked, "once"):
            asked.once = True
            assert found is None
            together.wait(30)
        return found

    monkeypatch.setattr(DeskLedger, "begun", begun)
    answers = race(*[lambda: _same_browser(client).post(form.action, data=form.values)] * 3)
    (run,) = world.db.scalars(select(BulkRun)).all()
    led = [one.headers["Location"] for one in answers if one.status_code == 302]
    assert len(led) == (3 if deed == "printed" else 2), answers
    assert {one.rpartition("/")[2] for one in led} == {str(run.id)}
    assert state_of(world, row) == left


def _same_browser(client):
    """A connection of its own with this browser's cookies."""
    another = client.app.test_client()
    for name in (cookie.name(), client.app.config["SESSION_COOKIE_NAME"]):
        another.set_cookie(name, client.cookie(name))
    return another


def test_sessions_are_ended_many_at_a_time(world, sign_in, client):
    support = world.staff("technical_support")
    person = world.person()
    theirs = [
        _add(
            world,
            SignInSession(
                token_hash=f"s{number}".encode(), person_id=person.id, stage="full",
                purpose="sign_in", full_at=world.now(),
            ),
        )
        for number in range(2)
    ]  # fmt: skip
    sign_in(support)
    client.get(address("end", *theirs, screen="sessions")).form("run").submit()
    world.db.rollback()
    world.db.expire_all()
    assert all(one.ended_at is not None for one in theirs)


def test_persons_are_disabled_with_one_reason_and_oneself_is_skipped(world, sign_in, client, trail):
    supervisor, person = world.staff("supervisor"), world.person("Ann", "Leblanc")
    sign_in(supervisor)
    page = client.get(address("disable", person, supervisor, screen="persons"))
    assert client.get(address("disable", person, screen="persons")).form("reason")
    told = outcome(page.form("reason").submit({"reason": "Reported lost"}).follow())
    assert told["Ann Leblanc"] == "Done"
    assert told[supervisor.full_name] == "Skipped Access is not open, or it is your own."
    world.db.rollback()
    assert world.db.get(Person, supervisor.id).state == "active"
    assert trail("person.disabled")[0].changes["reason"] == [None, "Reported lost"]


def test_a_deed_that_needs_a_fresh_code_asks_for_it_before_the_first_row(world, sign_in, client):
    administrator, other = world.staff("administrator"), world.staff("auditor")
    sign_in(administrator, code_verified_at=world.now() - timedelta(hours=2))
    (post,) = _posts(world, other)
    page = client.get(address("end", post, screen="assignments"))
    asked = page.form("run").submit(expect=303)
    assert "/step-up" in asked.response.location
    assert world.db.scalars(select(BulkRun)).all() == []


def _posts(world, person):
    from app.authority.models import StaffAssignment

    mine = select(StaffAssignment).where(StaffAssignment.person_id == person.id)
    return world.db.scalars(mine).all()


# ── whose result it is ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_a_result_is_read_by_whoever_chose_the_rows_alone(
    kind, world, officer, acting, sign_in, client
):
    acting(officer)
    run = runs.begin(officer.id, "mark", "letters", "printed", [runs.Row("1", "Zibeline")])
    sign_in(world.staff(kind))
    client.get(f"/staff/results/show/{run}", expect=404)
    client.get(f"/staff/results/file/{run}", expect=404)
    assert "Confirm the printing" not in client.get("/staff/results/list/").main


def test_nobody_writes_into_the_result_of_somebody_else(world, officer, acting):
    acting(officer)
    run = runs.begin(officer.id, "mark", "letters", "printed", [runs.Row("1", "One")])
    other = world.staff("supervisor")
    acting(other)
    for deed in (
        lambda: runs.do(other.id, run, ["1"], lambda: None),
        lambda: runs.skip(other.id, run, "1", "gone", {}),
        lambda: runs.finish(other.id, run),
        lambda: runs.abandon(other.id, run),
    ):
        with pytest.raises(NotFound):
            deed()


def test_a_result_is_forgotten_after_thirty_days(app, world, officer, acting, clock):
    acting(officer)
    runs.begin(officer.id, "mark", "letters", "printed", [runs.Row("1", "One")])
    clock.move(days=29)
    with app.app_context():
        forget_results()
        assert session.scalars(select(BulkRun)).all()
        clock.move(days=2)
        forget_results()
        assert session.scalars(select(BulkRun)).all() == []
        assert session.scalars(select(BulkLine)).all() == []


@pytest.mark.parametrize(
    "columns",
    [
        "state = 'burnt'",
        "state = 'done'",
        "state = 'skipped', settled_at = guichet_now()",
        "reason = 'gone'",
    ],
)
def test_the_database_refuses_a_line_that_tells_half(world, officer, acting, columns):
    acting(officer)
    runs.begin(officer.id, "mark", "letters", "printed", [runs.Row("1", "One")])
    with pytest.raises(IntegrityError):
        world.db.execute(text(f"UPDATE bulk_line SET {columns}"))
    world.db.rollback()
