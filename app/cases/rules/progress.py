"""How far a section is, and what is missing: the wheels of the dashboard."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cases.rules.shown import Answers, Asked, asked

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseSection


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the answers that must be given are there."""

    given: int = 0
    wanted: int = 0

    @property
    def percent(self) -> int:
        """Whole percents, rounded down: 100 only when nothing is missing.

        "La roue verte d'achèvement de chaque section indiquera que chacune d'elle est achevée à
        100 %."
        """
        return 100 * self.given // self.wanted if self.wanted else 100

    @property
    def is_complete(self) -> bool:
        """Whether nothing that must be answered is missing."""
        return self.given == self.wanted

    def __add__(self, other: Progress) -> Progress:
        return Progress(self.given + other.given, self.wanted + other.wanted)


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in of one section, or of one of those that it is repeated as."""

    answers: Answers
    documents: Mapping[str, int]
    """Question of documents → how many are there, scanned or not."""
    aside: Collection[str] = ()
    """The topics that do not apply."""


def of_topic(part: Asked, filled: Filled) -> Progress:
    """How far one topic is. One that does not apply is answered by its reason."""
    if not part.applies:
        return Progress(1, 1)
    wanted = [question for question in part.questions if question.required]
    missing = set(_missing(part, filled))
    return Progress(sum(one.code not in missing for one in wanted), len(wanted))


def is_begun(part: Asked, filled: Filled) -> bool:
    """Whether any question of a topic has an answer, one that nobody must give too."""
    return any(
        filled.documents.get(one.code) if one.type == "document" else filled.answers.get(one.code)
        for one in part.questions
    )


def of_section(section: CaseSection, filled: Filled) -> Progress:
    """How far all that is asked of the section is."""
    parts = asked(section, filled.answers, filled.aside)
    return sum((of_topic(part, filled) for part in parts), Progress())


def missing(section: CaseSection, filled: Filled) -> Iterator[tuple[str, str]]:
    """The topic and the question of everything that must still be answered, in order."""
    for part in asked(section, filled.answers, filled.aside):
        for code in _missing(part, filled):
            yield part.topic.code, code


def _missing(part: Asked, filled: Filled) -> Iterator[str]:
    for question in part.questions:
        if question.type == "document":
            there = bool(filled.documents.get(question.code))
        else:
            there = bool(filled.answers.get(question.code))
        if question.required and not there:
            yield question.code
