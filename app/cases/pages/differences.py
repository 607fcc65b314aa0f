"""What differs between two snapshots, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, cast

from flask_babel import lazy_pgettext as _p

from app.base.db import session
from app.cases.drawn import file_line, name_of_part
from app.cases.models import Submission
from app.cases.queries_submitted import readable
from app.cases.rules.comparing import Difference, Kind, compare
from app.cases.rules.shown import Value
from app.cases.rules.snapshot import Evidence, from_json
from app.cases.rules.versions import questions
from app.cases.wording import TYPED, lines_of
from app.programs.models import Program
from app.programs.published import published
from app.programs.schema.cases import CaseSection, CaseType
from app.programs.schema.definition import Definition
from app.programs.wording import said
from app.web.locale import language

WORDS: Final[Mapping[Kind, Any]] = {
    "part_added": _p("difference", "Added"),
    "part_removed": _p("difference", "Removed"),
    "part_renamed": _p("difference", "Name changed"),
    "topic_set_aside": _p("difference", "Marked as not applying"),
    "topic_brought_back": _p("difference", "Applies again"),
    "reason_changed": _p("difference", "Reason changed"),
    "answer_added": _p("difference", "Answer added"),
    "answer_changed": _p("difference", "Answer changed"),
    "answer_gone": _p("difference", "Answer no longer there"),
    "document_added": _p("difference", "Document added"),
    "document_removed": _p("difference", "Document removed"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One difference: what it is about, what happened, what stood there and what stands there."""

    about: str
    what: str
    before: list[str]
    after: list[str]
    typed: bool
    """What stood and stands there are people's own words, in whichever language."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What differs in one part: its section, its name where the section is repeated."""

    section: str
    name: str | None
    named: bool
    differences: list[Told]


Of = tuple[Definition, CaseType]
"""By whose words: a version of a definition, and a kind of case in it."""


def told(now: Of, before: Of, differences: Iterable[Difference]) -> list[Changed]:
    """Differences by the part they are in, in their order; each side by its own version's words."""
    found = []
    for _mark, group in groupby(differences, key=lambda one: one.part.mark):
        some = list(group)
        part = some[0].part
        sides = [
            (section, program)
            for program, kind in (now, before)
            if (section := kind.sections.get(part.section)) is not None
        ]
        words = _Words(sides[0], sides[-1])
        section = sides[0][0]
        name = name_of_part(part) if section.repeated is not None else None
        lines = [words.told(one) for one in some]
        found.append(Changed(said(section.label), name, part.named, lines))
    return found


def between(
    older: Submission, newer: Submission, program: Program, allowed: Collection[str] | None = None
) -> list[Changed]:
    """What differs between two submissions of a program, each by the words of its own version.

    Whoever may do only what is ``allowed`` on the account is told of the sections they may read.
    """
    was, now = (published(session, program, one.definition_version) for one in (older, newer))
    before, after = was.cases[older.case.case_type], now.cases[newer.case.case_type]
    found = compare(from_json(older.snapshot), from_json(newer.snapshot))
    if allowed is not None:
        seen = readable(before, allowed) | readable(after, allowed)
        found = tuple(one for one in found if one.part.section in seen)
    return told((now, after), (was, before), found)


_By = tuple[CaseSection, Definition]


class _Words:
    """The words of a section as it is, and as it was."""

    def __init__(self, now: _By, before: _By) -> None:
        self.now, self.before = now, before

    def told(self, one: Difference) -> Told:
        """One difference, in words."""
        before = self._lines(one, one.before, self.before)
        after = self._lines(one, one.after, self.now)
        typed = self._is_typed(one)
        return Told(self._about(one), str(WORDS[one.kind]), before, after, typed)

    def _is_typed(self, one: Difference) -> bool:
        """Names, reasons and files are; of answers, those that are no word of the definition."""
        if not one.question or isinstance(one.after or one.before, Evidence):
            return True
        asked = (
            questions(section).get(one.question) for section, _program in (self.now, self.before)
        )
        return any(question is not None and question.type in TYPED for question in asked)

    def _about(self, one: Difference) -> str:
        """The question as it is asked, the topic, or the part itself."""
        for section, _program in (self.now, self.before):
            if one.question and (asked := questions(section).get(one.question)) is not None:
                return said(asked.text)
            topic = (section.topics or {}).get(one.topic)
            if not one.question and topic is not None:
                return said(topic.label)
        return name_of_part(one.part)

    @staticmethod
    def _lines(one: Difference, value: object, by: _By) -> list[str]:
        """What stood or stands there, line by line."""
        if value is None:
            return []
        if isinstance(value, Evidence):
            return [file_line(value)]
        if one.kind == "part_renamed":
            return [str(cast("Mapping[str, str]", value)[language()])]
        if not one.question:
            return str(value).splitlines()
        section, program = by
        asked = questions(section).get(one.question)
        return [] if asked is None else lines_of(program, asked, cast("Value", value))
