"""What the staff's screens call the kinds of cases, where they are, and their sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.cases.models import CasePart, ClientCase
from app.cases.rules.moves import shape_of
from app.documents.scanning import ScanState
from app.documents.sentences import SCANS
from app.programs.library import definitions
from app.programs.schema.definition import Definition
from app.web.admin import Tag
from app.web.locale import language
from app.web.staff.defined import Defined
from app.web.staff.posts import definition_here

_SCAN_SHAPES = {
    ScanState.WAITING: "waiting",
    ScanState.NOT_SCANNED: "hold",
    ScanState.CLEAN: "done",
    ScanState.INFECTED: "late",
    ScanState.COULD_NOT_SCAN: "refused",
}
SCAN_TAGS = {str(state): Tag(shape, SCANS[state]) for state, shape in _SCAN_SHAPES.items()}


class DefinedInCases(Defined):
    """Code → label of one part (``states``, ``sections``) of every kind of case."""

    def _items(self, one: Definition) -> Mapping[str, Any]:
        return {
            code: item
            for kind in one.cases.values()
            for code, item in getattr(kind, self.part).items()
        }


class Questions(Defined):
    """Question of any case → how it is asked."""

    def _read(self) -> dict[str, str]:
        return {
            code: asked.text.say(language())
            for one in reversed(definitions())
            for kind in one.cases.values()
            for section in kind.sections.values()
            for topic in (section.topics or {}).values()
            for code, asked in topic.questions.items()
        }


CASE_TYPES = Defined("cases")
STATES = DefinedInCases("states")
SECTIONS = DefinedInCases("sections")
LINES = Defined("lines")
QUESTIONS = Questions("questions")


def state_tag(case: ClientCase) -> Tag:
    """Where a case is, by the words of its own version; the shape says whose turn it is."""
    program = definition_here(case.program_id)
    kind = program.cases.get(case.case_type) if program else None
    if kind is not None and case.state in kind.states:
        return Tag(shape_of(kind, case.state), str(case.where))
    begins, ends = case.where.initial, case.where.final
    return Tag("draft" if begins else "ended" if ends else "review", str(case.where))


def part_name(part: CasePart) -> str:
    """What a part is called: its own name, its line of business; nothing where it is the whole."""
    return part.label or str(LINES.get(part.key, part.key))
