"""Which topics and questions a section asks, given what was answered so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseSection
    from app.programs.schema.eligibility import Condition
    from app.programs.schema.questions import Question, Topic

Value = str | list[str] | dict[str, str] | list[dict[str, str]]
"""An answer as it is kept: a text, a code, codes, the parts of an address, rows of a table."""
Answers = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic that is shown, and those of its questions that are."""

    topic: Topic
    questions: tuple[Question, ...]
    applies: bool = True
    """False where the client said, with a reason, that it does not: nothing is asked then."""


def asked(section: CaseSection, answers: Answers, aside: Collection[str] = ()) -> Iterator[Asked]:
    """The topics of a section that these answers call for, in their order.

    Only an answer that is itself asked for shows others: what hangs on a hidden question is hidden
    with it. `aside` are the topics that the client says do not apply.
    """
    counted: dict[str, Value] = {}
    for code, topic in (section.topics or {}).items():
        if not _all_hold(topic.shown_when, counted):
            continue
        if topic.may_not_apply and code in aside:
            yield Asked(topic, (), applies=False)
            continue
        shown = []
        for question in topic.questions.values():
            if _all_hold(question.shown_when, counted):
                shown.append(question)
                if question.code in answers:
                    counted[question.code] = answers[question.code]
        yield Asked(topic, tuple(shown))


def relevant(section: CaseSection, answers: Answers, aside: Collection[str] = ()) -> Answers:
    """The answers that are submitted; the others are kept aside and come back when asked again."""
    shown = {one.code for part in asked(section, answers, aside) for one in part.questions}
    return {code: value for code, value in answers.items() if code in shown}


def _all_hold(conditions: tuple[Condition, ...], answers: Answers) -> bool:
    return all(not codes(answers.get(one.question, "")).isdisjoint(one.among) for one in conditions)


def codes(value: Value) -> frozenset[str]:
    """The codes that an answer is or contains; of what is no list of choices, none."""
    if isinstance(value, str):
        return frozenset({value})
    return frozenset(one for one in value if isinstance(one, str) and isinstance(value, list))
