"""What a list's page costs, counted: statements, rows read, words translated; never seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import flask_babel
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app.web import context
from app.web.staff.defined import Defined
from tests.support.world import World
from tests.web.test_paging import ACCOUNTS, LIST, shown
from tests.web.test_screens import names

RARE, ACCOUNTS_THERE, ENTRIES_THERE = 1_000, 3_000, 20_000


@contextmanager
def heard(world: World) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its values."""
    found: list[tuple[str, Any]] = []
    bound = world.db.get_bind()
    listen = lambda *args: found.append((args[2], args[3]))  # noqa: E731
    event.listen(bound, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        event.remove(bound, "before_cursor_execute", listen)


def plan_of(world: World, statement: str, values: Any) -> list[dict[str, Any]]:
    """The nodes of a statement's plan, with what each read."""
    with world.db.get_bind().connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)
        return list(_nodes(plan.scalar()[0]["Plan"]))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from _nodes(inner)


def read(node: dict[str, Any]) -> int:
    """How many rows a node looked at."""
    return round(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    )


@pytest.fixture
def many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three thousand accounts of one word, and twenty thousand entries of the registry."""
    monkeypatch.setattr("app.web.admin.words.RARE", RARE)
    monkeypatch.setattr("app.web.admin.lists.MOST_COUNTED", RARE)
    world.account(name="Other")  # in this one's program, with its standing and its owner
    with world.as_owner() as owner:
        owner.execute(
            text(
                "INSERT INTO registry_entry (program_id, bn, legal_name, name_folded, base,"
                " language, street, city, region, postal_code, country, origin)"
                " SELECT :program, (100000000 + i)::text, 'Firm ' || i, 'firm ' || i, 'CA', 'en',"
                " 's', 'c', 'QC', 'p', 'CA', 'import' FROM generate_series(1, :many) i"
            ),
            {"program": world.program().id, "many": ENTRIES_THERE},
        )
        owner.execute(
            text(
                "WITH named AS (INSERT INTO party (kind, name, name_folded)"
                " SELECT 'business', 'Firm ' || i, 'firm ' || i FROM generate_series(1, :many) i"
                " RETURNING id), opened AS (INSERT INTO account (party_id, program_id,"
                " standing_code) SELECT named.id, program_id, standing_code FROM named, account"
                " RETURNING id) INSERT INTO membership (person_id, account_id, program_id,"
                " role_code, exclusive, required, status) SELECT person_id, opened.id, program_id,"
                " role_code, exclusive, required, status FROM opened, membership"
            ),
            {"many": ACCOUNTS_THERE},
        )
        for table in ("registry_entry", "party", "account"):
            owner.execute(text(f"ANALYZE {table}"))


@pytest.mark.parametrize(
    ("address", "table"),
    [
        (f"{LIST}?_flt_0_search=fi", "registry_entry"),
        (f"{ACCOUNTS}?_flt_0_party.search=fi", "party"),
    ],
)
def test_a_common_word_costs_so_many_hits_and_a_page(desk, world: World, many, address, table):
    """The index is asked once, for one hit more than are sorted; a walk finds the page."""
    with heard(world) as statements:
        page = shown(desk, address)
    assert len(names(page)) == 25
    (asked,) = [one for one in statements if "WITH hits AS MATERIALIZED" in one[0]]
    (hits,) = [n for n in plan_of(world, *asked) if n.get("Subplan Name") == "CTE hits"]
    assert hits["Actual Rows"] == RARE + 1
    assert sum("to_tsquery" in one[0] for one in statements) == 2  # this one, and the page's
    (rows,) = [one for one in statements if "row_number()" in one[0]]
    walked = [n for n in plan_of(world, *rows) if n.get("Relation Name") == table]
    assert max(read(node) for node in walked) <= 60  # a page of 25, the row after it, and a few


def test_a_search_is_never_planned_for_other_words(desk, world: World):
    world.registry_entry("Acme")
    with heard(world) as statements:
        shown(desk, f"{LIST}?_flt_0_search=acme")
    order = [one[0] for one in statements]
    custom = next(i for i, one in enumerate(order) if "force_custom_plan" in one)
    assert all(i > custom for i, one in enumerate(order) if "to_tsquery" in one)


def test_no_row_is_loaded_with_its_search_column(desk, world: World):
    """It is longer than the name, and nobody reads it."""
    world.account(name="Acme")
    with heard(world) as statements:
        assert names(shown(desk, ACCOUNTS)) == ["Acme"]
    assert not [one for one, _ in statements if ".search" in one]


def test_the_open_tab_is_not_counted_twice(desk, world: World):
    world.registry_entry("Acme")
    with heard(world) as statements:
        page = shown(desk, LIST)
    (counts,) = [one for one, _ in statements if "count(" in one]
    assert counts.count("count(*)") == 2  # what the page shows, which is a tab too; the other tab
    tabs = next(nav for nav in page.all("nav") if nav.get("aria-label") == "Views of this list")
    assert [span.text for span in tabs.iter() if span.tag.endswith("span")] == ["1", "0"]


def test_words_are_translated_once_a_page_and_not_once_a_row(desk, world: World, monkeypatch):
    asked = []
    find = flask_babel.Domain.get_translations

    def counted(self: flask_babel.Domain) -> Any:
        asked.append(1)
        return find(self)

    monkeypatch.setattr(flask_babel.Domain, "get_translations", counted)

    def words() -> int:
        asked.clear()
        shown(desk, LIST)
        return len(asked)

    world.registry_entry("Acme 0", base="US")
    few = words()
    for i in range(1, 20):
        world.registry_entry(f"Acme {i}", base="US")
    assert words() == few


def test_definitions_are_read_once_a_request(shell_app, monkeypatch):
    """A list asks for a label at each cell."""
    asked = []
    monkeypatch.setattr("app.web.staff.defined.definitions", lambda: asked.append(1) or ())
    labels = Defined("roles")
    for _ in range(2):
        with shell_app.test_request_context("/en/"):
            assert [labels.get("owner") for _ in range(50)] == [None] * 50
    assert len(asked) == 2


def test_an_address_of_the_shell_is_looked_up_once(browser_of: FlaskClient):
    """Twenty a page, each of which would look through all the addresses there are."""
    browser_of.get("/en/contact")
    before = context._is_served.cache_info().misses
    browser_of.get("/en/contact")
    assert context._is_served.cache_info().misses == before
