"""What a look at a part of the portal finds: codes and figures, for machines and for words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, text

from app.base.db import session

State = Literal["works", "watch", "fails"]


@dataclass(frozen=True, slots=True)
class Look:
    """What was found of a part: how it is, which sentence tells it, and the figures of it.

    ``code`` is *ok* or what is wrong; ``since`` is the instant that the part's line tells.
    """

    part: str
    state: State
    code: str = "ok"
    facts: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None


@contextmanager
def asking() -> Iterator[Connection]:
    """A connection beside the session's, whose questions end after three seconds."""
    with session.get_bind().engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = '3s'"))
        yield connection
