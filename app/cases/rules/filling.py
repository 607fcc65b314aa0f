"""Filling the sections of a case in as a scenario says, with made-up answers where it says none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.cases.rules import reading
from app.cases.rules.made_up import Listed, made_up
from app.cases.rules.progress import Filled, missing
from app.cases.rules.reading import Around
from app.cases.rules.shown import Value, asked

if TYPE_CHECKING:
    from datetime import date

    from app.programs.schema.cases import CaseSection
    from app.programs.schema.definition import Definition
    from app.programs.schema.questions import Question
    from app.programs.schema.scenarios import Filled as Given
    from app.programs.schema.scenarios import Scenario

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The first thing that went otherwise: where in the scenario, and one sentence."""

    path: Path
    sentence: str


@dataclass(slots=True)
class _Part:
    """A section, or one of those that it is repeated as, as far as it is filled in."""

    answers: dict[str, Value] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    aside: set[str] = field(default_factory=set)


class Forms:
    """Every section of one case."""

    def __init__(
        self, definition: Definition, scenario: Scenario, countries: Collection[str]
    ) -> None:
        self.definition, self.lines, self.countries = definition, scenario.lines, countries
        self.sections = definition.cases[scenario.case].sections
        self.parts = {code: self._parts(section) for code, section in self.sections.items()}

    def fill(
        self, given: Mapping[str, Given], today: date, here: Path, *, complete: bool
    ) -> Otherwise | None:
        """Fill sections in; what was typed and does not fit is told."""
        for code, section in self.sections.items():
            said = given.get(code)
            for part in self.parts[code]:
                path = (*here, "filled", code)
                if said is not None and (found := self._say(section, part, said, today, path)):
                    return found
                if said.complete if said else complete:
                    self._complete(section, part, today, said.without if said else ())
        return None

    def missing(self, code: str) -> set[str]:
        """What must still be answered in a section, in any of those that it is repeated as."""
        section = self.sections[code]
        return {
            question
            for part in self.parts[code]
            for _topic, question in missing(
                section, Filled(part.answers, part.documents, part.aside)
            )
        }

    def _parts(self, section: CaseSection) -> list[_Part]:
        if section.repeated is None or section.repeated.question is None:
            return [_Part()]
        return [_Part({section.repeated.question: line}) for line in self.lines]

    def _say(
        self, section: CaseSection, part: _Part, said: Given, today: date, here: Path
    ) -> Otherwise | None:
        questions = _questions(section)
        listed: Listed = {"lines": self.definition.lines, "bases": self.definition.bases}
        around = Around(today, "en", self.countries, listed)
        for key, code, raw in _typed(said):
            read = reading.read(questions[code], raw, around)
            if read.faults or read.value is None:
                why = ", ".join(read.faults.values()) or "empty"
                sentence = f"expected an answer that the question takes, and this one is: {why}"
                return Otherwise((*here, key, code), sentence)
            part.answers[code] = read.value
        part.aside |= set(said.aside)
        for code in said.without:
            part.answers.pop(code, None)
            part.documents.pop(code, None)
        return None

    def _complete(
        self, section: CaseSection, part: _Part, today: date, without: Collection[str]
    ) -> None:
        """Answer every question that is asked, and those that the answers bring, in their order."""
        held = self.lines or tuple(self.definition.lines)
        listed: Listed = {"lines": dict.fromkeys(held), "bases": self.definition.bases}
        while left := list(_unanswered(section, part, without)):
            for question in left:
                answer = made_up(question, today, listed)
                if answer is None:
                    part.documents[question.code] = 1
                else:
                    part.answers[question.code] = answer


def _typed(said: Given) -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """What a form would send: the key under which it is said, the question, its parts."""
    for code, codes in said.chosen.items():
        yield "chosen", code, {"": list(codes)}
    for code, parts in said.typed.items():
        yield "typed", code, {name: [text] for name, text in parts.items()}


def _questions(section: CaseSection) -> dict[str, Question]:
    topics = (section.topics or {}).values()
    return {code: one for topic in topics for code, one in topic.questions.items()}


def _unanswered(section: CaseSection, part: _Part, without: Collection[str]) -> Iterator[Question]:
    held = part.answers.keys() | part.documents.keys() | set(without)
    for topic in asked(section, part.answers, part.aside):
        yield from (one for one in topic.questions if one.code not in held)
