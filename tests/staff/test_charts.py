"""The charts of the work list: of what the reader sees, with the same figures as a table."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from app.base.days import local_day
from app.web.formats import ZONE
from app.web.staff.drawing import LABEL, NUMBER, WIDTH, Bar, band_of, draw, weeks_before
from tests.staff.conftest import KINDS

X = "{http://www.w3.org/1999/xhtml}"


def tables(page):
    """Caption → the lines below its head."""
    found = {}
    for table in page.page.all("table"):
        rows = [[" ".join("".join(c.itertext()).split()) for c in r] for r in table.iter(f"{X}tr")]
        caption = next(table.iter(f"{X}caption"))
        found["".join(caption.itertext())] = dict(rows[1:])
    return found


def test_letters_to_send_are_drawn_by_how_long_they_waited_and_the_late_ones_said(
    filled, world, sign_in, client
):
    sign_in(world.staff("program_officer"))
    page = client.get("/staff/")
    assert "1 letter to send is late" in page.main
    told = tables(page)["Letters to send, by business days waited"]
    assert sum(value != "0" for value in told.values()) == 1
    assert "1 · late" in {told["6 to 10"], told["3 to 5"]}


def test_letters_mailed_are_counted_by_the_week_in_which_they_left(filled, world, sign_in, client):
    sign_in(world.staff("auditor"))
    world.db.refresh(filled.letter)
    left = local_day(filled.letter.posted_at, ZONE)
    weeks = weeks_before(local_day(world.now(), ZONE), 8)
    expected = {str(one): "1" if one <= left < one + timedelta(days=7) else "0" for one in weeks}
    assert max(expected.values()) == "1"
    assert tables(client.get("/staff/"))["Letters mailed, by week"] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_no_chart_tells_of_letters_of_another_program(filled, kind, world, sign_in, client):
    sign_in(world.staff(kind, world.other_program()))
    assert tables(client.get("/staff/")) == {}


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_drawing_has_words_for_who_does_not_see_it(filled, world, sign_in, client, lang):
    sign_in(world.staff("supervisor"))
    page = client.get("/staff/", lang=lang)
    drawings = re.findall(r'<svg class="chart"[^>]*role="img" aria-label="([^"]{20,})"', page.html)
    assert len(drawings) == 2
    assert len(tables(page)) == 2


def test_the_greatest_bar_takes_the_room_and_the_others_their_share():
    found = draw([Bar("a", 4, 1), Bar("b", 2), Bar("c", 0)]).bars
    room = WIDTH - LABEL - NUMBER
    assert [one.width for one in found] == [room, room / 2, 0]
    assert found[0].late_width == room / 4
    assert [one.top for one in found] == sorted(one.top for one in found)


def test_a_chart_of_nothing_can_be_drawn():
    assert [one.width for one in draw([Bar("a", 0)]).bars] == [0]


@pytest.mark.parametrize(
    ("days", "band"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (5, 3), (6, 4), (10, 4), (11, 5), (400, 5)],
)
def test_every_number_of_days_has_its_band(days, band):
    assert band_of(days) == band


def test_weeks_begin_on_monday_and_end_with_this_one():
    assert weeks_before(date(2026, 11, 22), 2) == [date(2026, 11, 9), date(2026, 11, 16)]
    assert weeks_before(date(2026, 11, 23), 1) == [date(2026, 11, 23)]
