"""Engines that go from test to test.

An engine learns: what kind of server it talks to, and the text of every statement it was ever
asked. Five thousand tests that each begin with a new one spend a fifth of their time on learning
it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Engine

_STATEMENTS = 20_000
"""How many statements an engine keeps the text of: those of all tests, not of one process's day."""


class Engines:
    """Lends an engine for an address; what it learned stays with it, connections do not."""

    def __init__(self, make: Callable[..., Engine]) -> None:
        self._make = make
        self._idle: list[_Turning] = []

    @contextmanager
    def lent(self, address: str) -> Iterator[Engine]:
        """An engine that talks to this address until the block ends, to nobody afterwards."""
        url = make_url(address)
        turning = self._idle.pop() if self._idle else _Turning(self._make, url)
        turning.turn(url)
        try:
            yield turning.engine
        finally:
            turning.engine.dispose()
            self._idle.append(turning)


class _Turning:
    """An engine whose connections go where it was last turned to."""

    def __init__(self, make: Callable[..., Engine], url: URL) -> None:
        self.engine = make(url.render_as_string(hide_password=False), query_cache_size=_STATEMENTS)
        event.listen(self.engine, "do_connect", self._go)

    def turn(self, url: URL) -> None:
        self.engine.url = url

    def _go(self, dialect: Any, _record: Any, _args: Any, parameters: dict[str, Any]) -> None:
        parameters.clear()
        parameters.update(dialect.create_connect_args(self.engine.url)[1])
