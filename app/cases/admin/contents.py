"""What a case holds, drawn from its definition: what was submitted, and what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.admin.words import SCAN_TAGS
from app.cases.models import Document
from app.cases.queries import Part
from app.cases.rules.comparing import Difference
from app.cases.rules.files import UNREADABLE, opens_for_staff
from app.cases.rules.progress import Progress
from app.cases.rules.snapshot import Evidence, PartKept, Reply, Snapshot, TopicKept
from app.cases.wording import TYPED, lines_of
from app.documents.scanning import ScanState
from app.programs.schema.cases import CaseSection, CaseType
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from app.programs.wording import said
from app.web.admin import Tag
from app.web.locale import language


@dataclass(frozen=True, slots=True)
class FileShown:
    """A document as it was submitted, and what the scanner says of it today."""

    id: int
    name: str
    size: int
    scan: Tag | None
    """What the scanner says of it; None where it found nothing, or the document is gone."""
    opens: bool
    """Whether it is given out."""
    unreadable: bool
    """Whether the scanner said that nobody may open it."""


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """A question with its answer, line by line; ``since`` says what became of it meanwhile.

    ``typed`` are people's own words, in whichever language they wrote them.
    """

    text: str
    lines: Sequence[str]
    typed: bool
    files: Sequence[FileShown]
    since: str


@dataclass(frozen=True, slots=True)
class TopicShown:
    """A topic with its answers, or the reason for which it does not apply."""

    label: str
    answers: Sequence[AnswerShown]
    reason: str | None
    since: str


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part of a section; ``name`` is empty where the section is not repeated."""

    name: str
    named: bool
    topics: Sequence[TopicShown]
    changes: str
    """How much of it changed since, in words."""


@dataclass(frozen=True, slots=True)
class SectionShown:
    """A section with its parts, and what the client added to it, or took out, meanwhile."""

    code: str
    label: str
    parts: Sequence[PartShown]
    since: Sequence[str]


@dataclass(frozen=True, slots=True)
class Begun:
    """A section that was not submitted yet: how far its parts are, and none of their answers."""

    label: str
    parts: int | None
    """How many there are; None where the section is not repeated."""
    progress: Progress | None
    """None where a section that is repeated has no part."""


def begun(kind: CaseType, parts: Mapping[str, Sequence[Part]]) -> list[Begun]:
    """How far a case is before anything of it was submitted."""
    return [_begun(section, parts.get(code, ())) for code, section in _asked_of(kind)]


def _begun(section: CaseSection, parts: Sequence[Part]) -> Begun:
    progress = sum((part.progress for part in parts), Progress()) if parts else None
    return Begun(said(section.label), len(parts) if section.repeated else None, progress)


def submitted(
    program: Definition,
    kept: Snapshot,
    differences: Iterable[Difference],
    documents: Mapping[int, Document],
) -> list[SectionShown]:
    """What was submitted, section by section, with the marks of what the client changed since.

    ``program`` is the definition under which it was submitted; ``documents`` are those of the
    case by their number, as they are today.
    """
    kind = program.cases[kept.case_type]
    marks = _Marks(differences, documents)
    return [
        SectionShown(
            code,
            said(section.label),
            [_part(program, section, part, marks) for part in kept.parts if part.section == code],
            marks.of_section(code),
        )
        for code, section in _asked_of(kind)
    ]


def _asked_of(kind: CaseType) -> Iterable[tuple[str, CaseSection]]:
    return ((c, section) for c, section in kind.sections.items() if section.kind == "questions")


class _Marks:
    """What became of the parts of a submission since, found by where they stand."""

    def __init__(
        self, differences: Iterable[Difference], documents: Mapping[int, Document]
    ) -> None:
        self._all, self._documents = list(differences), documents

    def of_file(self, one: Evidence) -> FileShown:
        """A document that was submitted, as it is today."""
        kept = self._documents.get(one.id)
        if kept is None:
            return FileShown(one.id, one.name, one.size, None, opens=False, unreadable=False)
        clean = kept.scan == ScanState.CLEAN
        said_of_it = None if clean else SCAN_TAGS[kept.scan]
        gone = kept.purged_at is not None
        opens = opens_for_staff(kept.scan, submitted=True, purged=gone)
        unreadable = kept.scan in UNREADABLE
        return FileShown(one.id, one.name, one.size, said_of_it, opens, unreadable)

    def of_section(self, code: str) -> list[str]:
        """Parts that came and went."""
        told = []
        for one in self._all:
            name = one.part.name[language()]
            if one.part.section == code and one.kind == "part_added":
                told.append(str(_("Added since it was submitted: %(name)s", name=name)))
            elif one.part.section == code and one.kind == "part_removed":
                told.append(str(_("Removed since it was submitted: %(name)s", name=name)))
        return told

    def of_part(self, part: PartKept) -> str:
        """How many answers of a part changed."""
        changed = {one.question or one.topic for one in self._in(part)}
        if not changed:
            return ""
        return str(
            ngettext("%(num)s answer changed since", "%(num)s answers changed since", len(changed))
        )

    def of_topic(self, part: PartKept, topic: str) -> str:
        """Whether the client says something else of whether it applies."""
        words = {
            "topic_set_aside": _("Marked as not applying since it was submitted"),
            "topic_brought_back": _("Answered since it was submitted"),
            "reason_changed": _("Reason changed since it was submitted"),
        }
        found = (one for one in self._in(part) if one.topic == topic and not one.question)
        return next((words[one.kind] for one in found if one.kind in words), "")

    def of_question(self, part: PartKept, question: str) -> str:
        """Whether its answer, or a document of it, is another by now."""
        found = any(one.question == question for one in self._in(part))
        return str(_("Changed since it was submitted")) if found else ""

    def _in(self, part: PartKept) -> list[Difference]:
        return [one for one in self._all if one.part.mark == part.mark]


def _part(program: Definition, section: CaseSection, part: PartKept, marks: _Marks) -> PartShown:
    return PartShown(
        part.name[language()] if section.repeated else "",
        part.named,
        [_topic(program, section, part, topic, marks) for topic in part.topics],
        marks.of_part(part),
    )


def _topic(
    program: Definition, section: CaseSection, part: PartKept, kept: TopicKept, marks: _Marks
) -> TopicShown:
    topic = (section.topics or {})[kept.topic]
    return TopicShown(
        said(topic.label),
        [_answer(program, part, topic.questions[one.question], one, marks) for one in kept.replies],
        kept.aside,
        marks.of_topic(part, kept.topic),
    )


def _answer(
    program: Definition, part: PartKept, question: Question, reply: Reply, marks: _Marks
) -> AnswerShown:
    return AnswerShown(
        said(question.text),
        lines_of(program, question, reply.value),
        question.type in TYPED,
        [marks.of_file(one) for one in reply.documents],
        marks.of_question(part, question.code),
    )
