"""Who sees which lines of the ledger: by their role, or by who submitted them."""

from __future__ import annotations

import json
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql

import app.ledger.scopes  # noqa: F401  (the scopes)
from app.authority import registered  # noqa: F401  (the scopes)
from app.authority.queries import visible
from app.authority.scopes import Place
from app.ledger.models import LedgerLine

SEES = "transactions.view"


@pytest.fixture
def shared(world):
    """An importer with lines of its own, of the agency, of two brokers and of a stranger."""
    importer, first, second = (world.business() for _ in range(3))
    numbers = [one.bn for one in (importer, first, second)]
    role = world.role("reads", [SEES])
    account = world.account(business=importer)
    part = world.part(account)
    entry = world.registry_entry(bn=importer.bn, program_accounts=["RM0001 Importer", "RM0002"])
    submitted = [*numbers, world.bn(), None]
    for place, by in enumerate(submitted):
        for number in ("RM0001", "RM0002"):
            world.ledger_line(
                entry, amount=f"{10**place}.00", submitted_by=by, program_account=number
            )
    client = world.person_of(world.member(account, role))
    return SimpleNamespace(
        account=account, part=part, entry=entry, client=client, first=first, second=second
    )


def total(db, person, place=None):
    """Of what they see: each submitter has its own decimal place."""
    rows = visible(person.id, SEES, LedgerLine, within=place).subquery()
    found = db.scalar(select(func.sum(rows.c.amount)))
    db.rollback()
    return Decimal(found or 0)


CLIENT, FIRST, SECOND, STRANGER, AGENCY = (2 * 10**place for place in range(5))


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({}, FIRST),
        ({"sees_client": True}, FIRST + CLIENT + AGENCY),
        ({"sees_others": True}, FIRST + SECOND + STRANGER),
        ({"sees_own": False}, 0),
        (
            {"sees_client": True, "sees_others": True},
            CLIENT + FIRST + SECOND + STRANGER + AGENCY,
        ),
    ],
)
def test_a_delegate_sees_what_the_switches_let_through(db, world, shared, switches, expected):
    person = world.person()
    world.delegation(shared.account, shared.first, may=[SEES], people=[person], **switches)
    assert total(db, person) == expected
    assert total(db, person, Place(shared.account.id)) == expected


def test_two_brokers_and_a_client_see_different_totals_on_one_account(db, world, shared):
    here, there = world.people(2)
    for broker, person in ((shared.first, here), (shared.second, there)):
        world.delegation(shared.account, broker, may=[SEES], people=[person])
    found = [total(db, person) for person in (shared.client, here, there)]
    assert found == [CLIENT + FIRST + SECOND + STRANGER + AGENCY, FIRST, SECOND]


def test_a_line_is_of_the_program_account_that_it_names(db, world, shared):
    """Of one that the account has not, it is the whole account's."""
    role = world.role("reads_one", [SEES], reach="program_account")
    of_one = {"program_account_id": shared.part.id}
    one = world.person_of(world.member(shared.account, role, **of_one))
    agent = world.person()
    world.delegation(shared.account, shared.first, may=[SEES], people=[agent], **of_one)
    whole = CLIENT + FIRST + SECOND + STRANGER + AGENCY
    for place in (None, Place(shared.account.id), Place(shared.account.id, shared.part.id)):
        assert total(db, one, place) == whole / 2
        assert total(db, agent, place) == FIRST / 2
    assert total(db, shared.client, Place(shared.account.id, shared.part.id)) == whole / 2


def test_lines_that_were_there_before_the_account_count_at_once(db, world, shared):
    other = world.registry_entry()
    world.ledger_line(other, amount="7.00")
    assert total(db, shared.client) == CLIENT + FIRST + SECOND + STRANGER + AGENCY
    role = world.role("reads_too", [SEES])
    account = world.account(business=world.business(bn=other.bn))
    assert total(db, world.person_of(world.member(account, role))) == 7


@pytest.mark.parametrize("part", [False, True])
def test_what_a_place_grants_is_asked_once_and_not_line_by_line(db, world, shared, part):
    """The grants are read beforehand; the lines come from the index of the business's lines."""
    person = world.person()
    world.delegation(shared.account, shared.first, may=[SEES], people=[person])
    place = Place(shared.account.id, shared.part.id if part else None)
    wanted = visible(person.id, SEES, LedgerLine, within=place)
    asked = wanted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = db.execute(text(f"EXPLAIN (FORMAT JSON) {asked}")).scalar_one()
    plan = plan if isinstance(plan, list) else json.loads(plan)
    by_line = list(_by_line(plan[0]["Plan"]))
    db.rollback()
    assert "ix_ledger_line_of_business" in {node.get("Index Name") for node in by_line}
    read = {node["Relation Name"] for node in by_line if "Relation Name" in node}
    assert read <= {"ledger_line", "program_account", "business"}


def _by_line(plan):
    """What is asked for each line: neither asked once before, nor a list made once."""
    yield plan
    for one in plan.get("Plans", ()):
        if not one.get("Subplan Name", "").startswith(("InitPlan", "CTE")):
            yield from _by_line(one)
