"""A list of business numbers as it is pasted: line by line, each with what stands in its way."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.base.identifiers import parse_bn

LONGEST = 40
"""Of a line that is no number, so much is kept and shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a provider knows of its own: nothing here tells whether a business exists."""

    own: str | None
    """The provider's own number."""
    asked: Collection[str] = ()
    """Numbers whose answer is waited for."""
    acting: Collection[str] = ()
    """Numbers of clients for whose whole business the provider acts."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One line: what was typed, the number where it is one, and why it is not asked."""

    line: int
    typed: str
    number: str | None
    reason: str | None


def why_not(number: str, known: Known) -> str | None:
    """Code of why this number is not asked: ``own``, ``acting``, ``asked``; None where it may be.

    “Approve/reject … no approving one's own company as third party” (facts B5): nor asking it.
    """
    if number == known.own:
        return "own"
    if number in known.acting:
        return "acting"
    return "asked" if number in known.asked else None


def check(text: str, known: Known) -> Iterator[Checked]:
    """Every line of a pasted list that is not empty.

    Of a file with several columns the first counts, and a first line that has no digit is a
    heading. Codes: ``bn`` for what is no business number, ``twice``, and those of ``why_not``.
    """
    seen: set[str] = set()
    for line, typed in _cells(text):
        number = parse_bn(typed)
        reason = "bn" if number is None else why_not(number, known)
        if number is not None and number in seen:
            reason = "twice"
        if number is not None:
            seen.add(number)
        yield Checked(line, typed[:LONGEST], number, reason)


def numbers_in(text: str) -> frozenset[str]:
    """Every business number of a pasted list."""
    return frozenset(filter(None, (parse_bn(typed) for _line, typed in _cells(text))))


def _cells(text: str) -> Iterator[tuple[int, str]]:
    lines = text.replace("\x00", "").splitlines()
    begun = False
    for number, line in enumerate(lines, 1):
        cell = _first_cell(line)
        heading = not begun and not any(letter.isdigit() for letter in cell)
        begun = begun or bool(cell)
        if cell and not heading:
            yield number, cell


def _first_cell(line: str) -> str:
    """What stands before the first comma, semicolon or tab; quotation marks are dropped."""
    plain = line.replace(";", ",").replace("\t", ",").lstrip("\ufeff")
    return next(csv.reader([plain]), [""])[0].strip() if plain.strip() else ""
