"""`make removal`: take out every guard, one by one, and tell which test notices."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import psycopg
from sqlalchemy import create_engine, make_url, pool

from tools.removal import arena, catalogue, changing, code, killers, report, scopes
from tools.removal.arena import Trial, Verdict
from tools.removal.items import Item
from tools.removal.report import Row

PACKAGES: Final = {
    "app.audit": ("audit",),
    "app.authority": ("authority", "staff"),
    "app.base": ("base", "web", "identity"),
    "app.correspondence": ("correspondence", "staff"),
    "app.desk": ("staff",),
    "app.documents": ("documents",),
    "app.employees": ("employees",),
    "app.enrolment": ("enrolment", "staff"),
    "app.identity": ("identity", "staff"),
    "app.parties": ("parties", "enrolment"),
    "app.web": ("web", "staff"),
    "": ("removal", "security", "audit", "authority"),
}
"""Which tests know a package; without a module, the database."""
_DOORS: Final = "tests/test_endpoints.py"


class _Removal:
    """One run: which items are tried, and what became of them."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.lines = killers.read()
        self.rows = report.read()
        self.items: dict[str, Item] = {}
        self.tried = 0
        self.silent: list[str] = []

    def tests(self) -> set[str]:
        """The files that must be collected."""
        if self.asked.quick:
            lines = [line for key, line in self.lines.items() if self._is_chosen(key)]
            return {line for line in lines if killers.names_test(line)}
        return {f"tests/{name}" for names in PACKAGES.values() for name in names} | {_DOORS}

    def trials(self, databases: Any) -> Iterator[Trial]:
        """List everything, and make a trial of each item that was asked for."""
        with databases.copy() as name:
            engine = create_engine(databases.owner_url(name), poolclass=pool.NullPool)
            with engine.connect() as connection:
                found = [*code.listed(), *scopes.listed(), *catalogue.listed(connection)]
        self.items = {item.key: item for item in found}
        for item in found:
            # What is explained is not tried: its explanation says why all tests would pass.
            if self._is_chosen(item.key) and killers.names_test(self.lines.get(item.key, "tests/")):
                yield Trial(item.key, _change(item, databases), tuple(self._turns(item)))

    def tell(self, verdict: Verdict) -> None:
        """Say it, and keep it."""
        key, by = verdict.trial.name, verdict.noticed_by
        self.tried += 1
        self.rows[key] = Row(key, by, verdict.seconds)
        print(f"{key}\n    {by or 'NOTHING NOTICED'} ({verdict.seconds:.1f} s)", file=sys.stderr)
        if by is None:
            self.silent.append(key)
        elif killers.names_test(by):
            self.lines[key] = by

    def keep(self) -> None:
        """Write the map and the report, without what is gone."""
        killers.write({key: self.lines[key] for key in self.items if key in self.lines})
        report.write(self.items.values(), self.rows)

    def _is_chosen(self, key: str) -> bool:
        return any(text in key for text in self.asked.only or [""])

    def _turns(self, item: Item) -> Iterator[tuple[str, ...]]:
        """The named test, the tests of the package, the doors, then the rest."""
        if item.key in self.lines:
            yield (self.lines[item.key],)
        if self.asked.quick:
            return
        own = PACKAGES.get(".".join(item.module.split(".")[:2]), ())
        others = {name for names in PACKAGES.values() for name in names}
        if own:
            yield tuple(f"tests/{name}" for name in own)
        yield (_DOORS,)
        yield tuple(f"tests/{name}" for name in sorted(others - set(own)))


def _change(item: Item, databases: Any) -> Callable[[], None]:
    """What takes the item out, in the process of its trial."""
    if item.statements:
        return partial(_weaken, databases, item.statements)
    if item.kind == scopes.KIND:
        return partial(scopes.take_out, item.name)
    return lambda: changing.change(item.module, code.without(item.module, item.key))


def _weaken(databases: Any, statements: tuple[str, ...]) -> None:
    """Take a guard of the database away, in a copy of the template that stands in its place."""
    name = f"guichet_weak_{os.getpid()}"
    databases.server.create_database(name, template=databases.template())
    address = make_url(databases.owner_url(name)).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    databases.template = lambda: name


def main() -> None:
    """Take out, run, tell, and keep what was found."""
    parser = argparse.ArgumentParser(prog="python -m tools.removal", description=__doc__)
    parser.add_argument("--only", action="append", metavar="TEXT", help="items named like this")
    parser.add_argument("--jobs", type=int, default=2, help="trials at a time")
    parser.add_argument("--quick", action="store_true", help="ask the named tests alone")
    parser.add_argument("--dry", action="store_true", help="write neither map nor report")
    removal = _Removal(parser.parse_args())
    arena.held(removal.trials, removal.tests(), removal.tell, removal.asked.jobs)
    if not removal.asked.dry:
        removal.keep()
    print(f"{removal.tried} taken out, {removal.tried - len(removal.silent)} noticed")
    if removal.silent:
        sys.exit("Nothing noticed:\n" + "\n".join(removal.silent))


if __name__ == "__main__":
    main()
