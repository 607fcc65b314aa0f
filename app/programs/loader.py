"""Reading a definition file, so strictly that a slip names its own line.

Every scalar stays the text that was written until the schema types it (YAML would turn `no`
into False and 0142 into a number), repeated keys are refused instead of the last one winning,
and anchors, aliases and tags are refused because a reader must see each value where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode

from app.programs.schema.definition import Definition
from app.programs.schema.portal import Portal
from app.programs.schema.sources import Fault

Kind = TypeVar("Kind", Portal, Definition)
KeyPath = tuple[str | int, ...]

# The same reader in C is thirteen times faster; every process reads every definition at its start.
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, order=True)
class Slip:
    """One thing wrong in a definition: where, and what was expected in one sentence."""

    file: str
    line: int
    path: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        return (
            f"{where}, {self.path}: {self.expected}" if self.path else f"{where}: {self.expected}"
        )


class DefinitionError(Exception):
    """A definition cannot be used. `slips` holds everything that is wrong, by line."""

    def __init__(self, slips: list[Slip]) -> None:
        self.slips = sorted(slips)
        super().__init__("\n".join(map(str, self.slips)))


def read_portal(path: Path) -> Portal:
    """The portal's own definition. Raises `DefinitionError`."""
    return parse(Portal, path.read_text(encoding="utf-8"), path.name)


def read_program(path: Path) -> Definition:
    """One program's definition; its code is the file's name. Raises `DefinitionError`."""
    program = parse(Definition, path.read_text(encoding="utf-8"), path.name)
    if program.code != path.stem:
        slip = Slip(path.name, 1, "code", f"expected {path.stem}, the name of the file")
        raise DefinitionError([slip])
    return program


def parse(kind: type[Kind], source: str, file: str) -> Kind:
    """Type the text of a definition as `kind`. Raises `DefinitionError` with every slip."""
    root, tree = read_tree(source, file)
    try:
        definition = kind.model_validate(tree)
    except ValidationError as error:
        raise DefinitionError(list(_schema_slips(error, root, file))) from None
    slips = [_slip(fault, root, file) for fault in definition.faults()]
    if slips:
        raise DefinitionError(slips)
    return definition


def read_tree(source: str, file: str) -> tuple[Node, Any]:
    """The YAML nodes, which know their lines, and the same as plain text, lists, mappings."""
    try:
        _refuse_shorthand(source, file)
        root = yaml.compose(source, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError([Slip(file, line, "", f"expected YAML: {error.problem}")]) from None
    if not isinstance(root, MappingNode):
        raise DefinitionError([Slip(file, 1, "", "expected keys with values below them")])
    return root, _plain(root, (), file)


def _refuse_shorthand(source: str, file: str) -> None:
    for event in yaml.parse(source, Loader=_LOADER):
        if getattr(event, "anchor", None) is not None:
            sentence = "expected the value itself, not an anchor or an alias"
        elif getattr(event, "tag", None) is not None:
            sentence = "expected a value without a tag"
        else:
            continue
        line = event.start_mark.line + 1 if event.start_mark else 1
        raise DefinitionError([Slip(file, line, "", sentence)])


def _plain(node: Node, path: KeyPath, file: str) -> Any:
    if isinstance(node, ScalarNode):
        return node.value
    if not isinstance(node, MappingNode):
        return [_plain(item, (*path, n), file) for n, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            raise DefinitionError([Slip(file, line, _dotted(path), "expected a key in plain text")])
        if key.value in found:
            here = _dotted((*path, key.value))
            raise DefinitionError(
                [Slip(file, line, here, "expected each key once; it is repeated")]
            )
        found[key.value] = _plain(value, (*path, key.value), file)
    return found


def _schema_slips(error: ValidationError, root: Node, file: str) -> Iterator[Slip]:
    for detail in error.errors():
        yield _slip((detail["loc"], _expected(detail)), root, file)


def _expected(detail: Any) -> str:
    """Pydantic's finding as one sentence on what was expected."""
    match detail["type"]:
        case "missing":
            return "expected this key, and it is missing"
        case "extra_forbidden":
            return "expected no such key here"
        case "value_error":
            return str(detail["ctx"]["error"])
        case "literal_error":
            return f"expected {detail['ctx']['expected']}".replace("'", "")
        case "model_type" | "model_attributes_type" | "dict_type":
            return "expected keys with values below them"
        case _:
            message: str = detail["msg"]
            return f"expected another value: {message[0].lower()}{message[1:]}"


def _slip(fault: Fault, root: Node, file: str) -> Slip:
    """Place a fault: parts of the path that the file does not hold name no line of their own.

    Those parts are a missing key, whose mapping's line is given, or a name that pydantic adds
    for itself, which is left out of the path.
    """
    node, line, path = root, root.start_mark.line + 1, list[str | int]()
    parts = list(fault[0])
    for position, part in enumerate(parts):
        step = _child(node, part)
        if step is not None:
            line, node = step
            path.append(part)
        elif position == len(parts) - 1:
            path.append(part)
    return Slip(file, line, _dotted(tuple(path)), fault[1])


def _child(node: Node, part: str | int) -> tuple[int, Node] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
        return None
    if isinstance(node, ScalarNode) or not isinstance(part, int) or part >= len(node.value):
        return None
    item: Node = node.value[part]
    return item.start_mark.line + 1, item


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
