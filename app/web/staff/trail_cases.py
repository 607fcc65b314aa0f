"""How the trail's values about cases are read: by the words of the definitions that have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from app.base.db import session
from app.cases.queries_versions import earlier_versions
from app.cases.wording import lines_of
from app.programs.library import definitions
from app.programs.models import Program
from app.programs.schema.cases import CaseSection
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from app.web.locale import language
from app.web.staff.trail_values import Told


def case_type(_told: Told, _field: str, value: str) -> str:
    """A kind of case, by its label."""
    kinds = (kind for one in definitions() for kind in one.cases.values())
    return next((kind.label.say(language()) for kind in kinds if kind.code == value), value)


def case_state(_told: Told, _field: str, value: str) -> str:
    """Where a case is, by its label."""
    for one in definitions():
        for kind in one.cases.values():
            if value in kind.states:
                return kind.states[value].label.say(language())
    return value


def case_move(_told: Told, _field: str, value: str) -> str:
    """How a case came from one state to another, by its label."""
    for one in definitions():
        for kind in one.cases.values():
            if value in kind.moves:
                return kind.moves[value].label.say(language())
    return value


def section(_told: Told, _field: str, value: str) -> str:
    """A section, by its label."""
    found = (one for _program, one in _sections() if one.code == value)
    return next((one.label.say(language()) for one in found), value)


def topic(_told: Told, _field: str, value: str) -> str:
    """A topic, by its label."""
    for _program, one in _sections():
        if value in (one.topics or {}):
            return (one.topics or {})[value].label.say(language())
    return value


def questions(told: Told, _field: str, value: str) -> str:
    """Questions as they are asked, or were."""
    codes = json.loads(value) if value.startswith("[") else [value]
    found = {code: next(_asked(told, code), None) for code in codes}
    return "; ".join(
        asked[1].text.say(language()) if asked else code for code, asked in found.items()
    )


def answers_given(told: Told, _field: str, value: str) -> str:
    """Questions of a case, each with its answer as it is read on the pages."""
    return "; ".join(_answer(told, code, given) for code, given in json.loads(value).items())


def _answer(told: Told, code: str, given: Any) -> str:
    """In the words of the newest version whose question can have had this answer."""
    for program, asked in _asked(told, code):
        try:
            words = ", ".join(lines_of(program, asked, given)) or "–"
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
            continue  # it was of another type then
        return f"{asked.text.say(language())} {words}"
    return f"{code} {given}"


def _sections() -> Iterator[tuple[Definition, CaseSection]]:
    for one in definitions():
        yield from _sections_of(one)


def _sections_of(one: Definition) -> Iterator[tuple[Definition, CaseSection]]:
    for kind in one.cases.values():
        yield from ((one, section) for section in kind.sections.values())


def _asked(told: Told, code: str) -> Iterator[tuple[Definition, Question]]:
    """A question as it is asked now, then as earlier versions of the program asked it."""
    yield from _question(_sections(), code)
    program = session.get(Program, told.entry.program_id) if told.entry.program_id else None
    for version in earlier_versions(session, program) if program else ():
        yield from _question(_sections_of(version), code)


def _question(
    sections: Iterator[tuple[Definition, CaseSection]], code: str
) -> Iterator[tuple[Definition, Question]]:
    for program, section in sections:
        for topic in (section.topics or {}).values():
            if code in topic.questions:
                yield program, topic.questions[code]
