"""Making the demonstration's ledger: a few businesses, four rounds of a month, two files.

The second file says what has become of the lines of the first, as an agency's does each week.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.base.days import local_day
from app.ledger.rules.lines import COLUMNS, PAYMENT, STATEMENT, TRANSACTION
from app.ledger.service import importing, reading
from app.ops.demo.stage import Stage

BROKER: Final = "Marchetti Conseil inc."
_ROUNDS: Final = 4
_ROUND: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Trade:
    """What a business owes each round, and whether it fell behind with the last but one."""

    business: str
    own: str
    """What it declared itself, in dollars."""
    by_broker: str
    behind: bool = False


TRADES: Final = (
    Trade("Aciéries Beauharnois inc.", "18240.55", "6310.20"),
    Trade("Quincaillerie Boréale inc.", "2915.00", "740.35", behind=True),
    Trade("Selkirk & Daughters Textiles Ltd.", "5120.80", "1999.99"),
    Trade("Red Willow Machinery Ltd.", "9400.00", "0"),
)

_WORDS: Final = {
    "fr": ("Droits et taxes", "Intérêt (IN)", "Paiement reçu", "Relevé de compte"),
    "en": ("Duties and taxes", "Interest (IN)", "Payment received", "Statement of account"),
}


@dataclass(frozen=True, slots=True)
class _Line:
    bn: str
    kind: str
    number: str
    dated: date
    description: str
    amount: Decimal
    state: str
    due_on: date | None = None
    submitted_by: str | None = None


def keep_a_ledger(stage: Stage, importer: str) -> None:
    """Bring both files as the officer does: read, checked, imported."""
    today = local_day(stage.today, stage.definition.zone)
    now = [line for trade in TRADES for line in _lines(stage, trade, today)]
    before = [
        replace(line, state="open" if line.kind != PAYMENT else line.state)
        for line in now
        if line.dated < today - _ROUND
    ]
    with stage.acting(importer) as actor:
        for name, lines in (("ledger-1.csv", before), ("ledger-2.csv", now)):
            upload = importing.upload(actor, stage.program.id, name, _file(lines))
            reading.read(upload)
            importing.confirm(actor, upload)


def _lines(stage: Stage, trade: Trade, today: date) -> Iterator[_Line]:
    """The oldest round first: what was declared, the statement of it, and its payment."""
    entry = stage.entries[trade.business]
    bn, broker = entry.bn or "", stage.entries[BROKER].bn
    declared, interest, received, stated = _WORDS[entry.language]
    for number in range(_ROUNDS):
        begins = today - _ROUND * (_ROUNDS - number)
        due, left = begins + timedelta(days=26), _ROUNDS - number
        state = "open" if left == 1 else "arrears" if left == 2 and trade.behind else "paid"
        charges = [(declared, trade.own, bn), (declared, trade.by_broker, broker)]
        if state == "arrears":
            charges.append((interest, "31.07", None))
        total = Decimal(0)
        for place, (words, amount, by) in enumerate(charges):
            owed = Decimal(amount) * (10 + number) / 10
            total += owed.quantize(Decimal("0.01"))
            yield _Line(
                bn, TRANSACTION, f"{bn[3:8]}{2600 + 10 * number + place:09d}",
                begins + timedelta(days=2 + 4 * place), words, owed.quantize(Decimal("0.01")),
                state, due, by,
            )  # fmt: skip
        yield _Line(
            bn, STATEMENT, f"{bn[3:8]}-R{number + 1}", begins + timedelta(days=16), stated, total,
            state, due,
        )  # fmt: skip
        if state == "paid":
            yield _Line(
                bn, PAYMENT, f"{bn[3:8]}-P{number + 1}", due - timedelta(days=1), received, -total,
                "paid", None, bn,
            )  # fmt: skip


def _file(lines: Iterable[_Line]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        values = (getattr(line, column, None) for column in COLUMNS)
        writer.writerow(["" if value is None else value for value in values])
    return out.getvalue().encode()
