"""Trying a definition out: a case goes through the steps of a scenario, without any portal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.base.days import add_days
from app.base.errors import Conflict, Invalid
from app.cases.rules import moves
from app.cases.rules.filling import Forms, Otherwise, Path
from app.programs.rules.roles import actions_of

if TYPE_CHECKING:
    from datetime import date

    from app.programs.schema.cases import CaseType
    from app.programs.schema.definition import Definition
    from app.programs.schema.scenarios import Expected, Scenario, Step


@dataclass(frozen=True, slots=True)
class Outside:
    """What a definition does not say: what each kind of staff may do, and which countries are."""

    staff: Mapping[str, frozenset[str]]
    countries: Collection[str]


@dataclass(slots=True)
class _World:
    """Where everything is between two steps."""

    today: date
    state: str
    standing: str
    due: dict[str, date] = field(default_factory=dict)
    told: tuple[str, ...] = ()


def run(definition: Definition, scenario: Scenario, outside: Outside) -> Otherwise | None:
    """What went otherwise than the scenario expects; None when nothing did."""
    trial = _Trial(definition, scenario, outside)
    here: Path = ("scenarios", scenario.code)
    complete = scenario.complete
    found = trial.forms.fill(scenario.filled, scenario.begins, here, complete=complete)
    for n, step in enumerate(scenario.steps):
        found = found or trial.step(step, (*here, "steps", n))
    return found


class _Trial:
    """One scenario on its way."""

    def __init__(self, definition: Definition, scenario: Scenario, outside: Outside) -> None:
        self.definition, self.scenario, self.outside = definition, scenario, outside
        self.case: CaseType = definition.cases[scenario.case]
        self.forms = Forms(definition, scenario, outside.countries)
        standing = next(code for code, one in definition.standings.items() if one.initial)
        self.world = _World(scenario.begins, moves.initial(self.case), standing)

    # ── what is done ────────────────────────────────────────────────────────────────────

    def step(self, step: Step, here: Path) -> Otherwise | None:
        """Do what the step says, and compare."""
        if step.staff is not None and step.staff not in self.outside.staff:
            known = ", ".join(self.outside.staff)
            return Otherwise((*here, "staff"), f"expected one of {known}, not {step.staff}")
        world = self.world
        world.today = add_days(world.today, step.after) if step.after else world.today
        world.told = ()
        refused, found = self._do(step, here)
        return found or self._refusal(step, refused, here) or self._compare(step.expect, here)

    def _do(self, step: Step, here: Path) -> tuple[str | None, Otherwise | None]:
        """Why the step is refused, or what is wrong with what it types; neither when it is done."""
        may = self._actions(step)
        edited = [code for code in self.case.sections if step.complete or code in step.filled]
        for code in edited:
            if self.case.sections[code].kind == "questions" and f"{code}.edit" not in may:
                return "not_allowed", None
        if found := self.forms.fill(step.filled, self.world.today, here, complete=step.complete):
            return None, found
        return (self._move(step, step.move, may) if step.move is not None else None), None

    def _actions(self, step: Step) -> frozenset[str]:
        if step.staff is not None:
            return self.outside.staff[step.staff]
        return actions_of(self.definition, step.role or self.scenario.persona)

    def _move(self, step: Step, code: str, may: frozenset[str]) -> str | None:
        """Make the move; the reason why not when it is refused."""
        move, world = self.case.moves[code], self.world
        if move.action not in may or (move.by == "staff") != (step.staff is not None):
            return "not_allowed"
        facts = moves.Facts(
            complete="all_sections_complete" not in step.unmet and self._is_complete(),
            scanned="documents_scanned" not in step.unmet,
            fresh="fresh_code" not in step.unmet,
            owned="one_owner" not in step.unmet,
        )
        try:
            moves.require(
                move, world.state, facts, reason=step.reason or "", declared=step.declared
            )
        except Conflict as conflict:
            return "not_from_here" if conflict.reason == "moved" else conflict.reason
        except Invalid as invalid:
            return "no_reason" if "reason" in invalid.errors else "not_declared"
        world.state = move.goes_to
        world.standing = move.standing or world.standing
        world.told = tuple(notice.to for notice in move.notices)
        clock = self.case.states[world.state].clock
        if clock is not None and clock not in world.due:
            within = self.definition.service_standards[clock].within
            world.due[clock] = add_days(world.today, within)
        return None

    def _is_complete(self) -> bool:
        return not self.scenario.somebody_waits and not any(
            self.forms.missing(code) for code in self.case.sections
        )

    # ── what came of it ─────────────────────────────────────────────────────────────────

    def _refusal(self, step: Step, refused: str | None, here: Path) -> Otherwise | None:
        expected = step.expect.refused
        if refused == expected:
            return None
        if expected is None:
            key = "move" if step.move is not None else "filled"
            return Otherwise((*here, key), f"expected to be done, and it is refused: {refused}")
        came = f"is refused: {refused}" if refused else "is done"
        sentence = f"expected to be refused ({expected}), and it {came}"
        return Otherwise((*here, "expect", "refused"), sentence)

    def _compare(self, expect: Expected, here: Path) -> Otherwise | None:
        return next(self._differences(expect, (*here, "expect")), None)

    def _differences(self, expect: Expected, here: Path) -> Iterator[Otherwise]:
        world = self.world
        if expect.comes_to not in {None, world.state}:
            yield Otherwise((*here, "comes_to"), _told(expect.comes_to, world.state))
        if expect.standing not in {None, world.standing}:
            yield Otherwise((*here, "standing"), _told(expect.standing, world.standing))
        if expect.told not in {None, world.told}:
            yield Otherwise(
                (*here, "told"),
                _told(", ".join(expect.told or ()), ", ".join(world.told)),
            )
        for clock, day in expect.due.items():
            if world.due.get(clock) != day:
                yield Otherwise((*here, "due", clock), _told(day, world.due.get(clock)))
        for code, questions in expect.missing.items():
            found = self.forms.missing(code)
            if found != set(questions):
                named = _told(", ".join(sorted(questions)), ", ".join(sorted(found)))
                yield Otherwise((*here, "missing", code), named)


def _told(expected: object, found: object) -> str:
    return f"expected {expected or 'nobody'}, and it is {found or 'none'}"
