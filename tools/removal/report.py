"""`docs/removal.md`: the table of what was taken out, and which test noticed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from config import ROOT
from tools.removal import killers
from tools.removal.items import LEFT_OUT, Item

FILE: Final = ROOT / "docs" / "removal.md"
KINDS: Final = {
    "authorise": "a deed’s question whether its person may",
    "scope": "whose the rows of a model are",
    "row scope": "a read through `visible` or `find`",
    "guard": "a refusal, or a call of a function that does nothing but refuse",
    "gate": "an answer of the gate before every request",
    "limit": "a count of tries or of messages",
    "trigger": "a change that the database refuses",
    "check": "a condition on a row",
    "exclusion": "rows that exclude each other",
    "unique": "a key that stands once",
    "primary key": "a row’s own key",
    "foreign key": "a row that must be there",
    "not null": "all columns of a table that must be filled",
    "right withheld": "everything that the application’s role may not do with a table or function",
}
_HEAD = """\
# Removal: a test for every guard

`make removal` takes out each guard below, one at a time, and runs the tests until one fails. Guards
of the code are cut out of the syntax tree, in a process that was forked for it; those of the
database are dropped from a copy of the template that each test copies. The working tree stays as
it is. The first test that is asked is the one named in `tests/removal/killers.toml`; then come the
tests of the package, then the others. A sample is in `make test`, with a test that no guard is
without its line.

The guards are listed, never written down: every `authorise`, `visible` and `find`, every raise of
an error of `app.base.errors`, every `abort`, every call of a function that only refuses, every
limit that is spent, every model’s scope; of the database’s catalogue every check, key, reference,
exclusion, unique index and trigger, the columns that must be filled (a table at a time) and the
rights withheld from the application’s role (a table or function at a time).
"""
_ROW = re.compile(r"^\| (?P<kind>[^|]+) \| `(?P<name>.+)` \| (?P<by>.+) \| (?P<seconds>\S+) \|$")


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one item."""

    key: str
    by: str | None
    seconds: float


def read() -> dict[str, Row]:
    """The rows of the last report."""
    if not FILE.exists():
        return {}
    found = (_ROW.match(line) for line in FILE.read_text(encoding="utf-8").splitlines())
    rows = {}
    for match in found:
        if match is not None and match["seconds"] != "–":
            key = f"{match['kind']} · {match['name']}".replace("\\|", "|")
            rows[key] = Row(
                key, match["by"].strip("`").replace("\\|", "|"), float(match["seconds"])
            )
    return rows


def write(items: Collection[Item], rows: Mapping[str, Row]) -> None:
    """Write the report of these items, from these rows and the explanations of the map."""
    FILE.write_text(text(items, rows), encoding="utf-8")


def text(items: Collection[Item], rows: Mapping[str, Row]) -> str:
    """The report."""
    lines = killers.read()
    explained = {key: line for key, line in lines.items() if not killers.names_test(line)}
    parts = [_HEAD, _summary(items, rows, explained), _explanations(items, explained)]
    for kind, meaning in KINDS.items():
        of_kind = sorted(item for item in items if item.kind == kind)
        parts += [f"## {kind.capitalize()}: {meaning}", "", _table(of_kind, rows, explained), ""]
    return "\n".join(parts)


def _summary(items: Collection[Item], rows: Mapping[str, Row], explained: Mapping[str, str]) -> str:
    lines = ["| Kind | Guards | Noticed | Explained | Left |", "|---|---:|---:|---:|---:|"]
    total = [0, 0, 0, 0]
    for kind in KINDS:
        keys = [item.key for item in items if item.kind == kind]
        why = sum(key in explained for key in keys)
        noticed = sum(key in rows and rows[key].by is not None for key in keys)
        counts = [len(keys), noticed, why, len(keys) - noticed - why]
        total = [a + b for a, b in zip(total, counts, strict=True)]
        lines.append(f"| {kind} | " + " | ".join(map(str, counts)) + " |")
    lines.append("| **all** | " + " | ".join(f"**{count}**" for count in total) + " |")
    return "\n".join([*lines, ""])


def _explanations(items: Collection[Item], explained: Mapping[str, str]) -> str:
    lines = ["## What no test can notice", ""]
    lines += [
        f"- {item.kind} `{item.name}`: {explained[item.key]}"
        for item in sorted(items)
        if item.key in explained
    ]
    lines += ["", "## What is not counted as a guard", ""]
    lines += [f"- `{part}`: {why}." for part, why in LEFT_OUT.items()]
    lines += [
        "- The job queue’s own tables and triggers: that library’s, with tests of its own.",
        "",
    ]
    return "\n".join(lines)


def _table(items: Collection[Item], rows: Mapping[str, Row], explained: Mapping[str, str]) -> str:
    lines = ["| Kind | Guard | Noticed by | s |", "|---|---|---|---:|"]
    for item in items:
        row = rows.get(item.key)
        if item.key in explained:
            by, seconds = "explained above", "–"
        elif row is None or row.by is None:
            by, seconds = "**nothing**", "–"
        else:
            by, seconds = f"`{row.by}`", f"{row.seconds:.1f}"
        cells = (item.kind, f"`{item.name}`", by)
        lines.append(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + f" | {seconds} |"
        )
    return "\n".join(lines)
