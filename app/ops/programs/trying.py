"""The scenarios of a definition, tried one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from app.authority.staff import STAFF_ROLES
from app.base.countries import COUNTRIES
from app.cases.rules.scenarios import Outside, run
from app.ops.programs.sources import Subject
from app.programs.loader import place, read_tree


def tried(subject: Subject) -> Iterator[tuple[bool, str]]:
    """Whether each scenario passed, and its line: what went otherwise first, and where."""
    root, _tree = read_tree(subject.text, subject.name)
    outside = Outside(STAFF_ROLES, COUNTRIES)
    for code, scenario in subject.definition.scenarios.items():
        found = run(subject.definition, scenario, outside)
        if found is None:
            yield True, f"passed   {code}: {scenario.label.en}"
        else:
            slip = place((found.path, found.sentence), root, subject.name)
            yield False, f"FAILED   {code}: {scenario.label.en}\n         {slip}"
