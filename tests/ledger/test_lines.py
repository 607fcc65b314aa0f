"""Lines of the ledger: what the tables refuse, and what enrolment may ask of them."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.base.db import session
from app.ledger.queries import amounts, held

MONEY = [Decimal("1250.00")]


@pytest.fixture
def importer(world):
    return world.registry_entry(program_accounts=["RM0001 Importer", "RM0002"])


def refused(world, *arguments, **columns):
    with pytest.raises(IntegrityError) as refusal:
        world.ledger_line(*arguments, **columns)
    world.db.rollback()
    return refusal.value.orig.diag.constraint_name


def test_a_line_is_of_one_of_its_businesss_program_accounts(world, importer):
    world.ledger_line(importer, program_account="RM0002")
    for strange in ("RM0003", None):
        assert refused(world, importer, program_account=strange) == "ledger_line_has_its_account"


def test_a_line_of_a_business_without_program_accounts_names_none(world):
    entry = world.registry_entry()
    world.ledger_line(entry)
    assert refused(world, entry, program_account="RM0001") == "ledger_line_has_its_account"


def test_a_number_is_used_once_for_a_business_and_a_kind(world):
    one, other = world.registry_entry(), world.registry_entry()
    world.ledger_line(one, number="1")
    world.ledger_line(one, "statement", number="1")
    world.ledger_line(other, number="1")
    assert refused(world, one, number="1") == "uq_ledger_line_registry_entry_id_kind_number"


@pytest.mark.parametrize("deed", ["DELETE FROM ledger_line", "TRUNCATE ledger_line"])
def test_a_line_is_never_removed_not_even_by_the_owner_of_the_tables(world, owner_engine, deed):
    world.ledger_line(world.registry_entry())
    with owner_engine.connect() as connection, pytest.raises(IntegrityError) as refusal:
        connection.execute(text(deed))
    assert refusal.value.orig.sqlstate == "23001"


def test_what_a_business_holds_is_told_kind_by_kind(world):
    entry = world.registry_entry()
    assert held(session, entry.id, None) == frozenset()
    world.ledger_line(entry, amount="0.00")
    assert held(session, entry.id, None) == {"transaction"}
    world.ledger_line(entry, "payment", "-100.00")
    assert held(session, entry.id, None) == {"transaction", "payment"}


def test_a_statement_whose_balance_is_zero_is_not_asked_for(world):
    entry = world.registry_entry()
    world.ledger_line(entry, "statement", "0.00", number="S-1", dated=date(2026, 9, 25))
    assert held(session, entry.id, None) == frozenset()
    assert amounts(session, entry.id, None, "statement", dated=date(2026, 9, 25)) == []
    world.ledger_line(entry, "statement", "-12.50", number="S-2", dated=date(2026, 10, 25))
    assert held(session, entry.id, None) == {"statement"}
    assert amounts(session, entry.id, None, "statement", dated=date(2026, 10, 25)) == [
        Decimal("-12.50")
    ]


def test_what_is_held_is_of_one_program_account_and_one_business(world, importer):
    world.ledger_line(importer, program_account="RM0001", number="7")
    other = world.registry_entry()
    assert held(session, importer.id, "RM0001") == {"transaction"}
    assert amounts(session, importer.id, "RM0001", "transaction", number="7") == MONEY
    for entry, account in ((importer, "RM0002"), (importer, None), (other, None)):
        assert held(session, entry.id, account) == frozenset()
        assert amounts(session, entry.id, account, "transaction", number="7") == []


def test_a_payment_is_negative_and_is_told_as_whoever_paid_says_it(world):
    entry = world.registry_entry()
    day = date(2026, 9, 14)
    world.ledger_line(entry, "payment", "-100.00", dated=day)
    world.ledger_line(entry, "payment", "-40.10", dated=day)
    world.ledger_line(entry, "payment", "-7.00", dated=date(2026, 9, 15))
    assert amounts(session, entry.id, None, "payment", dated=day) == [
        Decimal("100.00"),
        Decimal("40.10"),
    ]
    assert refused(world, entry, "payment", "100.00") == "ck_ledger_line_payment"


def test_the_amounts_of_all_lines_are_asked_for_by_nobody(world):
    with pytest.raises(ValueError, match="a number or a day"):
        amounts(session, world.registry_entry().id, None, "payment")
