"""Scenarios: what must come of it when these people do these things, tried out without a portal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from app.programs.schema.base import AnyDays, Code, Day, Many, Strict, Text, Words, YesNo
from app.programs.schema.cases import CaseSection, CaseType, Guard
from app.programs.schema.sources import Fault, Path

if TYPE_CHECKING:
    from app.programs.schema.definition import Definition

Recipient = Literal["owner", "mover", "users", "officers"]
Refusal = Literal["not_allowed", "not_from_here", "no_reason", "not_declared", Guard]


def _chosen(value: Any) -> Any:
    if not isinstance(value, Mapping) or not value:
        raise ValueError("expected questions, each with the answers that are chosen")
    listed = {code: [one] if isinstance(one, str) else one for code, one in value.items()}
    if not all(isinstance(one, list) and one for one in listed.values()):
        raise ValueError("expected an answer or a list of answers at each question")
    return {code: tuple(one) for code, one in listed.items()}


def _typed(value: Any) -> Any:
    if not isinstance(value, Mapping) or not value:
        raise ValueError("expected questions, each with what is typed there")
    parts = {code: {"": one} if isinstance(one, str) else one for code, one in value.items()}
    for one in parts.values():
        if not isinstance(one, Mapping) or not all(isinstance(text, str) for text in one.values()):
            raise ValueError("expected text, or parts of an answer with their text")
    return parts


def _mapping(value: Any) -> Any:
    if not isinstance(value, Mapping) or not value:
        raise ValueError("expected at least one code, with its details below it")
    return value


def _any_many(value: Any) -> Any:
    if not isinstance(value, list):
        raise ValueError("expected a list; an empty one means nobody")  # noqa: TRY004
    return tuple(value)


class Filled(Strict):
    """What is filled in of one section; of one that is repeated, alike in each."""

    complete: YesNo = False
    """Every question that is asked is given a made-up answer, but for those below."""
    chosen: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_chosen)] = Field(
        default_factory=dict
    )
    """Question → one answer or several of its list."""
    typed: Annotated[dict[str, dict[str, str]], BeforeValidator(_typed)] = Field(
        default_factory=dict
    )
    """Question → what is typed, or its parts: those of an address, a person, an amount."""
    without: Many[Code] = Field(default=())
    """Questions that are left, or made, empty."""
    aside: Many[Code] = Field(default=())
    """Topics that are said not to apply."""


Sections = Annotated[dict[str, Filled], BeforeValidator(_mapping)]


class Expected(Strict):
    """What must be so after a step. What is not said is not compared."""

    refused: Refusal | None = None
    comes_to: Code | None = None
    """The state in which the case then is."""
    standing: Code | None = None
    told: Annotated[tuple[Recipient, ...] | None, BeforeValidator(_any_many)] = None
    """Everybody whom the move tells, in the order of its notices."""
    due: Annotated[dict[str, Day], BeforeValidator(_mapping)] = Field(default_factory=dict)
    """Service standard → the day on which it runs out."""
    missing: Annotated[dict[str, Many[Code]], BeforeValidator(_mapping)] = Field(
        default_factory=dict
    )
    """Section → every question that must still be answered there."""


class Step(Strict):
    """Something that one person does, some days after the step before."""

    role: Code | None = None
    """A role of the account; the scenario's persona where neither this nor `staff` is said."""
    staff: Code | None = None
    """A kind of staff, such as program_officer."""
    after: AnyDays | None = None
    complete: YesNo = False
    """Every section is filled in with made-up answers."""
    filled: Sections = Field(default_factory=dict)
    move: Code | None = None
    reason: Words | None = None
    declared: YesNo = True
    unmet: Many[Guard] = Field(default=())
    """Guards that are not met at this step, whatever was filled in."""
    expect: Expected

    @model_validator(mode="after")
    def _somebody_does_something(self) -> Step:
        if self.role is not None and self.staff is not None:
            raise ValueError("expected a role or a kind of staff, not both")
        answers = self.complete or bool(self.filled)
        if not answers and self.move is None:
            raise ValueError("expected a move, or something that is filled in")
        if answers and self.staff is not None:
            raise ValueError("expected a role: staff fill nothing in")
        return self


class Scenario(Strict):
    """A case from its beginning, step by step."""

    code: Code
    label: Text
    case: Code
    begins: Day
    persona: Code
    """The role of whoever does what no step says otherwise of."""
    lines: Many[Code] = Field(default=())
    """The account's lines of business."""
    complete: YesNo = False
    filled: Sections = Field(default_factory=dict)
    """What is filled in before the first step."""
    somebody_waits: YesNo = False
    """Whether somebody who was added to the account still waits."""
    steps: Many[Step]


def scenario_faults(definition: Definition) -> Iterator[Fault]:
    """Codes that the definition does not have."""
    for code, scenario in definition.scenarios.items():
        here = ("scenarios", code)
        yield from _known((*here, "persona"), scenario.persona, definition.roles, "the roles")
        for n, line in enumerate(scenario.lines):
            yield from _known((*here, "lines", n), line, definition.lines, "the lines of business")
        case = definition.cases.get(scenario.case)
        if case is None:
            yield from _known((*here, "case"), scenario.case, definition.cases, "the cases")
            continue
        yield from _section_faults(case, scenario.filled, here)
        repeated = [one.repeated.by for one in case.sections.values() if one.repeated]
        if "lines" in repeated and not scenario.lines:
            yield here, "expected lines: a section is filled in once for each line of business"
        for n, step in enumerate(scenario.steps):
            yield from _step_faults(definition, case, step, (*here, "steps", n))


def _known(path: Path, code: str | None, known: Mapping[str, object], name: str) -> Iterator[Fault]:
    if code is not None and code not in known:
        yield path, f"expected one of {name}, not {code}: {', '.join(known)}"


def _step_faults(definition: Definition, case: CaseType, step: Step, here: Path) -> Iterator[Fault]:
    expect, there = step.expect, (*here, "expect")
    yield from _known((*here, "role"), step.role, definition.roles, "the roles")
    yield from _known((*here, "move"), step.move, case.moves, "the moves")
    yield from _known((*there, "comes_to"), expect.comes_to, case.states, "the states")
    yield from _known((*there, "standing"), expect.standing, definition.standings, "the standings")
    for clock in expect.due:
        known = definition.service_standards
        yield from _known((*there, "due", clock), clock, known, "the service standards")
    yield from _section_faults(case, step.filled, here)
    for code, questions in expect.missing.items():
        yield from _known((*there, "missing", code), code, case.sections, "the sections")
        asked = _questions(case.sections.get(code))
        for n, question in enumerate(questions):
            path = (*there, "missing", code, n)
            yield from _known(path, question, asked, "the questions of the section")


def _section_faults(case: CaseType, filled: Mapping[str, Filled], here: Path) -> Iterator[Fault]:
    for code, one in filled.items():
        path = (*here, "filled", code)
        yield from _known(path, code, case.sections, "the sections")
        section = case.sections.get(code)
        if section is None:
            continue
        asked = _questions(section)
        for key, named in (("chosen", one.chosen), ("typed", one.typed)):
            for question in named:
                where = (*path, key, question)
                yield from _known(where, question, asked, "the questions of the section")
        for n, question in enumerate(one.without):
            where = (*path, "without", n)
            yield from _known(where, question, asked, "the questions of the section")
        for n, topic in enumerate(one.aside):
            where = (*path, "aside", n)
            yield from _known(where, topic, section.topics or {}, "the topics of the section")


def _questions(section: CaseSection | None) -> dict[str, object]:
    topics = (section.topics or {}) if section is not None else {}
    return {code: one for topic in topics.values() for code, one in topic.questions.items()}
