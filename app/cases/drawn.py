"""What was submitted, in the words of its definition's version: for a page, and for paper."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import pgettext

from app.cases.rules.snapshot import Evidence, PartKept, Reply, Snapshot, TopicKept
from app.cases.wording import TYPED, lines_of
from app.programs.schema.cases import CaseSection
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from app.programs.wording import said
from app.web.formats import format_size
from app.web.locale import language


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, and the lines of its answer; `given` is false where nothing was answered.

    `typed` are people's own words, in whichever language they wrote them.
    """

    text: str
    lines: list[str]
    given: bool = True
    typed: bool = False


@dataclass(frozen=True, slots=True)
class TopicDrawn:
    """A topic, with its answers or the reason why it does not apply."""

    code: str
    title: str
    answers: list[Answered]
    aside: bool = False


@dataclass(frozen=True, slots=True)
class PartDrawn:
    """One of those that a section is repeated as; without a title where it is not."""

    title: str | None
    named: bool
    topics: list[TopicDrawn]


@dataclass(frozen=True, slots=True)
class SectionDrawn:
    """A section with its parts."""

    code: str
    title: str
    parts: list[PartDrawn]


def drawn(
    snapshot: Snapshot, program: Definition, sections: Collection[str] | None = None
) -> list[SectionDrawn]:
    """The sections of a snapshot, those of ``sections`` only where some are given."""
    kind = program.cases[snapshot.case_type]
    found = []
    for code, section in kind.sections.items():
        parts = [part for part in snapshot.parts if part.section == code]
        if parts and (sections is None or code in sections):
            drawn_parts = [_part(program, section, part) for part in parts]
            found.append(SectionDrawn(code, said(section.label), drawn_parts))
    return found


def name_of_part(part: PartKept) -> str:
    """What a part was called, in the reader's language."""
    return part.name[language()]


def file_line(document: Evidence) -> str:
    """A document in a line: its name, its kind and its size."""
    kind, size = document.kind.upper(), format_size(document.size)
    return f"{document.name} ({kind}, {size})"


def question_of(section: CaseSection, topic: str, code: str) -> Question | None:
    """A question of a section, as its version asks it."""
    found = (section.topics or {}).get(topic)
    return found.questions.get(code) if found is not None else None


def _part(program: Definition, section: CaseSection, part: PartKept) -> PartDrawn:
    topics = [_topic(program, section, one) for one in part.topics]
    title = name_of_part(part) if section.repeated is not None else None
    return PartDrawn(title, part.named, topics)


def _topic(program: Definition, section: CaseSection, topic: TopicKept) -> TopicDrawn:
    title = said((section.topics or {})[topic.topic].label)
    if topic.aside is not None:
        lines = topic.aside.splitlines()
        why = Answered(str(pgettext("topic", "Does not apply")), lines, typed=True)
        return TopicDrawn(topic.topic, title, [why], aside=True)
    return TopicDrawn(topic.topic, title, list(_answers(program, section, topic)))


def _answers(program: Definition, section: CaseSection, topic: TopicKept) -> Iterator[Answered]:
    for reply in topic.replies:
        question = question_of(section, topic.topic, reply.question)
        if question is None:
            raise LookupError(f"version {program.version} does not ask {reply.question}")
        lines = said_of(program, question, reply)
        none = str(pgettext("question", "No answer"))
        typed = bool(lines) and (question.type in TYPED or bool(reply.documents))
        yield Answered(said(question.text), lines or [none], given=bool(lines), typed=typed)


def said_of(program: Definition, question: Question, reply: Reply) -> list[str]:
    """What was answered, line by line: the answer, then the documents."""
    files = [file_line(document) for document in reply.documents]
    return [*lines_of(program, question, reply.value), *files]


def title_of(number: str) -> str:
    """What a submission is called."""
    return str(_("Submission %(number)s", number=number))
