"""Who may register: lines of business, and the questions asked one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field, model_validator

from app.programs.rules.eligibility import possible_answers
from app.programs.schema.base import (
    ByCode,
    CalendarSpan,
    Code,
    Many,
    Rule,
    Strict,
    Text,
)
from app.programs.schema.sources import Fault, Path

QuestionType = Literal["yes_no", "one_of", "several_of", "date"]
LeadsTo = Literal["fail", "refer", "route"]


class Base(Strict):
    """A country where an applicant may be established."""

    code: Code
    label: Text
    country: Literal["CA", "US"] | None = None
    """How the registry writes it; absent where the registry has no businesses of it."""


class Line(Rule):
    """A line of business, and the bases for which the program has it."""

    code: Code
    label: Text
    bases: Many[Code]


class Condition(Strict):
    """Holds when the answer to an earlier question is, or contains, one of these."""

    question: Code
    among: Many[Code]


class Choice(Strict):
    """One answer of a list."""

    code: Code
    label: Text


class Consequence(Strict):
    """What an answer leads to, with the reason that the applicant reads.

    `fail` ends with a reason; `refer` goes on and an officer decides at the end; `route` sends
    to another way of applying.
    """

    leads_to: LeadsTo
    answers: Many[Code] = Field(default=())
    older_than: CalendarSpan | None = None
    reason: Text

    @model_validator(mode="after")
    def _one_trigger(self) -> Consequence:
        if bool(self.answers) == bool(self.older_than):
            raise ValueError("expected either answers or older_than")
        return self


class Question(Rule):
    """One question on a page of its own."""

    code: Code
    type: QuestionType
    text: Text
    help: Text | None = None
    choices: ByCode[Choice] | None = None
    choices_from: Literal["bases", "lines"] | None = None
    none_of_these: Text | None = None
    """The label under which a list of several may be answered with nothing."""
    shown_when: Many[Condition] = Field(default=())
    """All must hold."""
    consequences: Many[Consequence] = Field(default=())

    @model_validator(mode="after")
    def _choices_fit_type(self) -> Question:
        lists = self.type in ("one_of", "several_of")
        if lists != (self.choices is not None or self.choices_from is not None):
            raise ValueError("expected choices for one_of and several_of, and for no other type")
        if self.choices is not None and self.choices_from is not None:
            raise ValueError("expected either choices or choices_from")
        dated = any(consequence.older_than for consequence in self.consequences)
        if dated and self.type != "date":
            raise ValueError("expected older_than at a question of type date only")
        return self


class Route(Rule):
    """The other way of applying, for those who cannot use the portal."""

    heading: Text
    text: Text


class Eligibility(Strict):
    """The questions in the order they are asked."""

    questions: ByCode[Question]
    route: Route
    refer: Text
    """What a person reads when an officer must look at the answers."""


def eligibility_faults(
    eligibility: Eligibility, bases: dict[str, Base], lines: dict[str, Line]
) -> Iterator[Fault]:
    """Conditions and consequences that name an answer which cannot be given."""
    asked: dict[str, frozenset[str]] = {}
    for code, question in eligibility.questions.items():
        here = ("eligibility", "questions", code)
        possible = possible_answers(question, {"bases": bases, "lines": lines})
        yield from condition_faults(question.shown_when, asked, here)
        yield from _consequence_faults(question, possible, here)
        asked[code] = possible
    for source in ("bases", "lines"):
        found = [c for c, q in eligibility.questions.items() if q.choices_from == source]
        if len(found) != 1:
            yield ("eligibility", "questions"), f"expected one question with choices_from {source}"


def line_faults(bases: dict[str, Base], lines: dict[str, Line]) -> Iterator[Fault]:
    """Lines of business for a base that the program does not have."""
    for code, line in lines.items():
        for n, base in enumerate(line.bases):
            if base not in bases:
                yield ("lines", code, "bases", n), f"expected one of the bases, not {base}"


def condition_faults(
    conditions: tuple[Condition, ...], asked: Mapping[str, frozenset[str]], here: Path
) -> Iterator[Fault]:
    """Conditions on what is not asked before, or that no answer to it can meet."""
    for n, condition in enumerate(conditions):
        path = (*here, "shown_when", n)
        if condition.question not in asked:
            yield (*path, "question"), "expected a question asked before this one"
            continue
        for m, answer in enumerate(condition.among):
            if answer not in asked[condition.question]:
                yield (*path, "among", m), f"expected an answer to it, not {answer}"


def _consequence_faults(
    question: Question, possible: frozenset[str], here: Path
) -> Iterator[Fault]:
    for n, consequence in enumerate(question.consequences):
        for m, answer in enumerate(consequence.answers):
            if answer not in possible:
                path = (*here, "consequences", n, "answers", m)
                yield path, f"expected an answer to this question, not {answer}"
