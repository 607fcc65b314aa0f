"""A definition as plain text: who may do what, how a case moves, what is asked and tried."""

from __future__ import annotations

from collections.abc import Iterator

from app.ops.programs.show.consents import consents
from app.ops.programs.show.delegation import delegation
from app.ops.programs.show.enrolment import enrolment
from app.ops.programs.show.forms import forms
from app.ops.programs.show.layout import heading
from app.ops.programs.show.matrix import matrix
from app.ops.programs.show.moves import moves
from app.ops.programs.show.scenarios import scenarios
from app.programs.schema.definition import Definition


def shown(program: Definition, language: str) -> Iterator[str]:
    """The lines, none wider than `layout.WIDTH`, in the language that is set."""
    title = f"{program.names.full.say(language)} ({program.code}), version {program.version}"
    yield title
    yield "═" * len(title)
    yield from matrix(program, language)
    yield from delegation(program, language)
    yield from enrolment(program, language)
    for case in program.cases.values():
        yield from heading(f"{case.label.say(language)} ({case.code})")
        yield from moves(program, case, language)
        yield from forms(program, case, language)
    yield from consents(program, language)
    yield from scenarios(program, language)
