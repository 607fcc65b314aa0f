"""A file of the ledger: its columns, its lines, and what shows between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from app.ledger.rules.lines import REQUIRED, LineData, check_line
from app.parties.rules import files
from app.parties.rules.files import Layout, LineError

LAYOUT: Final = Layout(
    names={
        "bn": "bn|business number|business number bn|ne|numero d entreprise|numero d entreprise ne",
        "program_account": "program account|compte de programme",
        "kind": "kind|type|nature",
        "number": "number|transaction number|numero|numero de transaction",
        "dated": "dated|date|transaction date|date de la transaction|date de transaction",
        "description": "description",
        "amount": "amount|balance|montant|solde",
        "state": "state|status|etat",
        "due_on": "due on|due date|date d echeance|echeance",
        "submitted_by": "submitted by|soumis par|soumission par",
    },
    required=REQUIRED,
)

Line = files.Line[LineData]


@dataclass(slots=True)
class Reading:
    """What a file holds: its lines with their numbers, and everything that is wrong."""

    lines: list[tuple[int, LineData]] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)


def read_lines(content: bytes, after: int = 0) -> Iterator[Line]:
    """The lines of a file of the ledger, each by itself, those up to ``after`` left out."""
    return files.read_lines(content, LAYOUT, check_line, after)


def assemble(lines: Iterable[Line]) -> Reading:
    """All lines and all errors, and what shows between them: one number of a business twice."""
    reading = Reading()
    seen = dict[tuple[str, str, str], int]()
    for line in lines:
        reading.errors += line.errors
        if line.entry is None:
            continue
        first = seen.setdefault(line.entry.key, line.number)
        if first != line.number:
            reading.errors.append(LineError(line.number, "number", "twice", str(first)))
        reading.lines.append((line.number, line.entry))
    return reading
