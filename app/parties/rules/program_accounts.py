"""Program accounts as the registry gives them: a number, then a label where there is one.

> "BN15 = BN + RM + 4 digits = program account" (facts B1)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

NUMBER: Final = "[A-Z]{2}[0-9]{4}"
"""Two letters and four digits; as PostgreSQL and Python both read it."""
STORED: Final = rf"{NUMBER}( [^\n]+)?"
"""One program account in the registry: ``RM0001 Importer``, or ``RM0001`` alone."""
LONGEST_LABEL: Final = 60

_ONE: Final = re.compile(rf"({NUMBER})(?:\s+(.+))?", re.IGNORECASE)


def read_program_accounts(text: str) -> tuple[str, ...] | None:
    """The program accounts that a field names, several parted by ``;``, in its order.

    None when one is not written as a number and a label, when a label is too long, or when a
    number stands twice.
    """
    found = [_ONE.fullmatch(part.strip()) for part in text.split(";") if part.strip()]
    accounts = [
        " ".join(filter(None, (one[1].upper(), one[2]))) for one in found if one is not None
    ]
    numbers = numbers_of(accounts)
    labels = filter(None, labelled(accounts).values())
    long = any(len(label) > LONGEST_LABEL for label in labels)
    if long or None in found or len(set(numbers)) < len(numbers):
        return None
    return tuple(accounts)


def numbers_of(accounts: Iterable[str]) -> tuple[str, ...]:
    """Their numbers alone: ``RM0001``."""
    return tuple(one[:6] for one in accounts)


def labelled(accounts: Iterable[str]) -> dict[str, str | None]:
    """Number → label; None where it has none."""
    return {one[:6]: one[7:] or None for one in accounts}
