"""One line of the ledger: what it may say, read from words and checked part by part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from app.base.identifiers import parse_bn
from app.base.text import fold_words, showable
from app.cases.rules.numbers import decimals, parse_number
from app.parties.rules.program_accounts import NUMBER

TRANSACTION: Final = "transaction"
PAYMENT: Final = "payment"
STATEMENT: Final = "statement"
KINDS: Final = (TRANSACTION, PAYMENT, STATEMENT)

STATES: Final = ("open", "arrears", "paid", "cancelled")
"""*open*: something is still to be paid, or of a payment still to be applied · *arrears*: it was
not paid when it was due, and is being collected · *paid*: nothing is left · *cancelled*: it counts
no more, as a payment that the bank returned."""
OUTSTANDING: Final = ("open", "arrears")
"""What the open balance is made of: the agency waits for it, or holds it unapplied."""

COLUMNS: Final = (
    "bn",
    "program_account",
    "kind",
    "number",
    "dated",
    "description",
    "amount",
    "state",
    "due_on",
    "submitted_by",
)
REQUIRED: Final = ("bn", "kind", "number", "dated", "description", "amount", "state")
KEPT: Final = ("program_account", "dated", "amount", "submitted_by")
"""What no later file may say otherwise; business, kind and number say which line it is."""
MOVING: Final = ("description", "state", "due_on")
"""What a later file may say otherwise."""

LONGEST: Final = {"number": 40, "description": 200}
MOST: Final = Decimal(10) ** 12
_CENTS: Final = 2
_YEARS: Final = range(1900, 2200)

_KINDS: Final = {
    "transaction": TRANSACTION,
    "payment": PAYMENT,
    "paiement": PAYMENT,
    "statement": STATEMENT,
    "statement of account": STATEMENT,
    "releve": STATEMENT,
    "releve de compte": STATEMENT,
}
_STATES: Final = {
    "open": "open",
    "solde ouvert": "open",
    "arrears": "arrears",
    "in arrears": "arrears",
    "en souffrance": "arrears",
    "paid": "paid",
    "solde acquitte": "paid",
    "cancelled": "cancelled",
    "annulation": "cancelled",
}
# A file has many lines of few businesses, and the same few words in each.
_bn: Final = lru_cache(maxsize=10_000)(parse_bn)
_folded: Final = lru_cache(maxsize=1_000)(fold_words)
_ACCOUNT: Final = re.compile(NUMBER)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DOLLAR: Final = re.compile(r"\$")


@dataclass(frozen=True, slots=True)
class LineData:
    """One line of the ledger as a file says it, of the business with that number."""

    bn: str
    program_account: str | None
    kind: str
    number: str
    dated: date
    description: str
    amount: Decimal
    """Canadian dollars; debits positive, credits and payments negative."""
    state: str
    due_on: date | None
    submitted_by: str | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Which line it is: the business, its kind and its number."""
        return self.bn, self.kind, self.number


def kept_line(kept: dict[str, Any]) -> LineData:
    """A line from how JSON keeps it."""
    due = kept["due_on"]
    return LineData(
        **kept
        | {
            "dated": date.fromisoformat(kept["dated"]),
            "due_on": None if due is None else date.fromisoformat(due),
            "amount": Decimal(kept["amount"]),
        }
    )


def check_line(values: Mapping[str, str]) -> LineData | dict[str, str]:
    """One line from typed values, or what is wrong with it, by column.

    > "Debits positive, credits/payments negative" (facts B9)
    """
    given = {column: " ".join(values.get(column, "").split()) for column in COLUMNS}
    kind, state = _KINDS.get(_folded(given["kind"])), _STATES.get(_folded(given["state"]))
    read: dict[str, Any] = {
        "bn": _bn(given["bn"]),
        "program_account": _account(given["program_account"]),
        "kind": kind,
        "dated": parse_day(given["dated"]),
        "amount": parse_amount(given["amount"]),
        "state": state,
        "due_on": parse_day(given["due_on"]),
        "submitted_by": _bn(given["submitted_by"]),
    }
    errors = {column: column for column, value in read.items() if value is None and given[column]}
    errors |= {column: "empty" for column in REQUIRED if not given[column]}
    errors |= _text_errors(given)
    if kind == PAYMENT and read["amount"] is not None and read["amount"] >= 0:
        errors["amount"] = "payment"
    if errors:
        return errors
    return LineData(number=given["number"], description=given["description"], **read)


def parse_day(typed: str) -> date | None:
    """A day written as 2026-08-31; None when there is no such day."""
    if not _DAY.fullmatch(typed):
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def parse_amount(typed: str) -> Decimal | None:
    """An amount in dollars, with a dollar sign or without; None when it is none.

    “1,234” is none: it is a thousand in English and little more than one in French.
    """
    amount = parse_number(_DOLLAR.sub("", typed, count=1), "fr")
    if amount is None or decimals(amount) > _CENTS or abs(amount) >= MOST:
        return None
    return amount


def _account(typed: str) -> str | None:
    bare = typed.upper()
    return bare if _ACCOUNT.fullmatch(bare) else None


def _text_errors(given: Mapping[str, str]) -> dict[str, str]:
    errors = {column: "too_long" for column, most in LONGEST.items() if len(given[column]) > most}
    return errors | {
        column: "unshowable" for column in LONGEST if showable(given[column]) != given[column]
    }
