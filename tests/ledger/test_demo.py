"""The demonstration's ledger: lines in every state, by whoever submitted them."""

from __future__ import annotations

from sqlalchemy import func, select

from app.ledger.models import LedgerImport, LedgerLine
from app.ledger.rules.lines import KINDS
from app.ops.demo import ledger
from tests.staff.conftest import database, demonstrated, demonstration, somebody  # noqa: F401


def test_the_demonstration_has_lines_of_each_kind_and_of_each_submitter(demonstration, world):  # noqa: F811
    lines = world.db.scalars(select(LedgerLine)).all()
    assert {line.kind for line in lines} == set(KINDS)
    assert {line.state for line in lines} == {"open", "paid", "arrears"}
    by = {line.submitted_by == line.entry.bn if line.submitted_by else None for line in lines}
    assert by == {True, False, None}
    assert len({line.registry_entry_id for line in lines}) == len(ledger.TRADES)
    added, changed = world.db.execute(
        select(func.sum(LedgerImport.added), func.sum(LedgerImport.changed))
    ).one()
    assert (added, changed > 0) == (len(lines), True)
