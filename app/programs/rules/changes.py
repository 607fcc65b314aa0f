"""What is different between two versions of a definition, change by change.

Everything that differs is one change or more, whatever it is: only the version’s own number and
the scenarios, which decide nothing, are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from app.programs.schema.base import Source, Text

if TYPE_CHECKING:
    from app.programs.schema.definition import Definition
    from app.programs.schema.questions import Question

Path = tuple[str, ...]

PASSED_OVER: Final = frozenset({("version",), ("scenarios",)})
TYPED: Final = frozenset({"text", "help", "required", "shown_when", "counts_at_once"})
"""What a question still has in common with one of another type."""
_TOPICS_AT: Final = 4
"""How far from the top the topics of a section stand: cases, case, sections, section."""


class Kind(StrEnum):
    """What happened."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"
    GAINED = "gained"
    """A code more in a list of codes: `after` is the code."""
    LOST = "lost"
    """A code less in a list of codes: `before` is the code."""
    MOVED = "moved"
    """A question that another topic of its section asks: `before` and `after` are the topics."""
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, and what stood and stands there.

    `path` are the keys from the top; of what is gone, those it had.
    """

    kind: Kind
    path: Path
    before: object = None
    after: object = None

    @property
    def question(self) -> tuple[str, str] | None:
        """The section and the question of a case that this is about."""
        if len(self.path) <= _TOPICS_AT + 3 or self.path[0] != "cases":
            return None
        return self.path[3], self.path[_TOPICS_AT + 3]


def compare(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Every change from the old definition to the new one, in the order of the file."""
    return (*_models(old, new, ()), *_no_longer_listed(old, new))


def _no_longer_listed(old: Definition, new: Definition) -> Iterator[Change]:
    """What can no longer be chosen, since a list of the definition lost it."""
    for name in ("lines", "bases"):
        before, after = getattr(old, name), getattr(new, name)
        for path, question in _of_cases(new):
            for code in before:
                if question.choices_from == name and code not in after:
                    yield Change(Kind.GONE, (*path, "choices", code), before[code])


def _of_cases(definition: Definition) -> Iterator[tuple[Path, Question]]:
    for name, case in definition.cases.items():
        for code, section in case.sections.items():
            for at, topic in (section.topics or {}).items():
                here = ("cases", name, "sections", code, "topics", at, "questions")
                yield from (((*here, one.code), one) for one in topic.questions.values())


def _models(old: BaseModel, new: BaseModel, path: Path) -> Iterator[Change]:
    for name in type(new).model_fields:
        here = (*path, name)
        if here not in PASSED_OVER:
            yield from _values(getattr(old, name), getattr(new, name), here)


def _values(old: object, new: object, path: Path) -> Iterator[Change]:
    if isinstance(old, Mapping) or isinstance(new, Mapping):
        before = old if isinstance(old, Mapping) else {}
        after = new if isinstance(new, Mapping) else {}
        topics = path[_TOPICS_AT:] == ("topics",)
        yield from (_topics if topics else _mappings)(before, after, path)
    elif isinstance(old, BaseModel) and isinstance(new, BaseModel) and not _is_whole(old):
        yield from _parts(old, new, path)
    elif _are_codes(old) and _are_codes(new):
        yield from _codes(old, new, path)
    elif old != new:
        yield Change(Kind.CHANGED, path, old, new)


def _is_whole(value: BaseModel) -> bool:
    """Whether it is told as one thing, without its parts."""
    return isinstance(value, Text | Source)


def _parts(old: BaseModel, new: BaseModel, path: Path) -> Iterator[Change]:
    if path[-2:-1] in {("questions",), ("columns",)} and _type(old) != _type(new):
        yield Change(Kind.CHANGED, (*path, "type"), _type(old), _type(new))
        for name in TYPED & set(type(new).model_fields):
            yield from _values(getattr(old, name), getattr(new, name), (*path, name))
        return
    yield from _models(old, new, path)


def _type(question: BaseModel) -> object:
    return getattr(question, "type", None)


def _mappings(old: Mapping[str, object], new: Mapping[str, object], path: Path) -> Iterator[Change]:
    for code in old:
        if code not in new:
            yield Change(Kind.GONE, (*path, code), old[code])
            yield from _below(old[code], (*path, code))
    for code, item in new.items():
        if code not in old:
            yield Change(Kind.ADDED, (*path, code), None, item)
        else:
            yield from _values(old[code], item, (*path, code))
    before = tuple(code for code in old if code in new)
    after = tuple(code for code in new if code in old)
    if before != after:
        yield Change(Kind.REORDERED, path, before, after)


def _below(item: object, path: Path) -> Iterator[Change]:
    """The questions that went with a case, a section or a topic: people answered each of them."""
    for name in ("sections", "topics", "questions"):
        for code, part in (getattr(item, name, None) or {}).items():
            here = (*path, name, code)
            if name == "questions":
                yield Change(Kind.GONE, here, part)
            yield from _below(part, here)


def _topics(old: Mapping[str, object], new: Mapping[str, object], path: Path) -> Iterator[Change]:
    """The topics of a section; a question that another topic asks has moved, and is not new."""
    before, after = _asked(old), _asked(new)
    moved = {code for code in before if code in after and before[code][0] != after[code][0]}
    for change in _mappings(old, new, path):
        at = change.path[_TOPICS_AT + 3 :]
        if len(at) == 1 and moved.issuperset(at):
            continue
        yield change
    for code in before:
        if code in moved:
            (origin, old_one), (goal, new_one) = before[code], after[code]
            here = (*path, goal, "questions", code)
            yield Change(Kind.MOVED, here, origin, goal)
            yield from _values(old_one, new_one, here)


def _asked(topics: Mapping[str, object]) -> dict[str, tuple[str, object]]:
    return {
        code: (name, question)
        for name, topic in topics.items()
        for code, question in getattr(topic, "questions", {}).items()
    }


def _are_codes(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def _codes(old: object, new: object, path: Path) -> Iterator[Change]:
    before, after = (tuple(one) if isinstance(one, tuple) else () for one in (old, new))
    yield from (Change(Kind.LOST, path, one) for one in before if one not in after)
    yield from (Change(Kind.GAINED, path, None, one) for one in after if one not in before)
    if before != after and set(before) == set(after):
        yield Change(Kind.REORDERED, path, before, after)
