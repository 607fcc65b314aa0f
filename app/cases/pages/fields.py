"""Questions as fields of a form: what stands in them, what is wrong, what a colleague wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from flask import g, request
from flask_babel import gettext as _
from flask_babel import pgettext
from werkzeug.datastructures import MultiDict

from app.base.errors import Invalid
from app.base.text import showable
from app.cases.pages.file_lines import ACCEPTED, Files
from app.cases.pages.sentences import sentence
from app.cases.rules.reading import DATE, MOST_ROWS, PERSON, Raw
from app.cases.rules.saving import fingerprint
from app.cases.rules.shown import Value
from app.cases.rules.writing import rewritten, written
from app.cases.wording import choices_of
from app.parties.rules.addresses import listed_regions
from app.programs.limits import limits
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from app.programs.wording import said
from app.web.forms import GuichetForm, Problem
from app.web.locale import language

SHOWN: Final = "was:"
"""Before a question's code: the fingerprint of the answer that the page was drawn with."""
CHOSEN: Final = "keep:"
"""Before a question's code: which of two answers the reader keeps."""
DRAWN_IN: Final = "drawn_in"
"""The language in which the page was drawn: 25,000 means another number in French."""
BLANK_ROWS: Final = 2
_LONGEST_ROW: Final = 4
FEW: Final = 8
"""Up to so many answers are all shown; more are a list to select from."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """What a colleague saved meanwhile."""

    text: list[str]
    by: str
    at: Any
    fingerprint: str
    own: bool = False
    """It was the reader, in another window."""
    typed: bool = False
    """It is in people's own words, in whichever language they wrote them."""


@dataclass(slots=True)
class Field:
    """One question on the page."""

    question: Question
    parts: Mapping[str, list[str]]
    """Part of the question → what stands in its field."""
    shown: str
    choices: list[tuple[str, str]] = field(default_factory=list)
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Column of a table → its choices."""
    errors: dict[str, str] = field(default_factory=dict)
    theirs: Theirs | None = None
    chosen: str | None = None
    """Which of two answers the reader keeps, where they said so."""
    earlier: Mapping[str, Any] | None = None
    """The answer to the question as an earlier version asked it, which fits no more."""
    more_rows: int = 0
    files: Files | None = None
    """The documents of a question that is answered by them."""
    send: str | None = None
    """Where a script sends them, one by one."""
    accepted: ClassVar[str] = ACCEPTED

    @property
    def megabytes(self) -> int:
        """How large a file may be."""
        return limits().documents.megabytes

    @property
    def code(self) -> str:
        """The question's code: the name of its field."""
        return self.question.code

    @property
    def label(self) -> str:
        """The question as it is asked."""
        return said(self.question.text)

    @property
    def hint(self) -> str | None:
        """What helps to answer it."""
        return said(self.question.help) if self.question.help else None

    def name(self, part: str = "") -> str:
        """The name, and the id, of the field of one part."""
        return f"{self.code}.{part}" if part else self.code

    def text(self, part: str = "") -> str:
        """What stands in the field of one part."""
        return (self.parts.get(part) or [""])[0]

    def has(self, code: str) -> bool:
        """Whether this choice is ticked."""
        return code in self.parts.get("", ())

    @property
    def rows(self) -> list[int]:
        """The numbers of a table's rows: those that were sent, then empty ones.

        However high a forged number is, no more are drawn than the table may have, and one.
        """
        numbers = [
            int(row) for row in (part.partition(".")[0] for part in self.parts) if _is_row(row)
        ]
        filled = max(numbers, default=-1) + 1
        return list(range(min(max(filled + self.more_rows, BLANK_ROWS), self.most_rows + 1)))

    @property
    def most_rows(self) -> int:
        """How many rows a table may have."""
        return self.question.most_rows or MOST_ROWS

    @property
    def whole_error(self) -> str | None:
        """What is wrong with the answer as a whole."""
        return self.errors.get("")


def _is_row(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ROW


class TopicForm(GuichetForm):
    """The form of a topic: the token, and the questions as fields of their own kind."""

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        super().__init__()
        self.questions = list(fields)

    @property
    def sends_files(self) -> bool:
        """Whether the form needs the encoding of files."""
        return any(one.files is not None for one in self.questions)

    def problems(self) -> list[Problem]:
        """All errors in the order of the questions, each with the control that mends it."""
        found = [Problem(None, str(message)) for message in self.form_errors]
        for one in self.questions:
            for part, message in one.errors.items():
                told = _("%(problem)s (%(question)s)", problem=message, question=one.label)
                found.append(Problem(anchor(one, part), str(told)))
            if one.theirs is not None:
                found.append(Problem(f"{CHOSEN}{one.code}", disputed(one)))
        return found


def disputed(one: Field) -> str:
    """That a colleague, or the reader elsewhere, changed the same answer."""
    if one.theirs is not None and one.theirs.own:
        return str(_("You changed this answer in another window. Choose which one to keep."))
    by = one.theirs.by if one.theirs else ""
    return str(_("%(name)s changed this answer meanwhile. Choose which one to keep.", name=by))


def anchor(one: Field, part: str) -> str:
    """The id of the first control of a part: where the summary's link leads."""
    kind = one.question.type
    if not part:
        if kind in {"one_of", "several_of", "yes_no"} and is_listed(one):
            return f"{one.code}-0"
        first = {"date": "year", "money": "amount", "person": "given_name", "address": "street"}
        part = first.get(kind, "")
        if kind == "table":
            part = f"0.{next(iter(one.question.columns or {}), '')}"
    return one.name(part)


def is_listed(one: Field) -> bool:
    """Whether all the choices stand on the page, and are not a list to select from."""
    return one.question.type != "one_of" or len(one.choices) <= FEW


def sent() -> MultiDict[str, str]:
    """What was sent; else what was kept of a form whose session had ended."""
    if request.method == "POST":
        return request.form
    return g.get("kept_fields") or MultiDict()


def typed(questions: Iterable[Question], form: MultiDict[str, str]) -> dict[str, Raw]:
    """Question → its parts as they were sent, for the questions that the page had."""
    found: dict[str, Raw] = {}
    for question in questions:
        if f"{SHOWN}{question.code}" not in form:
            continue
        before = f"{question.code}."
        parts = {
            name.removeprefix(before): [_clean(text) for text in form.getlist(name)]
            for name in form
            if name.startswith(before)
        }
        if question.code in form:
            parts[""] = [_clean(text) for text in form.getlist(question.code)]
        drawn = form.get(DRAWN_IN, language())
        found[question.code] = (
            parts if drawn == language() else rewritten(question, parts, drawn, language())
        )
    return found


def _clean(text: str) -> str:
    """The text without what a page cannot show: no browser sends it, and it is told as a fault."""
    return showable(text, lines=True)


def unshowable(question: Question, form: MultiDict[str, str]) -> bool:
    """Whether anything was taken out of what was sent."""
    names = [n for n in form if n == question.code or n.startswith(f"{question.code}.")]
    return any(_clean(text) != text for name in names for text in form.getlist(name))


def fingerprints(form: MultiDict[str, str]) -> dict[str, str]:
    """Question → what the page showed of it."""
    return {n.removeprefix(SHOWN): form[n] for n in form if n.startswith(SHOWN)}


def choices_made(form: MultiDict[str, str]) -> dict[str, str]:
    """Question → which of two answers the reader keeps, where they said so."""
    return {n.removeprefix(CHOSEN): form[n] for n in form if n.startswith(CHOSEN)}


def field_of(
    program: Definition, question: Question, value: Value | None, raw: Raw | None = None
) -> Field:
    """A question with its answer, or with what was typed instead."""
    parts = written(question, value, language()) if raw is None else raw
    return Field(
        question,
        {part: list(texts) for part, texts in parts.items()},
        fingerprint(value),
        choices_of(program, question),
        {code: choices_of(program, one) for code, one in (question.columns or {}).items()},
    )


def show_faults(fields: Iterable[Field], error: Invalid) -> None:
    """Put each fault at its field, in words."""
    by_code = {one.code: one for one in fields}
    for at, word in error.errors.items():
        code, _dot, part = at.partition(".")
        if code in by_code:
            one = by_code[code]
            one.errors[part] = sentence(one.question, part, word)


def labels_of_person() -> list[tuple[str, str, str]]:
    """The parts of a person: name, label, what browsers may fill in."""
    words = {
        "given_name": (_("Given name"), "off"),
        "family_name": (_("Family name"), "off"),
        "title": (_("Position"), "off"),
        "telephone": (_("Telephone"), "off"),
        "email": (_("Email"), "off"),
    }
    return [(part, *words[part]) for part in PERSON]


def labels_of_date() -> list[tuple[str, str, int]]:
    """The parts of a date: name, label, most digits."""
    words = {
        "year": pgettext("part of a date", "Year"),
        "month": pgettext("part of a date", "Month"),
        "day": pgettext("part of a date", "Day"),
    }
    return [(part, str(words[part]), 4 if part == "year" else 2) for part in DATE]


def region_choices() -> list[tuple[str, str]]:
    """Provinces, then states, each with its country."""
    return listed_regions(language())
