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
from app.programs.actions import Action
from app.programs.loader import parse, read_tree
from app.programs.schema.definition import Definition

MARK = "other_"
_TOPIC = 10
"""How far a topic of a section of a case is indented."""
# Sections whose keys are the program's own codes.
CODED = {
    "bases",
    "lines",
    "matrix",
    "roles",
    "standings",
    "service_standards",
    "sources",
    "questions",
    "choices",
    "identifiers",
    "fields",
    "cases",
    "sections",
    "groups",
    "topics",
    "columns",
    "states",
    "moves",
    "scenarios",
    "filled",
    "typed",
    "due",
    "consents",
    "shares",
    "partners",
}
# Keys whose keys are such codes, and whose values name others.
CHOOSING = {"chosen", "missing"}
# Keys whose values name such a code.
NAMING = {
    "may",
    "gives",
    "proposes",
    "role",
    "old_holder_becomes",
    "bases",
    "base",
    "lines",
    "page",
    "question",
    "among",
    "answers",
    "group",
    "clock",
    "comes_from",
    "goes_to",
    "standing",
    "case",
    "persona",
    "move",
    "comes_to",
    "without",
    "aside",
    "given_in",
    "or_standing",
}
# The same writer in C is five times faster.
_DUMPER = yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper
KINDS = {"yes", "no", "none"}


def rename(code: str) -> str:
    return code if code in KINDS else MARK + code


def renamed(value: Any, key: str = "") -> Any:
    """The same tree with every code of the program's own changed wherever it stands."""
    if isinstance(value, dict):
        if key == "actions":  # those of a section begin with its code
            return {k if k in set(Action) else rename(k): v for k, v in value.items()}
        if key in CHOOSING:
            return {rename(k): renamed(v, "among") for k, v in value.items()}
        coded = key in CODED
        return {rename(k) if coded else k: renamed(v, "" if coded else k) for k, v in value.items()}
    if key in NAMING:
        return [rename(v) for v in value] if isinstance(value, list) else rename(value)
    return [renamed(v) for v in value] if isinstance(value, list) else value


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
    return yaml.dump(value, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)


@pytest.fixture(scope="session", params=["as written", "every code renamed"])
def pip(request: pytest.FixtureRequest) -> Subject:
    if request.param == "as written":
        return Subject(library.definition("pip"), str)
    other = renamed(tree()) | {"code": "other"}
    return Subject(parse(Definition, written(other), "other.yaml"), rename)
