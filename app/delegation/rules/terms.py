"""What a client may let a third party do: a level, its reach, what is seen, from and until when.

Both ways of giving pass here: answering a request, and changing what was given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from app.programs.schema.delegation import Acting, Delegation, Level


@dataclass(frozen=True, slots=True)
class Terms:
    """What is given. ``parts`` are numbers of program accounts; days are of the program's zone."""

    level: str
    parts: frozenset[int] = frozenset()
    sees_own: bool = True
    sees_client: bool = False
    sees_others: bool = False
    starts: date | None = None
    """From the beginning of this day; None: at once."""
    ends: date | None = None
    """Until the end of this day; None: until somebody ends it."""


@dataclass(frozen=True, slots=True)
class Giver:
    """How far whoever answers may give: the whole account or only some program accounts of it."""

    whole: bool
    parts: frozenset[int]


def levels_open_to(giver: Giver, levels: Mapping[str, Level]) -> list[str]:
    """The levels that this giver may give, in the order of the definition.

    “PAM … grants third parties for that program only” (facts B1): who answers for one program
    account gives no level that reaches the whole account.
    """
    return [
        code
        for code, level in levels.items()
        if (giver.whole if level.reach == "account" else bool(giver.parts))
    ]


def faults(
    terms: Terms, giver: Giver, delegation: Delegation, today: date, taken: Collection[int] = ()
) -> dict[str, str]:
    """What is wrong with the terms, field by field; empty when they may be given.

    ``taken`` are program accounts for which the third party acts already. “Client picks: scope
    (all programs or named programs), type …, and the visibility rules” (facts B5). Codes:
    ``level`` unknown, ``parts`` empty, unknown or taken, ``starts`` past, ``ends`` past or
    before_start.
    """
    found: dict[str, str] = {}
    if terms.level not in levels_open_to(giver, delegation.levels):
        found["level"] = "unknown"
    elif delegation.levels[terms.level].reach != "account":
        found |= _part_faults(terms.parts, giver, taken)
    return found | _date_faults(terms, today)


def reached(terms: Terms, delegation: Delegation) -> list[int | None]:
    """One delegation for each: None is the whole account, “every program, present and future”."""
    if delegation.levels[terms.level].reach == "account":
        return [None]
    return [*sorted(terms.parts)]


def covers(level: Level, acting: Acting) -> bool:
    """Whether a delegation's level grants everything that the acting role is for."""
    return set(acting.may) <= set(level.may)


def _part_faults(parts: Collection[int], giver: Giver, taken: Collection[int]) -> dict[str, str]:
    if not parts:
        return {"parts": "empty"}
    if not set(parts) <= giver.parts:
        return {"parts": "unknown"}
    return {"parts": "taken"} if set(parts) & set(taken) else {}


def _date_faults(terms: Terms, today: date) -> dict[str, str]:
    found: dict[str, str] = {}
    if terms.starts is not None and terms.starts < today:
        found["starts"] = "past"
    if terms.ends is not None and terms.ends < today:
        found["ends"] = "past"
    elif terms.ends is not None and terms.starts is not None and terms.ends < terms.starts:
        found["ends"] = "before_start"
    return found
