"""What the tests of the ledger share: files of it, and officers who bring them."""

from __future__ import annotations

import csv
import io

import pytest

import app.authority.registered
import app.enrolment.scopes
import app.ledger.scopes  # noqa: F401 (registers the scopes)
from app.ledger.rules.lines import COLUMNS
from app.ledger.service import importing, reading


@pytest.fixture
def officer(db, world):
    return world.staff("program_officer")


def file_of(*lines: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow([line.get(column, "") for column in COLUMNS])
    return out.getvalue().encode()


def line(bn: str, number: str = "10000000001", **changes: str) -> dict[str, str]:
    return {
        "bn": bn,
        "kind": "transaction",
        "number": number,
        "dated": "2026-09-01",
        "description": "Duties and taxes",
        "amount": "1250.00",
        "state": "open",
        "due_on": "2026-09-30",
        **changes,
    }


def uploaded(officer, program, *lines: dict[str, str]) -> int:
    """A file that the worker has read."""
    number = importing.upload(officer.id, program.id, "ledger.csv", file_of(*lines))
    reading.read(number)
    return number


def imported(officer, program, *lines: dict[str, str]) -> int:
    return importing.confirm(officer.id, uploaded(officer, program, *lines))
