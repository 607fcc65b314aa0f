"""Numbers as people type them in English and in French, and as they are kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import cast

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_LONGEST = 16


def parse_number(typed: str, language: str) -> Decimal | None:
    """The number that was meant; None when it is none.

    “1,234.5”, « 1 234,5 » and 1234.5 are one. A single comma before three digits groups them in
    English, and begins the decimals in French.
    """
    bare = _SPACES.sub("", typed.strip()).replace("\u2212", "-")
    if not bare.isascii() or len(bare) > _LONGEST:
        return None
    if bare.count(",") == 1 and "." not in bare:
        groups = language == "en" and _GROUPED.fullmatch(bare) is not None
        bare = bare.replace(",", "" if groups else ".")
    elif _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    return Decimal(bare) if _PLAIN.fullmatch(bare) else None


def plain(number: Decimal) -> str:
    """The one form in which a number is kept: digits, and a point before the decimals."""
    return format(number.normalize() + 0, "f")


def decimals(number: Decimal) -> int:
    """How many decimals it has, zeros at its end left out."""
    return max(0, -cast(int, number.normalize().as_tuple().exponent))
