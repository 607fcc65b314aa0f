"""Two people at the same instant: threads, each with a connection of its own."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from typing import Any

from app.base.db import session

_PATIENCE = 30.0


def race(*works: Callable[[], Any]) -> list[Any]:
    """Run every function in its own thread, all let go at once.

    Returns what each returned or raised, in their order: a test asks
    `isinstance(result, Conflict)`. Each thread keeps the caller's origin and gets its own
    session. Fails when one is still running after half a minute, which means a deadlock that
    nobody broke.
    """
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        barrier.wait(_PATIENCE)
        try:
            results[place] = work()
        except Exception as error:  # noqa: BLE001 (handed to the test)
            results[place] = error
        finally:
            session.remove()

    threads = [
        threading.Thread(
            target=contextvars.copy_context().run, args=(run, place, work), daemon=True
        )
        for place, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
        assert not thread.is_alive(), "a thread of the race never ended"
    return results


def winners(results: Sequence[Any]) -> list[Any]:
    """What was returned by those that raised nothing."""
    return [result for result in results if not isinstance(result, Exception)]


def losers(results: Sequence[Any]) -> list[Exception]:
    """What the others raised."""
    return [result for result in results if isinstance(result, Exception)]
