"""“My businesses”: which accounts, in which order, found by which words."""

from __future__ import annotations

import pytest

from app.authority import queries_businesses, walk
from app.authority.queries_businesses import businesses


@pytest.fixture(params=["few", "many", "common"])
def path(request, monkeypatch):
    """Every way to fill a page: sorting what is held; sorting rare hits, else walking the index
    of names; and walking it for words that are common."""
    if request.param != "few":
        monkeypatch.setattr(queries_businesses, "FEW", 0)
        monkeypatch.setattr(walk, "STEP", 2)
    if request.param == "common":
        monkeypatch.setattr(walk, "RARE", 0)
    for module in (queries_businesses, walk):
        monkeypatch.setattr(module, "PAGE", 3)


@pytest.fixture
def names(db):
    def listed(person, **asked):
        found = businesses(db, person.id, **asked)
        db.rollback()
        return [row.account.party.name for row in found.rows]

    return listed


def test_accounts_come_in_the_order_of_names_without_accents(world, path, names):
    person = world.person()
    for name in ("Zinc Ltée", "Écluse inc.", "Abris Co.", "beta"):
        world.account(person, name=name)
    world.account(name="Not mine")
    assert names(person) == ["Abris Co.", "beta", "Écluse inc."]


def test_pages_go_forth_and_back_by_keys(world, path, db):
    person = world.person()
    expected = [f"Firm {n:02}" for n in range(8)]
    for name in reversed(expected):
        world.account(person, name=name)
    seen, after, pages = [], None, []
    while True:
        page = businesses(db, person.id, after=after)
        pages.append(page)
        seen += [row.account.party.name for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert seen == expected
    assert [len(page.rows) for page in pages] == [3, 3, 2]
    back = businesses(db, person.id, before=pages[2].before)
    assert [row.account.id for row in back.rows] == [row.account.id for row in pages[1].rows]
    first = businesses(db, person.id, before=back.before)
    assert [row.account.id for row in first.rows] == [row.account.id for row in pages[0].rows]
    assert first.before is None
    db.rollback()


def test_accounts_of_one_name_do_not_get_lost_between_pages(world, path, db):
    person = world.person()
    made = {world.account(person, name="Same Name Inc.").id for _ in range(7)}
    seen, after = [], None
    for _ in range(3):
        page = businesses(db, person.id, after=after)
        seen += [row.account.id for row in page.rows]
        after = page.after
    assert (sorted(seen), after) == (sorted(made), None)
    db.rollback()


def test_a_foreign_key_tells_nothing_of_its_place(world, path, names):
    person = world.person()
    for name in ("Alder", "Birch", "Cedar"):
        world.account(person, name=name)
    foreign = world.account(name="Bulrush")
    assert names(person, after=foreign.id) == ["Alder", "Birch", "Cedar"]
    assert names(person, after=999_999) == ["Alder", "Birch", "Cedar"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ecluse", ["Écluse du Nord inc."]),
        ("ÉCLUSE NORD", ["Écluse du Nord inc."]),
        ("nor", ["Écluse du Nord inc.", "Nordic Freight"]),
        ("oeuvre", ["Chef-d’Œuvre ltée"]),
        ("l’été", []),
        ("freight nordic", ["Nordic Freight"]),
        ("ord", []),
        ("'; DROP TABLE party; --", []),
        ("!&|():*", []),
    ],
)
def test_search_is_by_the_beginnings_of_words_accents_and_case_forgiven(
    world, path, names, words, found
):
    person = world.person()
    for name in ("Écluse du Nord inc.", "Nordic Freight", "Chef-d’Œuvre ltée"):
        world.account(person, name=name)
    world.account(name="Nord Foreign")
    assert names(person, words=words) == found


def test_search_finds_a_business_number_spaces_forgiven(world, path, names):
    person = world.person()
    account = world.account(person, name="Alder")
    world.account(person, name="Birch")
    bn = world.fresh(account).business.bn
    world.db.rollback()
    assert names(person, words=f"{bn[:5]} {bn[5:]}") == ["Alder"]


def test_what_one_holds_without_effect_is_listed_and_not_opened(world, path, db, roles):
    person = world.person()
    states = {}
    for status in ("offered", "waiting", "active", "suspended", "ended"):
        account = world.account(name=f"Firm {status}")
        world.member(account, roles.full, person, status=status)
        states[account.id] = status
    rows = businesses(db, person.id).rows
    assert {states[row.account.id]: row.open for row in rows} == {
        "active": True,
        "suspended": False,
        "waiting": False,
    }
    db.rollback()


def test_a_closed_account_is_not_listed(world, path, names):
    person = world.person()
    account = world.account(person)
    world.close_account(account)
    assert names(person) == []


def test_an_account_by_delegation_is_listed_with_its_level(world, path, db):
    person, broker = world.person(), world.business("Broker inc.")
    account = world.account(name="Client inc.")
    world.delegation(account, broker, level="reader", people=[person])
    own, row = businesses(db, person.id).rows
    assert (own.account.party_id, own.level) == (broker.id, None)
    assert (row.account.id, row.open, row.level, row.membership) == (
        account.id,
        True,
        "reader",
        None,
    )
    db.rollback()


def test_a_disabled_person_lists_nothing(world, path, names):
    person = world.person()
    world.account(person)
    world.set(person, state="disabled")
    assert names(person) == []


def test_a_page_costs_a_constant_number_of_statements(world, db, engine, statements):
    person, busy = world.person(), world.person()
    world.account(person)
    for _ in range(12):
        world.account(busy)
    counts = []
    for one in (person.id, busy.id):
        with statements(engine) as run:
            page = businesses(db, one)
            assert all(row.account.party.name and row.account.program.code for row in page.rows)
        counts.append(len(run))
        db.rollback()
    assert counts[0] == counts[1]
