"""What each role may do: the rows of the matrix and their actions, a column a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask_babel import gettext as _

from app.ops.programs.show.delegation import reaching
from app.ops.programs.show.layout import WIDTH, heading, wrapped
from app.ops.programs.words import listed
from app.programs.rules.roles import Reach, reach
from app.programs.schema.definition import Definition
from app.programs.schema.roles import Role

_MARKS: Final = {Reach.ALL: "●", Reach.GIVEN: "◐", Reach.PROPOSED: "○", Reach.NONE: "–"}
_COLUMN: Final = 4


def matrix(program: Definition, language: str) -> Iterator[str]:
    """The roles with their numbers, then a line a row with a mark under each number."""
    yield from heading(_("What each role may do"))
    numbers = {code: n for n, code in enumerate(program.roles, 1)}
    for code, role in program.roles.items():
        yield from wrapped(_role(role, numbers, language), 2, f"{numbers[code]:>2}  ")
    yield ""
    yield "  " + "   ".join(f"{_MARKS[how]} {words}" for how, words in _legend())
    yield ""
    room = WIDTH - _COLUMN * len(numbers) - 1
    yield " " * room + "".join(f"{n:>{_COLUMN}}" for n in numbers.values())
    for code, row in program.matrix.items():
        *above, last = wrapped(row.label.say(language), width=room)
        yield from above
        marks = (_MARKS[reach(program, role, code)] for role in program.roles.values())
        yield last.ljust(room) + "".join(f"{mark:>{_COLUMN}}" for mark in marks)
        for action, label in row.actions.items():
            yield from wrapped(label.say(language), 2, f"{action}  ")


def _legend() -> list[tuple[Reach, str]]:
    return [
        (Reach.ALL, _("yes")),
        (Reach.GIVEN, _("only the roles that it gives")),
        (Reach.PROPOSED, _("only proposes")),
        (Reach.NONE, _("no")),
    ]


def _role(role: Role, numbers: dict[str, int], language: str) -> str:
    facts = [f"{role.label.say(language)} ({role.code})"]
    if role.exclusive:
        facts.append(_("at most one person"))
    if role.required:
        facts.append(_("never nobody"))
    if role.reach != "account":
        facts.append(reaching(role.reach))
    if role.gives:
        facts.append(_("gives %(roles)s", roles=listed(str(numbers[one]) for one in role.gives)))
    if role.proposes:
        named = listed(str(numbers[one]) for one in role.proposes)
        facts.append(_("proposes %(roles)s", roles=named))
    return "; ".join(facts)
