"""A draft that began under one version of a definition and goes on under the next.

Nothing that was answered is lost: what no longer fits is kept aside, where its writer can read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cases.rules.shown import Answers, Value, codes
from app.programs.rules.eligibility import possible_answers

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseSection
    from app.programs.schema.questions import Question

_LISTS = frozenset({"one_of", "several_of"})


@dataclass(frozen=True, slots=True)
class Carried:
    """The answers of a section under the new version."""

    kept: Answers
    aside: Answers
    """Of questions that are gone, that are of another type now, or whose choice is gone."""
    added: tuple[str, ...]
    """Questions that are new, in their order."""


def carry(
    old: CaseSection,
    new: CaseSection,
    answers: Answers,
    listed: Mapping[str, Mapping[str, object]],
) -> Carried:
    """Bring the answers of a section to a newer version of it."""
    before, now = questions(old), questions(new)
    kept: dict[str, Value] = {}
    aside: dict[str, Value] = {}
    for code, value in answers.items():
        fits = code in now and _fits(before.get(code), now[code], value, listed)
        (kept if fits else aside)[code] = value
    return Carried(kept, aside, tuple(code for code in now if code not in before))


def questions(section: CaseSection) -> dict[str, Question]:
    """Every question of a section, shown or not, by its code."""
    return {
        code: question
        for topic in (section.topics or {}).values()
        for code, question in topic.questions.items()
    }


def _fits(
    before: Question | None,
    now: Question,
    value: Value,
    listed: Mapping[str, Mapping[str, object]],
) -> bool:
    if before is None or before.type != now.type:
        return False
    if now.type in _LISTS:
        return codes(value) <= possible_answers(now, listed)
    if isinstance(value, list):
        columns = frozenset(now.columns or {})
        return all(columns >= row.keys() for row in value if isinstance(row, dict))
    return True
