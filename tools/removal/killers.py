"""The map `tests/removal/killers.toml`: which test notices that an item is missing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Final

from config import ROOT

FILE: Final = ROOT / "tests" / "removal" / "killers.toml"
_HEAD: Final = """\
# Which test notices when a guard is taken out. Kept by `make removal`; a line may also be written
# by hand. A line that names no test says why none can notice: what else stands in the way.
"""


def read() -> dict[str, str]:
    """Each item's key with its test, or with the reason why there is none."""
    if not FILE.exists():
        return {}
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        f"{kind} · {name}": value for kind, lines in tables.items() for name, value in lines.items()
    }


def write(lines: Mapping[str, str]) -> None:
    """Keep the map, sorted, a table for each kind."""
    kinds: dict[str, list[str]] = {}
    for key in sorted(lines):
        kind, _, name = key.partition(" · ")
        kinds.setdefault(kind, []).append(f"{_quoted(name)} = {_quoted(lines[key])}")
    text = _HEAD
    for kind in sorted(kinds):
        text += "\n".join([f"\n[{_quoted(kind)}]", *kinds[kind], ""])
    FILE.write_text(text, encoding="utf-8")


def names_test(line: str) -> bool:
    """Whether the line names a test; otherwise it is an explanation."""
    return line.startswith("tests/")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
