"""What the database is asked, asked again by the driver alone: its cost without any Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine

Asked = list[tuple[str, Any]]


@contextmanager
def heard(engine: Engine) -> Iterator[Asked]:
    """Every statement with its values, as the driver gets them."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def timed(engine: Engine) -> Iterator[list[float]]:
    """How long each statement takes, in milliseconds."""
    found: list[float] = []
    begun = 0.0

    def before(*_args: Any) -> None:
        nonlocal begun
        begun = time.perf_counter()

    def after(*_args: Any) -> None:
        found.append((time.perf_counter() - begun) * 1000)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def again(db: psycopg.Connection[Any], asked: Asked) -> Callable[[], None]:
    """Ask the same once more, prepared; several statements in one transaction."""

    def ask() -> None:
        alone: AbstractContextManager[object] = (
            nullcontext() if len(asked) == 1 else db.transaction()
        )
        with alone, db.cursor() as cursor:
            for statement, values in asked:
                cursor.execute(statement, values, prepare=not statement.startswith("SET"))
                if cursor.description is not None:
                    cursor.fetchall()

    return ask
