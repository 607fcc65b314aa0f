"""Acting for others: requests for access, and what one business may let another do for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from app.programs.schema.base import (
    BusinessSpan,
    ByCode,
    CalendarSpan,
    Code,
    Many,
    Rule,
    Strict,
    Text,
    Whole,
    YesNo,
)
from app.programs.schema.roles import Reaches, Row, row_faults
from app.programs.schema.sources import Fault


class AccessRequests(Rule):
    """People ask a business for access themselves, by its business number; nobody is invited."""

    longest_comment: Whole
    """In characters."""
    program_account: YesNo
    """Whether the person may name the program account that they work on."""


class Level(Rule):
    """How far a delegation goes: what the other business may do at most, and on what."""

    code: Code
    label: Text
    description: Text
    reach: Reaches
    may: Many[Code]
    """Rows of the matrix."""


class Acting(Rule):
    """What one person of the other business is there for a client, below the delegation's level."""

    code: Code
    label: Text
    description: Text
    may: Many[Code]
    """Rows of the matrix. What is granted is what both these and those of the level grant."""


class Switch(Rule):
    """Whether transactions that one of the three submitted are seen through a delegation."""

    label: Text
    help: Text
    default: YesNo


class Switches(Strict):
    """Who submitted what a delegation lets through; they are independent of each other."""

    own: Switch
    """The business that acts."""
    client: Switch
    others: Switch
    """Any other business that acts for the client."""


class Delegation(Rule):
    """How another business comes to act for an account, how far, and who of it does."""

    levels: ByCode[Level]
    acting: ByCode[Acting]
    """The codes are not those of levels: both stand in one table of what is granted."""
    switches: Switches
    opens_after: BusinessSpan
    """From the opening of an account by shared facts: until then it lets nobody act for it."""
    reminders: Many[CalendarSpan]
    """Before the end of a delegation, the longest first."""
    asked_at_once: Whole
    """How many clients a checked list may name."""
    longest_comment: Whole
    """In characters."""
    groups: YesNo
    """Whether the people who act are put on clients by groups, too."""


def delegation_faults(matrix: dict[str, Row], delegation: Delegation | None) -> Iterator[Fault]:
    """Levels and acting roles that grant rows that do not exist, or that hide each other."""
    if delegation is None:
        return
    granted = {row for level in delegation.levels.values() for row in level.may}
    for code, level in delegation.levels.items():
        yield from row_faults(level.may, matrix, ("delegation", "levels", code, "may"))
    for code, acting in delegation.acting.items():
        here = ("delegation", "acting", code)
        yield from row_faults(acting.may, matrix, (*here, "may"))
        yield from _uncovered(acting, granted & matrix.keys(), matrix)
        if code in delegation.levels:
            yield here, f"expected another code: {code} is a level"
    yield from _reminder_faults(delegation)


def _uncovered(acting: Acting, granted: set[str], matrix: dict[str, Row]) -> Iterator[Fault]:
    """Rows of an acting role that no level grants: nobody could ever do them."""
    for n, row in enumerate(acting.may):
        if row in matrix and row not in granted:
            path = ("delegation", "acting", acting.code, "may", n)
            yield path, f"expected a row that some level grants, not {row}"


def _reminder_faults(delegation: Delegation) -> Iterator[Fault]:
    for n, (longer, shorter) in enumerate(pairwise(delegation.reminders), 1):
        if shorter >= longer:
            yield ("delegation", "reminders", n), f"expected fewer days than {longer.count}"
