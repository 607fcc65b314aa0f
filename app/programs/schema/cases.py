"""What clients file: the sections of a case, the states it goes through, and who moves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from pydantic import Field, model_validator

from app.programs.schema.base import ByCode, Code, Many, Rule, Strict, Text, Words, YesNo
from app.programs.schema.questions import Topic

Guard = Literal["all_sections_complete", "documents_scanned", "fresh_code", "one_owner"]
"""What the code can be asked before a move, by name."""
STAFF_MOVES: Final = frozenset({"staff.cases.examine", "staff.cases.decide"})
"""What staff may be allowed to do with a submitted case."""
MOVE_VALUES: Final = frozenset({"business", "number", "reason"})
"""What a notice of a move may leave a hole for.

`business` is the legal name; `number` that of the last submission; `reason` what was given where
the move asks for one.
"""
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
