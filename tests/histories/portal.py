"""The real portal under the histories: its database, its clock, its cast, and what is in it.

Each history begins in a copy of one prepared database: deeds commit, so nothing can be rolled
back, and the trail refuses to be truncated. The copy always has the same name, so that one engine,
with all the statements it has compiled, serves every history.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from app.audit.verify import verify
from app.base import db as base
from app.base.context import Origin, set_origin
from app.enrolment.service import codes, letters
from tests.histories import outcomes
from tests.histories.reference import Row, State
from tests.histories.stage import Stage, prepare
from tests.support.database import Databases

NAME, TEMPLATE = "guichet_history", "guichet_history_stage"
BEGINS = datetime(2027, 3, 1, 15, tzinfo=UTC)
_CLOCK = """
CREATE OR REPLACE FUNCTION guichet_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT timestamptz '{}' $$
"""


class Portal:
    """One process's portal for histories. `begin` and `finish` are called around each."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self.engine = base.connect(databases.app_url(NAME), threads=1)
        self._owner_engine = create_engine(databases.owner_url(NAME), pool_pre_ping=True)
        self._owner: Connection | None = None
        self.stage: Stage
        self.spoil: Callable[[Connection], None] | None = None
        """What a test of the machine does to the database before each history."""
        self.histories = self.steps = 0
        self.outcomes: Counter[tuple[str, str]] = Counter()
        """How often each deed ended how: what never happens proves nothing."""
        self.paper: list[tuple[str, str]] = []
        """Client number and code of every letter of this history, as they stand on paper."""

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Read letters as they are composed: setting a PDF takes a tenth of a second."""

        def compose(_program: object, _limit: object, facts: Any, _address: str) -> None:
            self.paper.append((facts.client_number, facts.code))

        with (
            patch.object(codes, "compose", compose),
            patch.object(letters, "render_many", lambda *_: b""),
        ):
            yield

    # ── one history ─────────────────────────────────────────────────────────────────────

    def make_stage(self) -> None:
        """Make the prepared database, once."""
        self._copy(self._databases.template())
        self.set_clock(BEGINS)
        self.stage = prepare(self, self.engine, self._owner_engine)
        self._close()
        self._databases.server.drop_database(TEMPLATE)
        self._databases.server.create_database(TEMPLATE, template=NAME)

    def begin(self) -> State:
        """A history's beginning: its database, and the same in the reference."""
        self._copy(TEMPLATE)
        if self.spoil is not None:
            self.spoil(self.owner())
        self.histories += 1
        self.paper.clear()
        return copy.deepcopy(self.stage.state)

    def finish(self) -> None:
        set_origin(Origin())
        self._close()

    def dispose(self) -> None:
        self._close()
        self._databases.server.drop_database(NAME)
        self._databases.server.drop_database(TEMPLATE)

    def _copy(self, template: str) -> None:
        self._close()
        self._databases.server.drop_database(NAME)
        self._databases.server.create_database(NAME, template=template)

    def _close(self) -> None:
        base.session.remove()
        self.engine.dispose()
        if self._owner is not None:
            self._owner.close()
            self._owner = None
        self._owner_engine.dispose()

    # ── the clock and the deeds ─────────────────────────────────────────────────────────

    def owner(self) -> Connection:
        """A connection of the owner's that commits each statement."""
        if self._owner is None:
            self._owner = self._owner_engine.connect().execution_options(
                isolation_level="AUTOCOMMIT"
            )
        return self._owner

    def set_clock(self, moment: datetime) -> None:
        self.owner().execute(text(_CLOCK.format(moment.isoformat()).replace(":", "\\:")))

    def read(self, query: str, **values: object) -> list[Row]:
        return [dict(row) for row in self.owner().execute(text(query), values).mappings()]

    def do(
        self, w: State, actor: str | None, deed: Callable[[], object], verified: datetime | None
    ) -> tuple[str, object]:
        """Do a deed as somebody, with a code proved at that instant; its outcome and value."""
        person = w.people[actor]["id"] if actor is not None else None
        with acting(person, verified):
            return outcomes.outcome_of(deed)

    def breaks(self) -> list[str]:
        """Where the trail's chain is not what was written."""
        return [str(one) for one in verify(self._owner_engine, ()).breaks]


@contextmanager
def acting(person: int | None, verified: datetime | None = None) -> Iterator[None]:
    set_origin(Origin(person_id=person, request_id="history", code_verified_at=verified))
    try:
        yield
    finally:
        base.session.remove()
        set_origin(Origin())


WINDOW = timedelta(minutes=20)
"""For how long a proved code opens what asks for a fresh one."""
