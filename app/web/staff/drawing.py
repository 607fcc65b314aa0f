"""The geometry of a bar chart: drawn for the width of a phone, so that it shrinks nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

WIDTH: Final = 320
LABEL: Final = 88
NUMBER: Final = 116
"""Room right of the longest bar, for its number and a word."""
LINE: Final = 28
THICK: Final = 16
_BANDS: Final = (0, 1, 2, 5, 10)
"""The last day of each band but the last one."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, its value, and how much of that is late."""

    label: str
    value: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar with its places: ``late_width`` is the part at its end."""

    bar: Bar
    middle: int
    top: int
    width: float
    late_width: float
    number_at: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart's size, where its bars begin, and the bars from the top."""

    width: int
    height: int
    left: int
    bars: Sequence[Drawn]


def draw(bars: Sequence[Bar]) -> Drawing:
    """Lay the bars out below each other; the greatest takes the whole room."""
    room, most = WIDTH - LABEL - NUMBER, max((bar.value for bar in bars), default=0) or 1
    found = []
    for place, bar in enumerate(bars):
        width = round(room * bar.value / most, 1)
        late = round(room * bar.late / most, 1)
        top = place * LINE + (LINE - THICK) // 2
        middle = place * LINE + LINE // 2
        found.append(Drawn(bar, middle, top, width, late, LABEL + width + 8))
    return Drawing(WIDTH, LINE * len(bars), LABEL, found)


def band_of(days: int) -> int:
    """The number of the band that so many days fall into."""
    return next((place for place, last in enumerate(_BANDS) if days <= last), len(_BANDS))


def weeks_before(today: date, number: int) -> list[date]:
    """The Mondays of the last weeks, this one's the last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in range(number - 1, -1, -1)]
