"""May this business register? One question at a time, with the reason when it may not.

Answers are kept as they are stored: a code for one choice, a list of codes for several, ``yes``
or ``no``, and an ISO date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from app.base.days import subtract_calendar_days

if TYPE_CHECKING:
    from app.programs.schema.base import Text
    from app.programs.schema.definition import Definition
    from app.programs.schema.eligibility import Consequence, Question
    from app.programs.schema.questions import Question as CaseQuestion

Answer = str | Sequence[str]
Answers = Mapping[str, Answer]
Kind = Literal["unfinished", "ok", "fail", "refer", "route"]
Fault = Literal["empty", "unknown", "none_with_others", "not_a_date", "future"]

YES_NO = ("yes", "no")
NONE = "none"


@dataclass(frozen=True)
class Finding:
    """A consequence that holds: of which question, what it leads to, and why."""

    question: str
    leads_to: Literal["fail", "refer", "route"]
    reason: Text


@dataclass(frozen=True)
class Verdict:
    """Where the questions stand. `next` is the question to ask when unfinished."""

    kind: Kind
    findings: tuple[Finding, ...] = ()
    next: Question | None = None


def evaluate(definition: Definition, answers: Answers, today: date) -> Verdict:
    """Go through the questions in order, up to the first one that ends them.

    A failure or another route ends at once. What an officer must look at does not: the person
    goes on, and every such finding is kept. An answer that can no longer be given (because an
    earlier one was changed) is asked again.
    """
    referred: list[Finding] = []
    for question in shown_questions(definition, answers):
        if answer_fault(definition, question, answers, today):
            return Verdict("unfinished", tuple(referred), question)
        for finding in _findings(question, answers[question.code], today):
            if finding.leads_to != "refer":
                return Verdict(finding.leads_to, (finding,))
            referred.append(finding)
    return Verdict("refer" if referred else "ok", tuple(referred))


def shown_questions(definition: Definition, answers: Answers) -> Iterator[Question]:
    """The questions that the answers so far call for."""
    for question in definition.eligibility.questions.values():
        if all(
            set(condition.among) & _given(answers.get(condition.question, ()))
            for condition in question.shown_when
        ):
            yield question


def relevant(definition: Definition, answers: Answers) -> dict[str, Answer]:
    """The answers to questions that are shown; the others are no part of the registration."""
    shown = (question.code for question in shown_questions(definition, answers))
    return {code: answers[code] for code in shown if code in answers}


def choices(
    definition: Definition, question: Question, answers: Answers
) -> tuple[tuple[str, Text], ...]:
    """What may be answered to a question of one or several choices, with labels.

    Lines of business are those that the program has for the base already given.
    """
    if question.choices_from == "bases":
        listed = [(base.code, base.label) for base in definition.bases.values()]
    elif question.choices_from == "lines":
        base = base_of(definition, answers)
        listed = [(n.code, n.label) for n in definition.lines.values() if base in n.bases]
    else:
        listed = [(choice.code, choice.label) for choice in (question.choices or {}).values()]
    if question.none_of_these is not None:
        listed.append((NONE, question.none_of_these))
    return tuple(listed)


def answer_fault(
    definition: Definition, question: Question, answers: Answers, today: date
) -> Fault | None:
    """Why the answer given to `question` cannot be used; None when it can."""
    answer = answers.get(question.code)
    if not answer:
        return "empty"
    if question.type == "date":
        return _date_fault(answer, today)
    if question.type == "yes_no":
        return None if answer in YES_NO else "unknown"
    if isinstance(answer, str) == (question.type == "several_of"):
        return "unknown"
    given = _given(answer)
    if not given <= {code for code, _ in choices(definition, question, answers)}:
        return "unknown"
    return "none_with_others" if NONE in given and len(given) > 1 else None


def base_of(definition: Definition, answers: Answers) -> str | None:
    """The base that was answered, whatever the question is called."""
    answer = answers.get(_question_from(definition, "bases"))
    return answer if isinstance(answer, str) else None


def lines_of(definition: Definition, answers: Answers) -> tuple[str, ...]:
    """The lines of business that were answered, in the definition's order."""
    given = _given(answers.get(_question_from(definition, "lines"), ()))
    return tuple(code for code in definition.lines if code in given)


def _question_from(definition: Definition, source: str) -> str:
    questions = definition.eligibility.questions.values()
    return next(q.code for q in questions if q.choices_from == source)


def _given(answer: Answer) -> set[str]:
    return {answer} if isinstance(answer, str) else set(answer)


def _findings(question: Question, answer: Answer, today: date) -> Iterator[Finding]:
    for consequence in question.consequences:
        if _holds(consequence, answer, today):
            yield Finding(question.code, consequence.leads_to, consequence.reason)


def _holds(consequence: Consequence, answer: Answer, today: date) -> bool:
    if consequence.older_than is None:
        return bool(set(consequence.answers) & _given(answer))
    day = date.fromisoformat(str(answer))
    return day < subtract_calendar_days(today, consequence.older_than)


def _date_fault(answer: Answer, today: date) -> Fault | None:
    try:
        day = date.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        day = None
    if day is None:
        return "not_a_date"
    return "future" if day > today else None


def possible_answers(
    question: Question | CaseQuestion, listed: Mapping[str, Mapping[str, object]]
) -> frozenset[str]:
    """Every code that an answer to `question` may be or contain, whatever came before it.

    None for what is typed freely. `listed` are the definition's lists that choices come from.
    """
    if question.type == "yes_no":
        return frozenset(YES_NO)
    from_list = question.choices_from
    own = frozenset(listed[from_list] if from_list is not None else question.choices or {})
    return own | {NONE} if question.none_of_these is not None else own
