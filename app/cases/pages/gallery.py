"""The gallery of questions: each type empty, filled and in error. Development and tests only."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.base.days import local_day
from app.base.db import now, session
from app.cases.models import Document
from app.cases.pages.fields import (
    Field,
    Theirs,
    TopicForm,
    field_of,
    labels_of_date,
    labels_of_person,
    region_choices,
)
from app.cases.pages.file_lines import FileLine, Files, fault_of, line_of
from app.cases.pages.sentences import sentence
from app.cases.rules.made_up import made_up
from app.cases.rules.saving import fingerprint
from app.cases.wording import lines_of
from app.documents.kinds import Kind, Reason, Unfit
from app.documents.scanning import ScanState
from app.programs.library import definitions
from app.programs.schema.definition import Definition
from app.programs.schema.questions import Question
from app.web.access import public

pages = Blueprint("questions", __name__, template_folder="../templates")

_WRONG = {
    "short_text": ("", "too_long"),
    "long_text": ("", "too_long"),
    "number": ("", "not_a_number"),
    "money": ("amount", "not_a_number"),
    "date": ("", "not_a_date"),
    "yes_no": ("", "unknown"),
    "one_of": ("", "unknown"),
    "several_of": ("", "none_with_others"),
    "country": ("", "unknown"),
    "address": ("postal_code", "format"),
    "person": ("email", "email"),
    "table": ("", "empty"),
    "document": ("", ""),
}
"""What is shown to be wrong with each type: the part of the answer, and the error's code."""


@pages.get("/gallery/questions")
@public
def gallery() -> str:
    """One question of each type that the first program with cases asks, three times."""
    program = next(one for one in definitions() if one.cases)
    form = TopicForm(
        one for question in _one_of_each(program) for one in _states(program, question)
    )
    return render_template(
        "cases/gallery.html",
        form=form,
        dates=labels_of_date(),
        people=labels_of_person(),
        regions=region_choices(),
    )


def _one_of_each(program: Definition) -> Iterator[Question]:
    asked = (
        question
        for kind in program.cases.values()
        for section in kind.sections.values()
        for topic in (section.topics or {}).values()
        for question in topic.questions.values()
    )
    seen: set[str] = set()
    for question in asked:
        if question.type in _WRONG and question.type not in seen:
            seen.add(question.type)
            yield question


def _states(program: Definition, question: Question) -> Iterator[Field]:
    """Empty, filled in, in error; and one that a colleague changed meanwhile."""
    if question.type == "document":
        yield from _documents(program, question)
        return
    today = local_day(now(session), program.zone)
    answer = made_up(question, today, {"lines": program.lines, "bases": program.bases})
    yield field_of(program, _named(question, "empty"), None)
    filled = field_of(program, _named(question, "filled"), answer)
    yield filled
    wrong = field_of(program, _named(question, "wrong"), answer)
    part, word = _WRONG[question.type]
    if question.type == "table":
        part = f"0.{next(iter(question.columns or {}))}"
    wrong.errors[part] = sentence(question, part, word)
    yield wrong
    if question.type == "short_text":
        disputed = field_of(program, _named(question, "disputed"), answer)
        lines = lines_of(program, question, answer)
        disputed.theirs = Theirs(lines, _("a colleague"), now(session), fingerprint(answer))
        yield disputed


def _documents(program: Definition, question: Question) -> Iterator[Field]:
    """No file yet; files in every state of the scanner; one that is not taken."""
    lines = [_file(number, state) for number, state in enumerate(ScanState, 1)]
    for state, there in (("empty", []), ("filled", lines), ("wrong", lines[:1])):
        named = _named(question, state)
        one = field_of(program, named, None)
        one.files = Files(named, there, lines[1:2] if state == "filled" else [])
        if state == "wrong":
            one.errors[""] = fault_of(named, Unfit(Reason.UNKNOWN_KIND))
        yield one


def _file(number: int, state: ScanState) -> FileLine:
    document = Document(
        id=number,
        name="Example.pdf",
        kind=Kind.PDF,
        size=184_000,
        pages=2,
        sha256=f"{number}" * 64,
        scan=state,
        sent_at=now(session),
    )
    return line_of(document, 0)


def _named(question: Question, state: str) -> Question:
    return question.model_copy(update={"code": f"{question.code}_{state}"})
