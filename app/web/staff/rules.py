"""What the work list decides: what is late, and who is shown what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.base.days import Days, end_of_day, last_moment, local_day

ONE_DAY = timedelta(days=1)


def late_up_to(moment: datetime, allowed: Days, zone: ZoneInfo) -> datetime:
    """The last instant such that whatever has waited since then, or longer, is late now.

    "Vous devriez les recevoir dans un délai de deux jours ouvrables": a letter due on Monday is
    on time until the end of Wednesday.
    """
    day = local_day(moment, zone)
    while last_moment(end_of_day(day, zone), allowed, zone) >= moment:
        day -= ONE_DAY
    return end_of_day(day, zone)


def shown_as(held: Collection[str], *, doing: str, reading: str) -> str | None:
    """How a kind of work is shown to somebody with these actions in a program.

    *turn*: theirs to do. *read*: they read it, since nothing in the program is theirs to do
    (an auditor). None: not theirs, although they may read it elsewhere.
    """
    if doing in held:
        return "turn"
    acts = any(not action.endswith(".read") and action != "staff.export" for action in held)
    return "read" if reading in held and not acts else None
