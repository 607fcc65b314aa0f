"""What was typed for a part that a colleague removed meanwhile: nothing typed is lost unsaid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _

from app.authority.pages.opening import account_here, may_here
from app.base.db import session
from app.cases.models import CasePart
from app.cases.pages.fields import sent, typed
from app.cases.pages.opening import crumbs, label_of, section_url
from app.cases.queries import Folder
from app.cases.queries_files import part_gone
from app.cases.rules.reading import Raw
from app.cases.wording import choices_of
from app.programs.schema.cases import CaseSection
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question, Topic
from app.programs.wording import said
from app.web.access import current_person


@dataclass(frozen=True, slots=True)
class _Typed:
    """A question with what was typed for it, line by line, as it was typed."""

    text: str
    lines: list[str]


def typed_for_nothing(
    found: Folder, section: str, number: int, topic: str
) -> tuple[str, int] | None:
    """The page that says what happened, with what was typed; None where there was no such part.

    Nothing of it can be saved: the part is not submitted any more, and nobody said where else it
    should go.
    """
    one = found.kind.sections.get(section)
    asked = (one.topics or {}).get(topic) if one is not None else None
    if request.method != "POST" or one is None or asked is None or not may_here(f"{section}.edit"):
        return None
    if any(part.row is not None and part.row.id == number for part in found.parts.get(section, ())):
        return None  # it is there
    part = part_gone(session, current_person().id, account_here(), section, number)
    if part is None:
        return None
    page = render_template(
        "cases/gone.html",
        part=part,
        topic=said(asked.label),
        typed=list(_given(found.program, asked)),
        crumbs=crumbs(found),
        section=said(one.label),
        **_names(found, one, part),
    )
    return page, 409


def _names(found: Folder, section: CaseSection, part: CasePart) -> dict[str, object]:
    return {
        "name": label_of(found.program, section, part.key, part.label),
        "named": part.label is not None,
        "back": section_url(found, section.code),
    }


def _given(program: Definition, topic: Topic) -> Iterator[_Typed]:
    """What was typed, question by question; the reason where the topic was to be set aside."""
    form = sent()
    if form.get("reason", "").strip():
        yield _Typed(str(_("Why does it not apply?")), form["reason"].splitlines())
    questions = topic.questions
    for code, raw in typed(questions.values(), form).items():
        lines = list(_lines(program, questions[code], raw))
        if lines:
            yield _Typed(said(questions[code].text), lines)


def _lines(program: Definition, question: Question, raw: Raw) -> Iterator[str]:
    """An answer as it was typed: its parts a line each, a table a line a row."""
    rows: dict[str, list[str]] = {}
    columns = question.columns or {}
    for part, texts in raw.items():
        row, _dot, column = part.partition(".")
        words = _words(program, columns.get(column, question))
        for text in texts:
            if text.strip():
                shown = words.get(text, text)
                if column:
                    rows.setdefault(row, []).append(shown)
                else:
                    yield from shown.splitlines()
    yield from (" · ".join(cells) for cells in rows.values())


def _words(program: Definition, question: Question) -> Mapping[str, str]:
    return dict(choices_of(program, question))
