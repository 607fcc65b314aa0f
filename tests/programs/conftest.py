"""The definition under test: as it is written, and with every code of its own renamed.

Code knows kinds, never a program's codes: what holds for one must hold for the other.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest
import yaml

from app.programs import library
from app.programs.loader import parse, read_tree
from app.programs.schema.definition import Definition
from tools.renaming import MARK, rename, renamed

__all__ = ["MARK", "rename", "renamed"]

_TOPIC = 10
"""How far a topic of a section of a case is indented."""
# The same writer in C is five times faster.
_Fast = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper


class _Dumper(_Fast):
    """Writes what stands in two places twice: a definition may have no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True)
class Subject:
    """A definition, and what its codes are called there."""

    definition: Definition
    code: Callable[[str], str]


def shortened(source: str) -> str:
    """The same file with one topic of each group of a case's sections: the rest is more of it.

    The scenarios are left out: they name what is cut, and are tried out whole elsewhere.
    """
    before, _, rest = source.partition("\n# Tried out by")
    source = before + "\nsources:" + rest.partition("\nsources:")[2] if rest else source
    kept, groups, block = list[str](), set[str](), list[str]()
    in_topics = False
    for line in [*source.splitlines(), ""]:
        indent = len(line) - len(line.lstrip())
        if block and line.strip() and indent <= _TOPIC:
            group = next((one.strip() for one in block if one.strip().startswith("group:")), "")
            kept += [] if group in groups else block
            groups, block = groups | {group}, []
        if line.strip() and indent < _TOPIC:
            in_topics = False
        if in_topics and indent >= _TOPIC:
            block.append(line)
            continue
        kept.append(line)
        if line == " " * (_TOPIC - 2) + "topics:":
            in_topics, groups = True, set()
    return "\n".join(kept)


def tree(code: str = "pip") -> Any:
    """The file as plain keys, lists and text, shortened."""
    return copy.deepcopy(_tree(library.source(code)))


@lru_cache(maxsize=4)
def _tree(source: str) -> Any:
    return read_tree(shortened(source), "shortened")[1]


def written(value: Any) -> str:
    """A tree as YAML again."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


def delegation(acting: str = "reader", **rows: list[str]) -> dict[str, Any]:
    """What lets others act: a level of the account for each name, with these rows of the matrix.

    One acting role, that is granted what the first level grants.
    """
    source, label = {"page": "decision"}, {"en": "Reading", "fr": "Lecture"}
    named = {"label": label, "description": label, "source": source}
    switch = {"label": label, "help": label, "source": source}
    first = next(iter(rows.values()))
    return {
        "levels": {
            code: named | {"reach": "account", "may": list(may)} for code, may in rows.items()
        },
        "acting": {acting: named | {"may": list(first)}},
        "switches": {
            name: switch | {"default": "yes" if name == "own" else "no"}
            for name in ("own", "client", "others")
        },
        "opens_after": "5 business days",
        "reminders": ["60 calendar days", "30 calendar days", "7 calendar days"],
        "asked_at_once": "20",
        "longest_comment": "500",
        "groups": "yes",
        "source": source,
    }


@pytest.fixture(scope="session", params=["as written", "every code renamed"])
def pip(request: pytest.FixtureRequest) -> Subject:
    if request.param == "as written":
        return Subject(library.definition("pip"), str)
    other = renamed(tree()) | {"code": "other"}
    return Subject(parse(Definition, written(other), "other.yaml"), rename)
