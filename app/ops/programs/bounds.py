"""What limits the answer to a question, in words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from app.ops.programs.words import listed
from app.programs.schema.questions import Question


def bounds(question: Question, language: str) -> Iterator[str]:
    """Each bound that the question sets, in a few words."""
    if question.unit is not None:
        yield _("in %(unit)s", unit=question.unit.say(language))
    if question.least is not None:
        yield _("at least %(number)s", number=number(question.least))
    if question.most is not None:
        yield _("at most %(number)s", number=number(question.most))
    if question.decimals:
        yield ngettext("%(num)s decimal", "%(num)s decimals", question.decimals)
    if question.longest is not None:
        longest = number(Decimal(question.longest))
        yield _("at most %(number)s characters", number=longest)
    if question.currencies:
        yield listed(question.currencies)
    yield from _of_lists(question)


def _of_lists(question: Question) -> Iterator[str]:
    if question.when == "past":
        yield _("not after the day it is given")
    if question.when == "future":
        yield _("not before the day it is given")
    if question.choices_from == "lines":
        yield _("from the lines of business")
    if question.choices_from == "bases":
        yield _("from the countries of establishment")
    if question.most_rows is not None:
        yield ngettext("at most %(num)s row", "at most %(num)s rows", question.most_rows)
    if question.most_files is not None:
        yield ngettext("at most %(num)s file", "at most %(num)s files", question.most_files)


def number(value: Decimal) -> str:
    """A number as the reader's language writes it."""
    return str(format_decimal(value))
