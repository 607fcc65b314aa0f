"""Pages by key: no row twice, none left out, and the last one costs what the first one costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from tests.support.world import World
from tests.web.checker import Page, check_page, text_of
from tests.web.test_screens import LIST, names, only_ours, onward

ACCOUNTS = "/en/staff/accounts/list/"
COLUMNS = ("legal_name", "bn", "as_of")
DIRECTIONS = ("asc", "desc")


def shown(desk: FlaskClient, address: str) -> Page:
    answer = desk.get(address)
    return check_page(answer.text, "en", answer.status_code, answer.headers)


def walk(desk: FlaskClient, address: str | None, rel: str) -> Iterator[list[str]]:
    while address:
        page = shown(desk, address)
        yield names(page)
        address = onward(page, rel)


def flat(pages: Iterable[list[str]]) -> list[str]:
    return list(chain.from_iterable(pages))


def link(page: Page, words: str) -> str:
    return next(str(a.get("href")) for a in page.all("a") if text_of(a) == words)


@pytest.fixture
def firms(screens, desk, world: World) -> list[str]:
    """Sixty businesses, every third without a business number, some of one name."""
    found = []
    for i in range(60):
        name = f"Firm {i % 50:02}"
        code = {"carrier_code": f"X{i:03}"} if i % 3 == 0 else {}
        world.registry_entry(name, **code)
        found.append(name)
    only_ours(screens, world)
    return found


@pytest.fixture
def every_column_sorts(monkeypatch):
    from tests.web.screens import Registry

    monkeypatch.setattr(Registry, "order_columns", COLUMNS)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("column", COLUMNS)
def test_forwards_and_backwards_are_the_same_pages(
    desk, firms, every_column_sorts, column, direction
):
    """Also along a column in which some rows have no value: those stand last."""
    first = f"{LIST}?_oc_Registry={column}&_od_Registry={direction}"
    forwards = list(walk(desk, first, "next"))
    assert [len(page) for page in forwards] == [25, 25, 10]
    assert sorted(flat(forwards)) == sorted(firms)
    last = link(shown(desk, first), "Last page")
    backwards = list(walk(desk, last, "prev"))
    assert backwards[::-1] == forwards


def test_a_list_behind_a_relationship_has_pages_too(desk, world: World):
    for i in range(30):
        world.account(name=f"Firm {i:02}")
    pages = list(walk(desk, ACCOUNTS, "next"))
    assert flat(pages) == [f"Firm {i:02}" for i in range(30)]
    last = link(shown(desk, ACCOUNTS), "Last page")
    assert list(walk(desk, last, "prev")) == pages[::-1]


def test_the_reader_is_told_where_the_page_stands(desk, firms):
    first = shown(desk, LIST)
    assert "Results 1 to 25 of 60" in text_of(first.one("main"))
    assert "Page 1 of 3" in text_of(first.one("main"))
    second = shown(desk, onward(first, "next"))
    assert "Results 26 to 50 of 60" in text_of(second.one("main"))
    last = shown(desk, link(first, "Last page"))
    assert "Results 51 to 60 of 60" in text_of(last.one("main"))
    assert onward(last, "next") is None
    assert names(shown(desk, link(last, "First page"))) == names(first)


def test_a_row_that_left_the_filter_still_says_where_its_neighbours_are(desk, firms, world: World):
    address = f"{LIST}?_flt_0_base=CA"
    following = onward(shown(desk, address), "next")
    expected = names(shown(desk, following))
    key = int(re.search(r"after_Registry=(\d+)", following).group(1))
    with world.as_owner() as owner:
        owner.execute(text("UPDATE registry_entry SET base = 'US' WHERE id = :key"), {"key": key})
    assert names(shown(desk, following)) == expected


def test_the_place_of_a_hidden_row_is_told_to_nobody(screens, desk, world: World):
    hidden = world.registry_entry("Middle", program=world.other_program())
    for i in range(60):
        world.registry_entry(f"Firm {i:02}" if i < 30 else f"Zone {i:02}")
    only_ours(screens, world)
    first = names(shown(desk, LIST))
    for side in ("after", "before"):
        assert names(shown(desk, f"{LIST}?{side}_Registry={hidden.id}")) == first


# ── words ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def few(monkeypatch):
    """Ten hits are many."""
    monkeypatch.setattr("app.web.admin.words.RARE", 10)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_common_word_and_a_rare_one_find_the_same(
    desk, firms, world: World, every_column_sorts, monkeypatch, column, direction
):
    for i in range(30):
        world.registry_entry(f"Other {i:02}")
    first = f"{LIST}?_flt_0_search=firm&_oc_Registry={column}&_od_Registry={direction}"
    rare = list(walk(desk, first, "next"))
    assert sorted(flat(rare)) == sorted(firms)
    monkeypatch.setattr("app.web.admin.words.RARE", 10)
    assert list(walk(desk, first, "next")) == rare
    last = link(shown(desk, first), "Last page")
    assert list(walk(desk, last, "prev")) == rare[::-1]
    assert "60 results" in text_of(shown(desk, first).one("main"))


def test_a_common_word_finds_through_a_relationship(desk, world: World, few):
    for i in range(30):
        world.account(name=f"Firm {i:02}")
        world.account(name=f"Other {i:02}")
    found = flat(walk(desk, f"{ACCOUNTS}?_flt_0_party.search=firm", "next"))
    assert found == [f"Firm {i:02}" for i in range(30)]


@pytest.mark.parametrize("seen", [15, 5])
def test_a_common_word_finds_no_hidden_row(screens, desk, world: World, few, seen):
    """Whether many of the rows that have the word are the reader's, or few of them."""
    for i in range(15):
        world.registry_entry(f"Firm hidden {i:02}", program=world.other_program())
        if i < seen:
            world.registry_entry(f"Firm {i:02}")
    only_ours(screens, world)
    page = shown(desk, f"{LIST}?_flt_0_search=firm")
    assert names(page) == [f"Firm {i:02}" for i in range(seen)]
    assert f"{seen} results" in text_of(page.one("main"))


@pytest.mark.parametrize("seen", [15, 5])
def test_a_common_word_finds_no_hidden_row_behind_a_relationship(
    screens, desk, world: World, few, seen
):
    for i in range(15):
        world.account(name=f"Firm hidden {i:02}", program=world.other_program())
        if i < seen:
            world.account(name=f"Firm {i:02}")
    only_ours(screens, world)
    page = shown(desk, f"{ACCOUNTS}?_flt_0_party.search=firm")
    assert names(page) == [f"Firm {i:02}" for i in range(seen)]
    assert f"{seen} results" in text_of(page.one("main"))


# ── cost ────────────────────────────────────────────────────────────────────────────────────


def test_a_deep_page_reads_no_more_rows_than_the_first(desk, world: World):
    """Twenty thousand rows: what the database reads is counted, since time would be of the day."""
    program = world.program().id
    with world.as_owner() as owner:
        owner.execute(
            text(
                "INSERT INTO registry_entry (program_id, bn, legal_name, name_folded, base,"
                " language, street, city, region, postal_code, country, origin)"
                " SELECT :program, (100000000 + i)::text, 'Firm ' || i, 'firm ' || i, 'CA', 'en',"
                " 's', 'c', 'QC', 'p', 'CA', 'import' FROM generate_series(1, 20000) i"
            ),
            {"program": program},
        )
        owner.execute(text("ANALYZE registry_entry"))
    first = shown(desk, LIST)
    middle = world.db.scalar(text("SELECT id FROM registry_entry WHERE legal_name = 'Firm 5000'"))
    assert "more than 10,000" in text_of(first.one("main"))
    costs = [
        read_by_page(desk, world, address)
        for address in (LIST, f"{LIST}?after_Registry={middle}", link(first, "Last page"))
    ]
    assert max(costs) <= 40  # a page of 25, the row after it, and little beside


def read_by_page(desk: FlaskClient, world: World, address: str) -> int:
    """How many registry entries the statement of the page's rows reads."""
    found: list[tuple[str, object]] = []
    bound = world.db.get_bind()
    listen = lambda *args: found.append((args[2], args[3]))  # noqa: E731
    event.listen(bound, "before_cursor_execute", listen)
    assert len(names(shown(desk, address))) == 25
    event.remove(bound, "before_cursor_execute", listen)
    (statement, values) = next(one for one in found if "row_number()" in one[0])
    with bound.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
        return max(_read(plan.scalar()[0]["Plan"]))


def _read(node: dict) -> Iterator[int]:
    if node.get("Relation Name") == "registry_entry":
        loops = node["Actual Loops"]
        yield round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * loops)
    for inner in node.get("Plans", ()):
        yield from _read(inner)
