"""From an answer that is kept to the fields of a form: reading it again gives the same answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.cases.rules.numbers import parse_number, plain
from app.cases.rules.reading import DATE, Raw
from app.cases.rules.shown import Value

if TYPE_CHECKING:
    from app.programs.schema.questions import Question


def written(question: Question, value: Value | None, language: str) -> dict[str, list[str]]:
    """What the fields of the question hold: part of the question → what stands there."""
    if value is None:
        return {}
    if isinstance(value, str):
        return _text(question.type, value, language)
    if isinstance(value, dict):
        return {part: [text] for part, text in _parts(question.type, value, language).items()}
    cells: dict[str, list[str]] = {}
    rows: list[Any] = list(value)
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            cells |= _row(question, number, row, language)
        else:
            cells.setdefault("", []).append(row)
    return cells


def shown_number(plain: str, language: str) -> str:
    """A kept number as it is typed in this language, without grouping."""
    return plain.replace(".", ",") if language == "fr" else plain


def _text(kind: str, value: str, language: str) -> dict[str, list[str]]:
    if kind == "date":
        return {part: [text] for part, text in zip(DATE, value.split("-"), strict=True)}
    return {"": [shown_number(value, language) if kind == "number" else value]}


def _parts(kind: str, value: Mapping[str, str], language: str) -> Mapping[str, str]:
    if kind == "money":
        return {**value, "amount": shown_number(value["amount"], language)}
    if kind == "address":
        return {**value, "region": f"{value['country']}-{value['region']}"}
    return value


def _row(
    question: Question, number: int, row: Mapping[str, str], language: str
) -> dict[str, list[str]]:
    """The cells of one row of a table: a date stands there as one text, money as its amount."""
    columns = question.columns or {}
    numbers = {code for code, column in columns.items() if column.type == "number"}
    return {
        f"{number}.{code}": [shown_number(text, language) if code in numbers else text]
        for code, text in row.items()
    }


def rewritten(question: Question, raw: Raw, before: str, after: str) -> Raw:
    """What was typed in one language as it is typed in the other: 25,000 is 25000 in French."""
    columns = question.columns or {}

    def is_number(part: str) -> bool:
        if question.type == "money":
            return part == "amount"
        column = columns.get(part.partition(".")[2])
        return question.type == "number" or (column is not None and column.type == "number")

    return {
        part: [_other(text, before, after) for text in texts] if is_number(part) else texts
        for part, texts in raw.items()
    }


def _other(text: str, before: str, after: str) -> str:
    number = parse_number(text.replace("$", ""), before)
    return text if number is None else shown_number(plain(number), after)
