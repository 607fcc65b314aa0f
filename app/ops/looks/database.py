"""The database: that it answers, at which version its tables are, and how its clock goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Final

from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from app.base.days import federal_holidays
from app.ops import schema
from app.ops.looks.found import Look, asking
from config import Settings

SLOW: Final = 0.5
"""Seconds that the database may take over a first answer."""
SKEW: Final = 2.0
"""Seconds by which this machine's clock may differ from the database's."""
CALENDAR: Final = timedelta(days=365)
"""How far ahead the business-day calendar should know the holidays."""

_SERVER: Final = text(
    """
    SELECT current_setting('server_version') AS version,
           pg_database_size(current_database()) AS size,
           pg_postmaster_start_time() AS started,
           current_setting('transaction_read_only') = 'on' AS read_only
    """
)


def look(_settings: Settings) -> Look:
    """Whether it answers, how fast, and whether it takes changes."""
    began = perf_counter()
    with asking() as connection:
        server = connection.execute(_SERVER).one()
    seconds = perf_counter() - began
    facts = {
        "version": server.version.partition(" ")[0],
        "size": server.size,
        "milliseconds": max(1, round(seconds * 1000)),
    }
    if server.read_only:
        return Look("database", "fails", "read_only", facts, server.started)
    slow = seconds > SLOW
    return Look(
        "database", "watch" if slow else "works", "slow" if slow else "ok", facts, server.started
    )


def look_at_tables(_settings: Settings) -> Look:
    """Whether the tables are at the program's version."""
    with asking() as connection:
        found = frozenset(MigrationContext.configure(connection).get_current_heads())
    facts = {"found": ", ".join(sorted(found)) or "0", "needed": ", ".join(sorted(schema.heads()))}
    if found == schema.heads():
        return Look("migrations", "works", "ok", facts)
    if schema.is_ahead(found):
        return Look("migrations", "works", "ahead", facts)
    return Look("migrations", "fails", "behind", facts)


_CLOCK: Final = text("SELECT clock_timestamp() AS real, guichet_now() AS now")


def look_at_clock(_settings: Settings) -> Look:
    """How far this machine's clock is from the database's, and how far the calendar reaches."""
    with asking() as connection:
        before = datetime.now(UTC)  # only compared: the database decides
        told = connection.execute(_CLOCK).one()
        after = datetime.now(UTC)  # only compared: the database decides
    skew = (told.real - (before + (after - before) / 2)).total_seconds()
    facts = {"skew": skew, "until": _known_until(told.now.date())}
    if abs(skew) > SKEW:
        return Look("clock", "watch", "skewed", facts, told.now)
    if facts["until"] < told.now.date() + CALENDAR:
        return Look("clock", "watch", "calendar", facts, told.now)
    return Look("clock", "works", "ok", facts, told.now)


def _known_until(today: date) -> date:
    """The last day for which the calendar knows the holidays; looked for ten years ahead."""
    last = today.year - 1
    for year in range(today.year, today.year + 11):
        try:
            federal_holidays(year)
        except ValueError:
            break
        last = year
    return date(last, 12, 31)
