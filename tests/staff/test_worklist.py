"""The staff's front page: what waits, how much, how old, and for whom."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.authority.staff import STAFF_ROLES
from app.base.days import BusinessDays, CalendarDays, end_of_day, last_moment, local_day
from app.enrolment.models import Letter, Registration
from app.web.staff import worklist
from app.web.staff.rules import late_up_to, shown_as
from app.web.staff.views import TITLES
from app.web.staff.work import PEOPLE, WORK
from tests.staff.conftest import KINDS, MARK

ZONE = ZoneInfo("America/Toronto")


def _waiting(page):
    """Title → the count beside it."""
    found = {}
    for line in page.page.all("li"):
        text = "".join(line.itertext())
        if "Waiting:" in text:
            title = "".join(next(line.iter("{http://www.w3.org/1999/xhtml}a")).itertext())
            found[title] = re.search(r"Waiting: ([\d,]+)", text)[1]
    return found


def _register(world, name, **columns):
    entry = world.registry_entry(name)
    business = world.business(name, bn=entry.bn)
    row = Registration(
        program_id=world.program().id, person_id=world.person().id, definition_version=1,
        legal_name=name, bn=entry.bn, registry_entry_id=entry.id, party_id=business.id,
        sent_at=world.now(), **columns,
    )  # fmt: skip
    world.db.add(row)
    return world._kept(row)


def _due(world, since, name="Fundy Cold Storage Ltd."):
    row = _register(world, name, state="letter")
    letter = Letter(
        registration_id=row.id, program_id=row.program_id, language="en", state="due",
        address={"street": "1", "city": "2", "region": "NB", "postal_code": "3", "country": "CA"},
        due_at=since,
    )  # fmt: skip
    world.db.add(letter)
    return world._kept(letter)


# ── what waits ──────────────────────────────────────────────────────────────────────────


def test_each_line_leads_to_the_list_of_exactly_those_rows(
    demonstration, somebody, sign_in, client
):
    sign_in(somebody("c.beaulieu"))
    page = client.get("/staff/")
    counts, links = _waiting(page), page.links()
    assert len(counts) > 8
    for title, count in counts.items():
        there = client.get(links[title])
        assert f"{count} result" in there.main, title


def test_the_oldest_tells_how_long_it_has_waited(world, sign_in, client):
    moment = world.now()
    _due(world, moment - timedelta(days=1), "One Ltd.")
    _due(world, moment - timedelta(days=12), "Two Ltd.")
    sign_in(world.staff("program_officer"))
    page = client.get("/staff/")
    assert _waiting(page)["Letters to send"] == "2"
    assert "12 days" in page.main
    assert f"oldest: {local_day(moment - timedelta(days=12), ZONE).isoformat()}" in page.main


def test_a_letter_is_late_after_two_business_days(world, clock, sign_in, client):
    friday = datetime(2027, 3, 5, 15, 0, tzinfo=UTC)
    clock.stop(friday)
    _due(world, friday)
    officer = world.staff("program_officer", starts=friday - timedelta(days=1))
    late = {}
    for moment in (
        datetime(2027, 3, 8, 15, 0, tzinfo=UTC),  # Monday: one business day
        datetime(2027, 3, 10, 4, 59, 58, tzinfo=UTC),  # the last second of Tuesday in Toronto
        datetime(2027, 3, 10, 5, 0, 1, tzinfo=UTC),  # Wednesday
    ):
        clock.stop(moment)
        sign_in(officer)
        late[moment] = "1 late" in client.get("/staff/").main
    assert list(late.values()) == [False, False, True]


def test_registrations_wait_by_the_reason_for_which_an_officer_looks(world, sign_in, client):
    for number, reason in enumerate(("address", "not_in_registry", "answers", "already_active")):
        _register(world, f"Business {number} Ltd.", state="officer", officer_reason=reason)
    sign_in(world.staff("program_officer"))
    waiting = _waiting(client.get("/staff/"))
    assert {title for title in waiting if title.startswith("Registrations")} == {
        str(TITLES[f"officer_{reason}"])
        for reason in ("address", "not_in_registry", "answers", "already_active")
    }


def test_a_returned_letter_waits_until_another_was_asked_for(filled, world, sign_in, client):
    sign_in(world.staff("supervisor"))
    world.set(filled.due, state="cancelled")
    world.set(filled.letter, state="returned", returned_at=world.now())
    # A newer letter exists, be it cancelled: the return has been seen to.
    assert "Returned letters" not in _waiting(client.get("/staff/"))


def test_an_expired_code_waits_while_its_registration_does(filled, world, clock, sign_in, client):
    officer = world.staff("program_officer")
    sign_in(officer)
    waiting = _waiting(client.get("/staff/"))
    assert "Activation codes that expire soon" in waiting
    assert "Expired activation codes, not used" not in waiting
    clock.move(days=4)
    sign_in(officer)
    waiting = _waiting(client.get("/staff/"))
    assert "Activation codes that expire soon" not in waiting
    assert "Expired activation codes, not used" in waiting
    world.set(filled.due, state="cancelled")
    world.set(filled.registration, state="lapsed")
    assert "Expired activation codes, not used" not in _waiting(client.get("/staff/"))


def test_counting_stops(world, sign_in, client, monkeypatch):
    monkeypatch.setattr(worklist, "MOST_COUNTED", 3)
    monkeypatch.setattr("app.web.staff.views.MOST_COUNTED", 3)
    for number in range(5):
        _due(world, world.now(), f"Business {number} Ltd.")
    sign_in(world.staff("program_officer"))
    page = client.get("/staff/")
    assert "Waiting: 3 or more" in page.main


def test_it_takes_seven_statements_however_much_waits(
    demonstration, somebody, sign_in, client, statements
):
    sign_in(somebody("c.beaulieu"))
    client.get("/staff/")
    with statements() as asked:
        client.get("/staff/")
    assert len(asked) <= 7, asked


# ── for whom ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_staff_sees_the_work_that_it_may_do(
    kind, demonstration, somebody, sign_in, client
):
    sign_in(somebody(demonstration.people.STAFF[kind].sign_in_name))
    shown = set(_waiting(client.get("/staff/")))
    held = STAFF_ROLES[kind]
    for work in (*WORK, *PEOPLE):
        theirs = shown_as(held, doing=work.doing, reading=work.reading) is not None
        if not theirs:
            assert str(TITLES[work.key]) not in shown, work.key
    assert shown


def test_an_auditor_reads_what_waits_for_the_others(demonstration, somebody, sign_in, client):
    sign_in(somebody("t.kowalczyk"))
    page = client.get("/staff/")
    assert "Letters to send" in _waiting(page)
    assert "Your turn" not in page.main


def test_technical_support_sees_no_letters_to_send(demonstration, somebody, sign_in, client):
    sign_in(somebody("d.roy"))
    assert set(_waiting(client.get("/staff/"))) == {"People locked for a while"}


def test_each_program_has_its_own_part(filled, world, sign_in, client):
    officer = world.staff("program_officer")
    world.staff("auditor", world.other_program(), person=officer)
    sign_in(officer)
    page = client.get("/staff/")
    heads = ["".join(head.itertext()) for head in page.page.all("h2")]
    assert any(world.program().name_en in head for head in heads)
    assert any(world.other_program().name_en in head for head in heads)
    assert "2 programs" in page.text
    assert "Nothing waits in this program." in page.main
    assert MARK not in page.main


def test_nothing_waiting_is_said_in_words(world, sign_in, client):
    sign_in(world.staff("program_officer"))
    assert "Nothing waits in this program." in client.get("/staff/").main
    assert "Rien n’attend dans ce programme." in client.get("/staff/", lang="fr").main


# ── rules ───────────────────────────────────────────────────────────────────────────────

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 4 * 366 * 24 * 3600).map(lambda n: _FIRST + timedelta(seconds=n))


@given(_MOMENTS, st.integers(0, 30), st.sampled_from([BusinessDays, CalendarDays]))
def test_late_up_to_divides_what_is_late_from_what_is_not(moment, count, kind):
    border = late_up_to(moment, kind(count), ZONE)
    assert last_moment(border, kind(count), ZONE) < moment
    next_day = border + timedelta(seconds=1)
    assert last_moment(next_day, kind(count), ZONE) >= moment


def test_the_border_is_the_end_of_a_day():
    moment = datetime(2027, 3, 10, 15, 0, tzinfo=UTC)
    assert late_up_to(moment, BusinessDays(2), ZONE) == end_of_day(date(2027, 3, 7), ZONE)


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ({"do"}, "turn"),
        ({"a.read"}, "read"),
        ({"a.read", "staff.export"}, "read"),
        ({"a.read", "other.do"}, None),
        ({"b.read"}, None),
    ],
)
def test_work_is_shown_to_who_does_it_and_to_who_only_reads(held, shown):
    assert shown_as(held, doing="do", reading="a.read") == shown


def test_every_kind_of_work_has_a_title():
    assert {work.key for work in (*WORK, *PEOPLE)} == set(TITLES)
