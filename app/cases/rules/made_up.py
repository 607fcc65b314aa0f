"""Answers that fit their questions, made up where only that there is one matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

from app.cases.rules.numbers import plain
from app.cases.rules.reading import LONG, SHORT
from app.cases.rules.shown import Value

if TYPE_CHECKING:
    from datetime import date

    from app.programs.schema.questions import Question

_TEXT: Final = "Example"
_ADDRESS: Final = {
    "street": "1 Main Street",
    "city": "Ottawa",
    "region": "ON",
    "postal_code": "K1A 0L8",
    "country": "CA",
}
_PERSON: Final = {
    "given_name": "Made",
    "family_name": "Up",
    "title": "",
    "telephone": "",
    "email": "made.up@example.ca",
}
Listed = Mapping[str, Mapping[str, object]]
"""The definition's lists that choices come from, those of the account's own first."""


def made_up(question: Question, today: date, listed: Listed) -> Value | None:
    """An answer that the question takes on this day; None for documents, which are no answers."""
    return _MAKERS[question.type](question, today, listed)


def _text(question: Question, _today: date, _listed: Listed) -> Value:
    longest = question.longest or (LONG if question.type == "long_text" else SHORT)
    return _TEXT[:longest]


def _number(question: Question, _today: date, _listed: Listed) -> Value:
    return plain(_within(question, question.decimals))


def _within(question: Question, places: int) -> Decimal:
    """One, or the number next to it that the question takes."""
    step = Decimal(1).scaleb(-places)
    near = Decimal(1) if question.most is None else min(Decimal(1), question.most)
    number = (near if question.least is None else max(near, question.least)).quantize(
        step, ROUND_CEILING
    )
    if question.most is not None and number > question.most:
        return question.most.quantize(step, ROUND_FLOOR)
    return number


def _money(question: Question, _today: date, _listed: Listed) -> Value:
    return {"amount": f"{_within(question, 2):.2f}", "currency": question.currencies[0]}


def _first(question: Question, listed: Listed) -> str:
    offered = question.choices or listed.get(question.choices_from or "") or {}
    return next(iter(offered))


def _table(question: Question, today: date, listed: Listed) -> Value:
    cells = {
        code: made_up(column, today, listed) for code, column in (question.columns or {}).items()
    }
    return [{code: cell for code, cell in cells.items() if isinstance(cell, str)}]


_MAKERS: Final[Mapping[str, Callable[[Question, date, Listed], Value | None]]] = {
    "short_text": _text,
    "long_text": _text,
    "number": _number,
    "money": _money,
    "date": lambda _question, today, _listed: today.isoformat(),
    "yes_no": lambda _question, _today, _listed: "yes",
    "one_of": lambda question, _today, listed: _first(question, listed),
    "several_of": lambda question, _today, listed: [_first(question, listed)],
    "country": lambda _question, _today, _listed: "CA",
    "address": lambda _question, _today, _listed: dict(_ADDRESS),
    "person": lambda _question, _today, _listed: dict(_PERSON),
    "table": _table,
    "document": lambda _question, _today, _listed: None,
}
