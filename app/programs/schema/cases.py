"""What clients file: the sections of a case, the states it goes through, and who moves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from pydantic import Field, model_validator

from app.programs.actions import Action
from app.programs.schema.base import ByCode, Code, Many, Rule, Strict, Text, Words, YesNo
from app.programs.schema.questions import Topic, topic_faults
from app.programs.schema.sources import Fault, Path

Guard = Literal["all_sections_complete", "documents_scanned", "fresh_code", "one_owner"]
"""What the code can be asked before a move, by name."""
STAFF_MOVES: Final = frozenset({"staff.cases.examine", "staff.cases.decide"})
"""What staff may be allowed to do with a submitted case."""
EDITED: Final = ("view", "edit")
"""What may be done with a section of questions: each is an action, like `site_profile.edit`."""


class Repeated(Strict):
    """A section that is filled in several times."""

    by: Literal["lines", "name"]
    """Once for each line of business of the account, or for each name that the client gives."""
    label: Text
    """What one of them is called, such as a division."""
    question: Code | None = None
    """By lines: the question that the line itself answers, and that nobody is asked."""
    may_be_copied: YesNo = False
    """Whether one may begin as a copy of another."""

    @model_validator(mode="after")
    def _a_question_for_the_line(self) -> Repeated:
        if (self.by == "lines") != (self.question is not None):
            raise ValueError("expected the question that the line answers, by lines and only there")
        return self


class Heading(Strict):
    """Under which topics of a section stand together."""

    code: Code
    label: Text


class CaseSection(Rule):
    """A part of the case with a wheel of its own on the dashboard.

    `questions` are asked topic by topic; `users` is complete when nobody who was added still waits.
    """

    code: Code
    label: Text
    lead: Text
    kind: Literal["questions", "users"] = "questions"
    repeated: Repeated | None = None
    groups: ByCode[Heading] | None = None
    topics: ByCode[Topic] | None = None

    @model_validator(mode="after")
    def _topics_with_questions(self) -> CaseSection:
        if (self.kind == "questions") != (self.topics is not None):
            raise ValueError("expected topics in a section of questions, and in no other kind")
        if self.kind == "users" and self.repeated is not None:
            raise ValueError("expected one section of users, not one that is repeated")
        return self


class State(Rule):
    """Where a case is."""

    code: Code
    label: Text
    initial: YesNo = False
    final: YesNo = False
    clock: Code | None = None
    """The service standard that runs from the first time a case comes here."""


class MoveNotice(Strict):
    """Who is told of a move, in which words."""

    to: Literal["owner", "mover", "users", "officers"]
    subject: Text
    body: Text


class Move(Rule):
    """How a case comes from one state to another, and who may bring it there."""

    code: Code
    label: Text
    by: Literal["client", "staff"]
    action: Words
    """What whoever moves it must be allowed to do."""
    comes_from: Many[Code]
    goes_to: Code
    guards: Many[Guard] = Field(default=())
    declaration: Text | None = None
    """What whoever moves it declares."""
    asks_reason: YesNo = False
    submits: YesNo = False
    """Whether what was answered is kept, as it is then, under a number."""
    standing: Code | None = None
    """The standing that the account has from then on."""
    notices: Many[MoveNotice] = Field(default=())


class CaseType(Rule):
    """Something that a client files with the program."""

    code: Code
    label: Text
    opened: Literal["with_account", "by_client"]
    """Whether every account has one from the start, or its users begin one."""
    sections: ByCode[CaseSection]
    states: ByCode[State]
    moves: ByCode[Move]


def section_actions(cases: Mapping[str, CaseType]) -> dict[str, str]:
    """The action each section of questions brings → the section's code."""
    return {
        f"{code}.{deed}": code
        for case in cases.values()
        for code, section in case.sections.items()
        if section.kind == "questions"
        for deed in EDITED
    }


def case_faults(
    cases: Mapping[str, CaseType],
    listed: Mapping[str, Mapping[str, object]],
    granted: frozenset[str],
) -> Iterator[Fault]:
    """What does not fit together in the cases.

    `listed` are the definition's own lists by name, of which choices, standings and service
    standards are taken; `granted` are the actions that some row of the matrix grants.
    """
    nouns = {action.partition(".")[0] for action in Action}
    for code, case in cases.items():
        here = ("cases", code)
        for name, section in case.sections.items():
            path = (*here, "sections", name)
            if section.kind == "questions" and name in nouns:
                yield path, f"expected another code: {name} has actions of its own already"
            yield from _section_faults(section, listed, path)
            yield from _granted_faults(name, section, granted, path)
        yield from _state_faults(case, listed, here)
        for name, move in case.moves.items():
            yield from _move_faults(move, case, listed, granted, (*here, "moves", name))


def _section_faults(
    section: CaseSection, listed: Mapping[str, Mapping[str, object]], here: Path
) -> Iterator[Fault]:
    groups = section.groups or {}
    for code, topic in (section.topics or {}).items():
        if topic.group is not None and topic.group not in groups:
            yield (*here, "topics", code, "group"), "expected one of the section’s groups"
        elif topic.group is None and groups:
            yield (*here, "topics", code), "expected a group: the section has groups"
    used = {topic.group for topic in (section.topics or {}).values()}
    for code in groups:
        if code not in used:
            yield (*here, "groups", code), "expected a topic in every group"
    yield from topic_faults(section.topics or {}, listed, here)


def _granted_faults(
    code: str, section: CaseSection, granted: frozenset[str], here: Path
) -> Iterator[Fault]:
    """A section that no row of the matrix lets anybody see or fill in."""
    for deed in EDITED if section.kind == "questions" else ():
        if f"{code}.{deed}" not in granted:
            yield here, f"expected the action {code}.{deed} in a row of the matrix"


def _state_faults(
    case: CaseType, listed: Mapping[str, Mapping[str, object]], here: Path
) -> Iterator[Fault]:
    if sum(state.initial for state in case.states.values()) != 1:
        yield (*here, "states"), "expected one state with initial: yes"
    reached = {move.goes_to for move in case.moves.values()}
    left = {code for move in case.moves.values() for code in move.comes_from}
    for code, state in case.states.items():
        path = (*here, "states", code)
        if not state.initial and code not in reached:
            yield path, "expected a move that goes to this state"
        if state.final and code in left:
            yield path, "expected no move that leaves a final state"
        if not state.final and code not in left:
            yield path, "expected a move that leaves this state, or final: yes"
        if state.clock is not None and state.clock not in listed["service_standards"]:
            yield (*path, "clock"), f"expected one of the service standards, not {state.clock}"


def _move_faults(
    move: Move,
    case: CaseType,
    listed: Mapping[str, Mapping[str, object]],
    granted: frozenset[str],
    here: Path,
) -> Iterator[Fault]:
    for n, code in enumerate(move.comes_from):
        if code not in case.states:
            yield (*here, "comes_from", n), f"expected one of the states, not {code}"
    if move.goes_to not in case.states:
        yield (*here, "goes_to"), f"expected one of the states, not {move.goes_to}"
    known = granted if move.by == "client" else STAFF_MOVES
    if move.action not in known:
        options = ", ".join(sorted(known))
        yield (*here, "action"), f"expected one of {options}, not {move.action}"
    if move.standing is not None and move.standing not in listed["standings"]:
        yield (*here, "standing"), f"expected one of the standings, not {move.standing}"
