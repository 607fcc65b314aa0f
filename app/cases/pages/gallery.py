"""The gallery of questions: each type empty, filled and in error. Development and tests only."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, render_template
from flask_babel import gettext as _

from app.base.days import local_day
from app.base.db import now, session
from app.cases.pages.fields import (
    Field,
    Theirs,
    TopicForm,
    field_of,
    labels_of_date,
    labels_of_person,
    region_choices,
)
from app.cases.pages.sentences import sentence
from app.cases.rules.made_up import made_up
from app.cases.rules.saving import fingerprint
from app.cases.wording import lines_of
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
}
"""What is shown to be wrong with each type: the part of the answer, and the error's code."""


@pages.get("/gallery/questions")
@public
def gallery() -> str:
    """One question of each type that the first program asks, three times."""
    program = definitions()[0]
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


def _named(question: Question, state: str) -> Question:
    return question.model_copy(update={"code": f"{question.code}_{state}"})
