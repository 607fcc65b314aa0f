"""`make mutation`: tell each small lie about the rules, and count those that a test notices."""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from config import ROOT
from tools.removal import arena, changing
from tools.removal.arena import Trial, Verdict
from tools.removal.items import modules
from tools.removal.mutation import Mutant, mutants, mutated

TESTS: Final = {
    "app.authority.delegated": ("tests/authority/test_predicate.py",),
    "app.authority.effective": ("tests/authority/test_predicate.py",),
    "app.authority.held": ("tests/authority/test_predicate.py",),
    "app.authority.predicate": ("tests/authority/test_predicate.py",),
    "app.authority.rules": ("tests/authority/test_rules.py",),
    "app.authority.staff_rules": ("tests/staff/test_pure_rules.py",),
    "app.cases.rules.at_once": ("tests/cases/test_snapshot.py",),
    "app.cases.rules.comparing": ("tests/cases/test_snapshot.py",),
    "app.cases.rules.files": ("tests/cases/test_files.py",),
    "app.cases.rules.filling": ("tests/cases/test_scenarios.py",),
    "app.cases.rules.history": ("tests/cases/test_snapshot.py",),
    "app.cases.rules.made_up": ("tests/cases/test_made_up.py",),
    "app.cases.rules.moves": ("tests/cases/test_moves.py", "tests/cases/test_waiting.py"),
    "app.cases.rules.numbers": ("tests/cases/test_reading.py",),
    "app.cases.rules.parts": ("tests/cases/test_parts.py",),
    "app.cases.rules.progress": ("tests/cases/test_shown.py",),
    "app.cases.rules.reading": ("tests/cases/test_reading.py",),
    "app.cases.rules.saving": ("tests/cases/test_saving.py",),
    "app.cases.rules.scenarios": ("tests/cases/test_scenarios.py",),
    "app.cases.rules.shown": ("tests/cases/test_shown.py",),
    "app.cases.rules.snapshot": ("tests/cases/test_snapshot.py",),
    "app.cases.rules.versions": ("tests/cases/test_versions.py",),
    "app.cases.rules.waiting": ("tests/cases/test_waiting.py",),
    "app.cases.rules.writing": ("tests/cases/test_writing.py",),
    "app.consents.rules": ("tests/consents/test_rules.py",),
    "app.delegation.rules.days": ("tests/delegation/test_rules.py",),
    "app.delegation.rules.numbers": ("tests/delegation/test_rules.py",),
    "app.delegation.rules.terms": ("tests/delegation/test_rules.py",),
    "app.desk.rules": ("tests/staff/test_pure_rules.py",),
    "app.employees.rules": ("tests/employees/test_rules.py",),
    "app.enrolment.rules.facts": ("tests/enrolment/test_facts_rules.py",),
    "app.enrolment.rules.states": ("tests/enrolment/test_rules.py",),
    "app.enrolment.rules.times": ("tests/enrolment/test_rules.py",),
    "app.identity.rules": ("tests/identity/test_rules.py",),
    "app.ledger.rules.files": ("tests/ledger/test_line_rules.py",),
    "app.ledger.rules.lines": ("tests/ledger/test_line_rules.py",),
    "app.parties.rules.addresses": ("tests/parties/test_addresses.py",),
    "app.parties.rules.entries": (
        "tests/parties/test_entry_rules.py",
        "tests/parties/test_registry_rules.py",
    ),
    "app.parties.rules.files": (
        "tests/parties/test_registry_file_rules.py",
        "tests/parties/test_registry_rules.py",
    ),
    "app.parties.rules.program_accounts": ("tests/parties/test_program_accounts.py",),
    "app.parties.rules.registry": (
        "tests/parties/test_registry_file_rules.py",
        "tests/parties/test_registry_rules.py",
    ),
    "app.programs.rules.changes": ("tests/programs/test_changes.py",),
    "app.programs.rules.eligibility": ("tests/programs/test_eligibility.py",),
    "app.programs.rules.identifiers": ("tests/programs/test_identifiers.py",),
    "app.programs.rules.publishing": ("tests/programs/test_publishing.py",),
    "app.programs.rules.roles": ("tests/programs/test_roles.py",),
    "app.web.staff.rules": ("tests/staff/test_pure_rules.py",),
}
"""The tests of each module of rules, asked one file after the other."""
EXPLAINED: Final = ROOT / "tests" / "removal" / "mutants.toml"
PREDICATE: Final = frozenset(
    f"app.authority.{name}" for name in ("delegated", "effective", "held", "predicate")
)
"""What decides in SQL."""
FILE: Final = ROOT / "docs" / "mutation.md"
_HEAD: Final = """\
# Mutation: small lies about the rules

`make mutation` changes every module of rules, and the predicate of authority, in one place at a
time: a comparison, `and` or `or`, a number, a word, a condition turned round or forgotten, an
answer left out, a refusal or a call not made, an element of a set missing. Each mutant lives in a
process that was forked for it, and only the tests of its module are asked. What no test notices
stands below, with the reason from `tests/removal/mutants.toml`; a reason that fits no mutant fails
`make test`.
"""


def is_of_rules(module: str) -> bool:
    """Whether a module decides: rules, and the one predicate."""
    parts = module.split(".")
    return module in PREDICATE or parts[-1] in {"rules", "staff_rules"} or parts[-2:-1] == ["rules"]


def rules() -> list[str]:
    """Every module of rules that holds something to lie about."""
    return [module for module in modules() if is_of_rules(module) and mutants(module)]


def explanations() -> dict[str, dict[str, str]]:
    """Why a mutant lives, by module and by place and change."""
    if not EXPLAINED.exists():
        return {}
    return tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))


def place(mutant: Mutant) -> str:
    """Where a mutant is and what it changes: it stands as long as the line does."""
    return f"{mutant.inside}: {mutant.change}" if mutant.inside else mutant.change


@dataclass(slots=True)
class _Found:
    """What became of a module's mutants."""

    total: int = 0
    living: list[Mutant] = field(default_factory=list)


class _Mutation:
    def __init__(self, chosen: list[str]) -> None:
        self.chosen = chosen
        self.found = {module: _Found() for module in chosen}
        self._mutants: dict[str, tuple[str, Mutant]] = {}

    def trials(self, _databases: Any) -> Iterator[Trial]:
        """One a mutant."""
        for module in self.chosen:
            for mutant in mutants(module):
                name = f"{module} {mutant.number}"
                self._mutants[name] = (module, mutant)
                turns = tuple((one,) for one in TESTS[module])
                yield Trial(name, _change(module, mutant), turns, seconds=30)

    def tell(self, verdict: Verdict) -> None:
        """Count it; say which lives."""
        module, mutant = self._mutants[verdict.trial.name]
        self.found[module].total += 1
        if verdict.noticed_by is None:
            self.found[module].living.append(mutant)
            print(f"lives: {module}:{mutant.line} {place(mutant)}", file=sys.stderr)

    def section(self, module: str) -> str:
        """A module's part of the report."""
        found = self.found[module]
        why = explanations().get(module, {})
        killed = found.total - len(found.living)
        lines = [f"## `{module}`: {killed} of {found.total}", ""]
        for mutant in sorted(found.living, key=lambda one: one.number):
            words = place(mutant).replace("`", "'")
            lines.append(f"- `{words}`: {why.get(place(mutant), '**not explained**')}")
        return "\n".join([*lines, ""])


def _change(module: str, mutant: Mutant) -> Callable[[], None]:
    return lambda: changing.change(module, mutated(module, mutant.number), values=True)


def sections() -> dict[str, str]:
    """The parts of the last report, by module."""
    if not FILE.exists():
        return {}
    parts = re.split(r"^(?=## `)", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.split("`")[1]: part for part in parts}


def write(parts: dict[str, str]) -> None:
    """Write the report from its parts."""
    lines = ["| Module | Mutants | Noticed | Living | % |", "|---|---:|---:|---:|---:|"]
    totals = [0, 0]
    for module in sorted(parts):
        found = re.search(r": (\d+) of (\d+)", parts[module])
        if found is None:
            raise ValueError(parts[module])
        killed, total = int(found[1]), int(found[2])
        totals = [totals[0] + killed, totals[1] + total]
        lines.append(_line(f"`{module}`", killed, total))
    lines.append(_line("**all**", *totals))
    body = "\n".join(parts[module].rstrip() + "\n" for module in sorted(parts))
    FILE.write_text("\n".join([_HEAD, *lines, "", body]), encoding="utf-8")


def _line(name: str, killed: int, total: int) -> str:
    share = 100 * killed / total
    return f"| {name} | {total} | {killed} | {total - killed} | {share:.1f} |"


def main() -> None:
    """Lie, run, count, write."""
    parser = argparse.ArgumentParser(prog="python -m tools.removal.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", help="only these; all when none is named")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time")
    asked = parser.parse_args()
    mutation = _Mutation(asked.modules or rules())
    tests = {one for module in mutation.chosen for one in TESTS[module]}
    arena.held(mutation.trials, tests, mutation.tell, asked.jobs)
    parts = sections()
    parts |= {module: mutation.section(module) for module in mutation.chosen}
    write({module: part for module, part in parts.items() if module in TESTS})
    silent = [module for module in mutation.chosen if "**not explained**" in parts[module]]
    if silent:
        sys.exit(f"Not explained, in {FILE.relative_to(ROOT)}: {', '.join(silent)}")


if __name__ == "__main__":
    main()
