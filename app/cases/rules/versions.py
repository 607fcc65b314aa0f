"""A draft that began under one version of a definition and goes on under a newer one.

Nothing that was answered is lost. An answer goes on where the form of the new version would take
it as it stands; else it is kept aside, whole, where people can read it. Half of an answer would
be one that nobody gave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from app.cases.rules import moves
from app.cases.rules.reading import Around, read
from app.cases.rules.shown import Value
from app.cases.rules.writing import written

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseSection, CaseType
    from app.programs.schema.questions import Question

_LANGUAGE = "en"
"""The language in which an answer is written down to be read again; any would do."""
_WORDS: Final = ("text", "help", "required", "shown_when", "counts_at_once")
"""What has no part in which answers a question takes."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, with the question that it was given to."""

    value: Value
    question: Question | None
    """As the version asked it under which the answer was good last; None where it was never."""
    unfit_since: int | None = None
    """The first version whose form would not take it; None while it is good."""


def carry(
    given: Mapping[str, Given], section: CaseSection | None, version: int, around: Around
) -> dict[str, Given]:
    """The answers of a section under the next version, in which it may be gone.

    An answer that was kept aside comes back where it fits again.
    """
    now = {} if section is None else questions(section)
    return {code: _next(one, now.get(code), version, around) for code, one in given.items()}


def _next(one: Given, now: Question | None, version: int, around: Around) -> Given:
    if fits(one.question, now, one.value, around):
        return Given(one.value, now)
    return replace(one, unfit_since=one.unfit_since or version)


def fits(before: Question | None, now: Question | None, value: Value, around: Around) -> bool:
    """Whether the answer to `before` is one to `now`, as it stands.

    A number keeps its unit: five metres are not five feet.
    """
    if before is None or now is None or (before.type, before.unit) != (now.type, now.unit):
        return False
    if now.choices_from is None and _differ_in_words(_Same(before), _Same(now)):
        return True
    typed = written(before, value, _LANGUAGE)
    asked = _on_any_day(before, now)
    return read(asked, typed, replace(around, language=_LANGUAGE)).value == value


class _Same:
    """A question by what it is, not by what it says: a definition that was read never changes."""

    __slots__ = ("question",)

    def __init__(self, question: Question) -> None:
        self.question = question

    def __eq__(self, other: object) -> bool:
        return self.question is getattr(other, "question", None)

    def __hash__(self) -> int:
        return id(self.question)


@lru_cache(maxsize=8_192)
def _differ_in_words(before: _Same, now: _Same) -> bool:
    """Whether two questions take the same answers, since they differ in their words at most.

    Remembered, since each of thousands of drafts has an answer to most of the questions.
    """
    return _wordless(before.question) == _wordless(now.question)


def _wordless(question: Question) -> Question:
    """The question without what has no part in which answers it takes."""
    return question.model_copy(update=dict.fromkeys(_WORDS))


def _on_any_day(before: Question, now: Question) -> Question:
    """The question, without the bound of a date that both versions have.

    A day that was to come when it was given has come meanwhile, and is as good as it was.
    """
    changes: dict[str, Any] = {"when": None} if before.when == now.when else {}
    if now.columns:
        then = before.columns or {}
        changes["columns"] = {
            code: _on_any_day(then[code], column) if code in then else column
            for code, column in now.columns.items()
        }
    return now.model_copy(update=changes)


def questions(section: CaseSection) -> dict[str, Question]:
    """Every question of a section, shown or not, by its code."""
    return {
        code: question
        for topic in (section.topics or {}).values()
        for code, question in topic.questions.items()
    }


def edited(case: CaseType) -> Iterator[str]:
    """The states in which a case follows its program's newest version.

    Where it begins, and wherever its clients may submit it. In every other state something that
    was submitted is being looked at, under the version that it was submitted under.
    """
    for code, state in case.states.items():
        if not state.final and (state.initial or moves.may_submit(case, code)):
            yield code


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a case cannot go on under a version: what that version no longer has."""

    what: str
    """*kind* of case, *state*, *section* or *line* of business."""
    code: str


def obstacles(
    old: CaseType,
    new: CaseType | None,
    lines: Collection[str],
    state: str,
    begun: Mapping[str, Collection[str]],
) -> Iterator[Obstacle]:
    """What stands in the way of a case in this state; nothing where it can go on.

    `begun` are the sections that the client began, with the keys of their parts: each must have
    its place in the new version, whose lines of business are `lines`, or nobody could read there
    what was answered.
    """
    if new is None:
        yield Obstacle("kind", old.code)
        return
    if state not in new.states or new.states[state].final:
        yield Obstacle("state", state)
    for code, keys in begun.items():
        then, now = old.sections.get(code), new.sections.get(code)
        if then is None or now is None or (then.kind, _by(then)) != (now.kind, _by(now)):
            yield Obstacle("section", code)
        elif _by(now) == "lines":
            yield from (Obstacle("line", key) for key in keys if key not in lines)


def _by(section: CaseSection) -> str | None:
    return section.repeated.by if section.repeated else None
