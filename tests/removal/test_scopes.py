"""Nobody sees a row of any kind without a way to it: one row of each, and somebody who has none."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.authority.queries import visible
from app.authority.scopes import registered
from app.programs.actions import Action
from tests.removal.rows import plain
from tools.removal import scopes

KINDS = [item.name for item in scopes.listed()]
NOBODY = 12_345_678
ASKED = ("self.read", "self.update", "staff.work.read", *Action)


@pytest.mark.parametrize("name", KINDS)
def test_nobody_sees_a_row_that_they_have_no_way_to(bare, name):
    model = next(model for model in registered() if model.__name__ == name)
    table = model.__table__
    here = bare(table.fullname)
    here.only()
    row = {c.name: plain(c) for c in table.columns if c.computed is None}
    assert here.insert(row) is None
    there = select(func.count()).select_from(model)
    assert here.connection.execute(there).scalar_one() > 0
    for action in ASKED:
        wanted = visible(NOBODY, str(action), model).with_only_columns(func.count())
        assert here.connection.execute(wanted).scalar_one() == 0, action
