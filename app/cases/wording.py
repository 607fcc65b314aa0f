"""Answers as people read them: words for codes, lines for addresses, rows for tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from flask_babel import pgettext

from app.base import countries
from app.base.phones import show_phone
from app.cases.rules.shown import Value
from app.parties.rules import addresses
from app.programs.rules.eligibility import NONE
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from app.programs.wording import said
from app.web.formats import NBSP, format_day, format_money, format_number
from app.web.locale import language

TYPED: Final = frozenset({"short_text", "long_text", "address", "person", "table"})
"""Types whose answers are people's own words, in whichever language they wrote them."""


def choices_of(program: Definition, question: Question) -> list[tuple[str, str]]:
    """The answers that a list offers, in words."""
    if question.type == "yes_no":
        return [("yes", str(pgettext("answer", "Yes"))), ("no", str(pgettext("answer", "No")))]
    if question.type == "country":
        return list(countries.names(language()))
    if question.type not in {"one_of", "several_of"}:
        return []
    if question.choices_from == "lines":
        found = [(code, said(line.label)) for code, line in program.lines.items()]
    elif question.choices_from == "bases":
        found = [(code, said(base.label)) for code, base in program.bases.items()]
    else:
        found = [(code, said(one.label)) for code, one in (question.choices or {}).items()]
    if question.none_of_these is not None:
        found.append((NONE, said(question.none_of_these)))
    return found


def lines_of(program: Definition, question: Question, value: Value | None) -> list[str]:
    """An answer, line by line; nothing where there is none."""
    if value is None:
        return []
    if isinstance(value, str):
        return _text(program, question, value)
    if isinstance(value, dict):
        return _parts(question, value)
    if question.type == "several_of":
        words = dict(choices_of(program, question))
        return [words.get(code, code) for code in value if isinstance(code, str)]
    return [_row(program, question, row) for row in value if isinstance(row, dict)]


def _text(program: Definition, question: Question, value: str) -> list[str]:
    match question.type:
        case "number":
            shown = format_number(Decimal(value))
            return [f"{shown}{NBSP}{said(question.unit)}" if question.unit else shown]
        case "date":
            return [str(format_day(date.fromisoformat(value)))]
        case "country":
            return [countries.name(value, language())]
        case "yes_no" | "one_of":
            return [dict(choices_of(program, question)).get(value, value)]
        case _:
            return value.splitlines()


def _parts(question: Question, value: dict[str, str]) -> list[str]:
    if question.type == "money":
        return [format_money(Decimal(value["amount"]), value["currency"])]
    if question.type == "address":
        return addresses.lines(value, language())
    telephone = value["telephone"]
    told = [
        f"{value['given_name']} {value['family_name']}",
        value["title"],
        show_phone(telephone) if telephone else "",
        value["email"],
    ]
    return [line for line in told if line]


def _row(program: Definition, question: Question, row: dict[str, str]) -> str:
    """A row in one line: its cells in the order of the columns."""
    columns = (question.columns or {}).values()
    cells = (_text(program, column, row[column.code]) for column in columns if column.code in row)
    return " · ".join(" ".join(cell) for cell in cells)
