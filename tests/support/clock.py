"""The clock of the tests: the database's own, moved by its owner, felt by every process."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.engine import Engine

_FUNCTION = """
CREATE OR REPLACE FUNCTION guichet_now() RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT {} $$
"""


class Clock:
    """Moves `guichet_now()`. It goes on ticking unless it is stopped at an instant."""

    def __init__(self, owner: Engine) -> None:
        self._owner = owner
        self._ahead = timedelta()

    def move(self, by: timedelta | None = None, /, **length: float) -> datetime:
        """Move on by a length of time, as in `clock.move(days=46)`; return what it is then."""
        self._ahead += by if by is not None else timedelta(**length)
        self._replace(f"clock_timestamp() + interval '{self._ahead.total_seconds():.6f} seconds'")
        return self.now()

    def set(self, moment: datetime) -> datetime:
        """Go to an instant, and tick on from there."""
        return self.move(moment - self.now())

    def stop(self, moment: datetime | None = None) -> datetime:
        """Stand still, at an instant or now, until the next `move` or `set`."""
        moment = moment or self.now()
        self._ahead += moment - self.now()
        self._replace(f"timestamptz '{moment.isoformat()}'")
        return self.now()

    def now(self) -> datetime:
        """The database's clock."""
        with self._owner.connect() as connection:
            moment: datetime = connection.execute(text("SELECT guichet_now()")).scalar_one()
        return moment

    def _replace(self, expression: str) -> None:
        with self._owner.begin() as connection:
            connection.execute(text(_FUNCTION.format(expression.replace(":", "\\:"))))
