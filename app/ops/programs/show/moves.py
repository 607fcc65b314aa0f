"""Where a case may be, and how it gets from there to where else."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from app.authority.staff import STAFF_ROLES
from app.authority.staff_names import STAFF_NAMES
from app.ops.programs.show.layout import wrapped
from app.ops.programs.words import COLON, GUARDS, RECIPIENTS, either, listed
from app.programs.rules.roles import actions_of
from app.programs.schema.cases import CaseType, Move, State
from app.programs.schema.definition import Definition
from app.programs.wording import say_days


def moves(program: Definition, case: CaseType, language: str) -> Iterator[str]:
    """Every state with the moves that leave it."""
    for code, state in case.states.items():
        yield from wrapped(_state(program, state, language))
        for move in case.moves.values():
            if code in move.comes_from:
                yield from _move(program, case, move, language)
        yield ""


def _state(program: Definition, state: State, language: str) -> str:
    facts = [f"{state.label.say(language)} ({state.code})"]
    if state.initial:
        facts.append(_("every case begins here"))
    if state.final:
        facts.append(_("no move leaves it"))
    if state.clock is not None:
        standard = program.service_standards[state.clock]
        label, days = standard.label.say(language), say_days(standard.within)
        facts.append(_("from here runs: %(standard)s, %(days)s", standard=label, days=days))
    return "; ".join(facts)


def _move(program: Definition, case: CaseType, move: Move, language: str) -> Iterator[str]:
    goal = case.states[move.goes_to].label.say(language)
    yield from wrapped(f"{goal}{COLON[language]}{move.label.say(language)} ({move.code})", 2, "→ ")
    yield from _fact(_("who"), _who(program, move, language), language)
    if move.guards:
        yield from _fact(_("only when"), listed(str(GUARDS[one]) for one in move.guards), language)
    asked = [_("a declaration")] if move.declaration is not None else []
    asked += [_("a reason")] if move.asks_reason else []
    if asked:
        yield from _fact(_("asks for"), listed(asked), language)
    if move.submits:
        yield from _fact(
            _("keeps"), _("what was answered, as it is then, under a number"), language
        )
    if move.standing is not None:
        standing = program.standings[move.standing].label.say(language)
        yield from _fact(_("the account becomes"), standing, language)
    for notice in move.notices:
        words = notice.subject.say(language)
        yield from _fact(_("tells"), f"{RECIPIENTS[notice.to]}{COLON[language]}{words}", language)


def _fact(name: str, words: str, language: str) -> list[str]:
    return wrapped(words, 6, f"{name}{COLON[language]}")


def _who(program: Definition, move: Move, language: str) -> str:
    if move.by == "staff":
        kinds = [str(STAFF_NAMES[kind]) for kind, may in STAFF_ROLES.items() if move.action in may]
        return f"{either(kinds)} ({move.action})" if kinds else move.action
    roles = [
        role.label.say(language)
        for code, role in program.roles.items()
        if move.action in actions_of(program, code)
    ]
    return f"{either(roles)} ({move.action})"
