"""Reading a definition file, so strictly that a slip names its own line.

Every scalar stays the text that was written until the schema types it (YAML would turn `no`
into False and 0142 into a number), repeated keys are refused instead of the last one winning,
and anchors, aliases and tags are refused because a reader must see each value where it stands.

Everything that is wrong is told at once: what cannot hide another mistake is mended in the copy
that is checked (`app.programs.mending`), and the check goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode

from app.base.days import CalendarDays
from app.programs.mending import mend
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
    """A definition cannot be used. `slips` holds everything that is wrong, by line.

    `compared` is False when so much could not be read that whether its parts fit together was
    not asked.
    """

    def __init__(self, slips: list[Slip], *, compared: bool = True) -> None:
        self.slips = sorted(set(slips))
        self.compared = compared
        super().__init__("\n".join(map(str, self.slips)))


def read_portal(path: Path) -> Portal:
    """The portal's own definition. Raises `DefinitionError`."""
    return parse(Portal, text_of(path), path.name)


def read_program(
    path: Path,
    longest: CalendarDays | None = None,
    file: str = "",
    more: Callable[[Definition], Iterator[Fault]] | None = None,
) -> Definition:
    """One program's definition; its code is the file's name. Raises `DefinitionError`.

    `longest` is how long the portal lets an activation code live. `file` is what the file is
    called in what is said of it, its name otherwise; `more` are faults that only whoever asks
    can see.
    """

    def misplaced(program: Definition) -> Iterator[Fault]:
        if program.code != path.stem:
            yield ("code",), f"expected {path.stem}, the name of the file"
        mailed = program.enrolment.mailed_code
        if longest is not None and mailed is not None and mailed.valid > longest:
            yield ("enrolment", "mailed_code", "valid"), f"expected {longest} at most"
        yield from more(program) if more else ()

    return parse(Definition, text_of(path, file), file or path.name, misplaced)


def text_of(path: Path, file: str = "") -> str:
    """What a definition file says. Raises `DefinitionError` when it is no text in UTF-8."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        slip = Slip(file or path.name, line, "", "expected text in UTF-8")
        raise DefinitionError([slip]) from None


def parse(
    kind: type[Kind],
    source: str,
    file: str,
    more: Callable[[Kind], Iterator[Fault]] | None = None,
) -> Kind:
    """Type the text of a definition as `kind`. Raises `DefinitionError` with every slip.

    `more` are faults that the text alone does not show, such as that of the file's name.
    """
    root, tree, slips = _read(source, file)
    try:
        definition: Kind = _typed(
            kind, tree, lambda error: slips.extend(_schema_slips(error, root, file))
        )
    except ValidationError:
        raise DefinitionError(slips, compared=False) from None
    faults = [*definition.faults(), *(more(definition) if more else ())]
    slips += [place(fault, root, file) for fault in faults]
    if slips:
        raise DefinitionError(slips)
    return definition


def _typed(kind: type[Kind], tree: Any, tell: Callable[[ValidationError], None]) -> Kind:
    """The tree as `kind`, mended as far as it can be; every finding is told on the way.

    Raises ValidationError when what is left cannot be mended.
    """
    while True:
        try:
            return kind.model_validate(tree)
        except ValidationError as error:
            tell(error)
            if not mend(tree, error.errors()):
                raise


def read_tree(source: str, file: str) -> tuple[Node, Any]:
    """The YAML nodes, which know their lines, and the same as plain text, lists, mappings.

    Raises `DefinitionError`.
    """
    root, tree, slips = _read(source, file)
    if slips:
        raise DefinitionError(slips)
    return root, tree


def _read(source: str, file: str) -> tuple[Node, Any, list[Slip]]:
    """Nodes and plain values, and the keys that are wrong: the values can be read without them."""
    try:
        shorthand = list(_shorthand(source, file))
        root = yaml.compose(source, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DefinitionError([Slip(file, line, "", f"expected YAML: {error.problem}")]) from None
    except yaml.YAMLError:
        raise DefinitionError([Slip(file, 1, "", "expected YAML: printable characters")]) from None
    if shorthand:  # and nothing of it is followed: aliases of aliases grow without end
        raise DefinitionError(shorthand)
    if not isinstance(root, MappingNode):
        raise DefinitionError([Slip(file, 1, "", "expected keys with values below them")])
    slips: list[Slip] = []
    return root, _plain(root, (), file, slips), slips


def _shorthand(source: str, file: str) -> Iterator[Slip]:
    for event in yaml.parse(source, Loader=_LOADER):
        if getattr(event, "anchor", None) is not None:
            sentence = "expected the value itself, not an anchor or an alias"
        elif getattr(event, "tag", None) is not None:
            sentence = "expected a value without a tag"
        else:
            continue
        yield Slip(file, event.start_mark.line + 1 if event.start_mark else 1, "", sentence)


def _plain(node: Node, path: KeyPath, file: str, slips: list[Slip]) -> Any:
    if isinstance(node, ScalarNode):
        return node.value
    if not isinstance(node, MappingNode):
        return [_plain(item, (*path, n), file, slips) for n, item in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            slips.append(Slip(file, line, _dotted(path), "expected a key in plain text"))
        elif key.value in found:
            here = _dotted((*path, key.value))
            slips.append(Slip(file, line, here, "expected each key once; it is repeated"))
        else:
            found[key.value] = _plain(value, (*path, key.value), file, slips)
    return found


def _schema_slips(error: ValidationError, root: Node, file: str) -> Iterator[Slip]:
    for detail in error.errors():
        yield place((detail["loc"], _expected(detail)), root, file)


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


def place(fault: Fault, root: Node, file: str) -> Slip:
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
