"""Medians, ratios and how something grows."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence


def median_ms(work: Callable[[], object], times: int = 30, warm: int = 6) -> float:
    """The median of so many runs, in milliseconds, after a few that do not count."""
    return median_each([work], times, warm)[0]


def median_each(
    works: Sequence[Callable[[], object]], times: int = 30, warm: int = 6
) -> list[float]:
    """The same for several, in turn: whatever else the machine does meets all of them.

    At each turn each runs twice and the second run counts, so that none pays for what the one
    before it has pushed out of the processor's caches.
    """
    taken: list[list[float]] = [[] for _ in works]
    for number in range(warm + times):
        for place, work in enumerate(works):
            work()
            begun = time.perf_counter()
            work()
            if number >= warm:
                taken[place].append((time.perf_counter() - begun) * 1000)
    return [statistics.median(one) for one in taken]


def exponent(small: float, large: float, factor: float) -> float:
    """The e of cost ~ n^e between two sizes: 0 does not grow, 1 doubles with the rows."""
    return math.log(large / small) / math.log(factor)
