"""A section that is filled in several times: once a line of business, or once a name."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from app.base.errors import Conflict, Invalid
from app.base.text import fold_words, showable

if TYPE_CHECKING:
    from app.cases.rules.shown import Answers
    from app.programs.schema.cases import CaseSection
    from app.programs.schema.definition import Definition

LONGEST_NAME = 100
MOST = 100
"""Parts of one section: more than any business has divisions."""


def answered(section: CaseSection, key: str, answers: Answers) -> Answers:
    """The answers of a part, with the one that its line of business gives."""
    question = section.repeated.question if section.repeated else None
    return answers if question is None else {**answers, question: key}


def given_by_the_line(section: CaseSection) -> str | None:
    """The question that nobody is asked, because the line answers it."""
    return section.repeated.question if section.repeated else None


def lines_left(
    program: Definition, country: str | None, present: Collection[str]
) -> tuple[str, ...]:
    """The lines of business that may still be added, in the definition's order.

    Those that the program has for businesses of this country, as the registry writes it.
    """
    bases = {code for code, base in program.bases.items() if base.country == country}
    return tuple(
        code
        for code, line in program.lines.items()
        if code not in present and not bases.isdisjoint(line.bases)
    )


def key_of_name(name: str, present: Collection[str]) -> str:
    """What a part with this name is known by; two names that read alike are one.

    Raises Invalid ``label``: empty, too_long, no_letter, taken.
    """
    clean = showable(name).strip()
    if not clean:
        raise Invalid({"label": "empty"})
    if len(clean) > LONGEST_NAME:
        raise Invalid({"label": "too_long"}, max=LONGEST_NAME)
    key = fold_words(clean)
    if not key:
        raise Invalid({"label": "no_letter"})
    if key in present:
        raise Invalid({"label": "taken"})
    return key


def require_room(present: Collection[str]) -> None:
    """Let one more be added. Raises Conflict ``too_many_parts``."""
    if len(present) >= MOST:
        raise Conflict("too_many_parts")
