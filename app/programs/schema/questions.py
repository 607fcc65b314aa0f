"""The questions of a case: what may be asked, in which form, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, model_validator

from app.programs.rules.eligibility import possible_answers
from app.programs.schema.base import ByCode, Code, Many, Rule, Strict, Text, Whole, YesNo
from app.programs.schema.eligibility import Choice, Condition, condition_faults
from app.programs.schema.sources import Fault, Path

QuestionType = Literal[
    "short_text",
    "long_text",
    "number",
    "money",
    "date",
    "yes_no",
    "one_of",
    "several_of",
    "country",
    "address",
    "person",
    "table",
    "document",
]
Listed = Literal["bases", "lines"]

_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "short_text": frozenset({"longest"}),
    "long_text": frozenset({"longest"}),
    "number": frozenset({"unit", "least", "most", "decimals"}),
    "money": frozenset({"currencies", "least", "most"}),
    "date": frozenset({"when"}),
    "yes_no": frozenset(),
    "one_of": frozenset({"choices", "choices_from"}),
    "several_of": frozenset({"choices", "choices_from", "none_of_these"}),
    "country": frozenset(),
    "address": frozenset(),
    "person": frozenset(),
    "table": frozenset({"columns", "most_rows"}),
    "document": frozenset({"most_files"}),
}
"""What each type of question may say besides its text."""
_IN_A_TABLE: Final = frozenset({"short_text", "number", "date", "yes_no", "one_of", "country"})
_OF_FORMS: Final = frozenset({"activation_code", "code", "csrf_token", "go", "present", "sin"})
"""Names of fields that are the forms' own, or that are never kept beyond a session."""
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")


def _number(value: Any) -> Decimal:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError("expected a number, like 0, 250 or 2.5")
    return Decimal(value)


def _decimals(value: Any) -> int:
    if value not in ("0", "1", "2", "3", "4"):
        raise ValueError("expected how many decimals may be given, from 0 to 4")
    return int(value)


Number = Annotated[Decimal, BeforeValidator(_number)]


class Question(Strict):
    """One thing to answer.

    An answer that must be given is `required`; one that `shown_when` hides is neither asked nor
    submitted, and is kept aside until it is shown again.
    """

    code: Code
    type: QuestionType
    text: Text
    help: Text | None = None
    required: YesNo = True
    shown_when: Many[Condition] = Field(default=())
    """All must hold; each names a question asked before this one, in the same section."""
    longest: Whole | None = None
    """Characters of a text."""
    unit: Text | None = None
    least: Number | None = None
    most: Number | None = None
    decimals: Annotated[int, BeforeValidator(_decimals)] = 0
    currencies: Many[Literal["CAD", "USD"]] = Field(default=())
    when: Literal["past", "future", "any"] = "any"
    """Whether a date must lie before the day it is given, or after it; that day is both."""
    choices: ByCode[Choice] | None = None
    choices_from: Listed | None = None
    none_of_these: Text | None = None
    columns: ByCode[Question] | None = None
    most_rows: Whole | None = None
    most_files: Whole | None = None
    counts_at_once: YesNo = False
    """Whether a change counts when it is saved, and is not submitted first."""

    @model_validator(mode="after")
    def _options_fit_type(self) -> Question:
        allowed = frozenset().union(*_OPTIONS.values())
        said = {name for name in allowed if name in self.model_fields_set}
        if odd := sorted(said - _OPTIONS[self.type]):
            raise ValueError(f"expected no {odd[0]} at a question of type {self.type}")
        return self

    @model_validator(mode="after")
    def _says_what_its_type_needs(self) -> Question:
        lists = self.type in {"one_of", "several_of"}
        if lists and (self.choices is None) == (self.choices_from is None):
            raise ValueError("expected either choices or choices_from")
        if self.type == "table" and self.columns is None:
            raise ValueError("expected the columns of the table")
        if self.type == "money" and not self.currencies:
            raise ValueError("expected the currencies, like [CAD, USD]")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError("expected least no greater than most")
        return self

    @model_validator(mode="after")
    def _columns_are_simple(self) -> Question:
        for column in (self.columns or {}).values():
            if column.type not in _IN_A_TABLE or column.choices_from or column.shown_when:
                raise ValueError(
                    f"expected a simple question as a column, and {column.code} is not:"
                    f" {', '.join(sorted(_IN_A_TABLE))}, always shown"
                )
        return self


class Topic(Rule):
    """A page of questions on one subject, with what must be shown there."""

    code: Code
    label: Text
    group: Code | None = None
    """The heading of the section under which it stands."""
    requirement: Text | None = None
    shown_when: Many[Condition] = Field(default=())
    may_not_apply: YesNo = False
    """Whether the client may say, with a reason, that all of it does not apply."""
    questions: ByCode[Question]


def topic_faults(
    topics: Mapping[str, Topic], listed: Mapping[str, Mapping[str, object]], here: Path
) -> Iterator[Fault]:
    """Conditions on what is not asked before, or that no answer can meet; codes asked twice."""
    asked: dict[str, frozenset[str]] = {}
    for code, topic in topics.items():
        path = (*here, "topics", code)
        yield from condition_faults(topic.shown_when, asked, path)
        for name, question in topic.questions.items():
            place = (*path, "questions", name)
            if name in _OF_FORMS or "password" in name:
                yield place, f"expected another code: forms keep {name} for something else"
            if name in asked:
                yield place, "expected each code once in a section; it is asked above"
            yield from condition_faults(question.shown_when, asked, place)
            asked[name] = possible_answers(question, listed)
