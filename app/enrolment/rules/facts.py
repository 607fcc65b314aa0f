"""Enrolment by shared facts: what must agree, which questions are asked, how often one may fail.

Source of most rules: registering a business (shared facts B3, rows 4 to 6).
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from app.base.identifiers import clean
from app.parties.rules.addresses import PARTS

if TYPE_CHECKING:
    from app.programs.schema.enrolment import Fact

MOST: Final = Decimal("999999999999.99")
"""As much as a line of the ledger holds."""
_NO_AMOUNT: Final = b"?" * 20
"""As long as any amount, and none."""
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What somebody typed for one fact. It has no printable form, so that no log can hold it."""

    kind: str
    amount: Decimal
    number: str | None = None
    dated: date | None = None


def as_recorded(
    typed_name: str,
    typed_address: Mapping[str, str],
    known_name: str,
    known_address: Mapping[str, str],
) -> bool:
    """Whether name and address are the registry's, letter by letter.

    "legal name and full legal address must match CBSA's file exactly, including punctuation"
    (facts B3, row 4). Only spaces at the ends, or more than one between words, are forgiven, and
    the space in a postal code. All parts are compared, in a time that does not tell which differs.
    """
    agreed = _same(_spaced(typed_name), _spaced(known_name))
    for part in PARTS:
        written = clean if part == "postal_code" else _spaced
        agreed &= _same(written(typed_address.get(part, "")), written(known_address[part]))
    return agreed


def has_program_account(typed: str, known: Sequence[str], *, asked: bool) -> bool:
    """Whether the registry gives the business this program account; true where none is asked.

    ``known`` are the registry's: each two letters and four digits, then its label.
    """
    agreed = False
    for one in known:
        agreed |= _same(typed, one[:6])
    return agreed or not asked


def offered(facts: Iterable[Fact], held: Collection[str]) -> tuple[Fact, ...]:
    """The questions that can be answered: those for which the ledger holds data.

    "only questions for which the account holds data are offered" (facts B3, row 5).
    """
    return tuple(fact for fact in facts if fact.kind in held)


def needed(ask: int, offered_now: int) -> int:
    """How many must be answered: as many as are asked for, and never more than are offered.

    "two of three … so one answer may be enough" (facts B3, row 5).
    """
    return min(ask, offered_now)


def amount_fault(amount: Decimal, *, zero: bool) -> str | None:
    """Why an amount cannot be one of the ledger's; None when it can.

    "zero allowed?" yes for a transaction's duties and taxes, no for a balance (facts B3, row 5).
    """
    if amount != amount.quantize(_CENT) or abs(amount) > MOST:
        return "format"
    return "zero" if not amount and not zero else None


def agrees(typed: Decimal, candidates: Sequence[Decimal]) -> bool:
    """Whether the amount typed is one of those on record.

    Every candidate is compared, each in constant time; none at all costs a comparison too.
    """
    found = False
    for candidate in [_octets(one) for one in candidates] or [_NO_AMOUNT]:
        found |= hmac.compare_digest(_octets(typed), candidate)
    return found


def all_agree(answers: Sequence[tuple[Decimal, Sequence[Decimal]]], least: int) -> bool:
    """Whether as many as are needed were answered, and every one of them is right.

    All are compared before anything is said: which one was wrong shows nowhere.
    """
    right = [agrees(typed, candidates) for typed, candidates in answers]
    return len(right) >= least > 0 and all(right)


def locked_until(
    failures: Sequence[datetime], moment: datetime, *, most: int, length: timedelta
) -> datetime | None:
    """Until when somebody may not try again; None when they may now. ``failures`` newest first.

    As many failures as ``most`` within ``length`` of each other lock for ``length`` from the last.
    """
    if len(failures) < most or failures[most - 1] <= failures[0] - length:
        return None
    until = failures[0] + length
    return until if moment < until else None


def tries_left(
    failures: Sequence[datetime], moment: datetime, *, most: int, length: timedelta
) -> int:
    """How many more failures lock: those older than ``length`` no longer count."""
    return max(most - sum(one > moment - length for one in failures), 0)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())


def _octets(amount: Decimal) -> bytes:
    """An amount in cents, always as long."""
    return f"{int(amount * 100):+020d}".encode()
