"""What is painted: every piece of it belongs to a tag, or is said to be decoration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf

from tests.support.pdf_ua.tree import Mark, Tree

_SHOWS = {"Tj", "TJ", "'", '"'}
_FILLS = {"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh"}
_PAINTS = frozenset({*_SHOWS, *_FILLS, "Do", "INLINE IMAGE"})
_BEGINS = frozenset({"BMC", "BDC"})


@dataclass
class _Read:
    """What one page paints."""

    faults: list[str] = field(default_factory=list)
    marks: Counter[int] = field(default_factory=Counter)


def faults(pdf: pikepdf.Pdf, tree: Tree) -> Iterator[str]:
    owners = tree.owners()
    painted: set[Mark] = set()
    for number, page in enumerate(pdf.pages):
        found = _read(page)
        yield from (f"page {number + 1}: {fault}" for fault in found.faults)
        for mark, times in found.marks.items():
            if times > 1:
                yield f"page {number + 1}: 7.1: two pieces of content have the number {mark}"
        painted |= {(number, mark) for mark in found.marks}
        yield from _by_number(pdf, page, number, tree)
        yield from _annotations(page, number, tree)
    for mark in sorted(painted - set(owners)):
        yield f"page {mark[0] + 1}: 7.1: content {mark[1]} belongs to no tag"
    for mark in sorted(set(owners) - painted):
        yield f"page {mark[0] + 1}: 7.1: a {owners[mark][0].kind} holds content that is not there"
    for mark, holders in owners.items():
        if len(holders) > 1:
            yield f"page {mark[0] + 1}: 7.1: content {mark[1]} belongs to two tags"


def _read(page: pikepdf.Page) -> _Read:
    found = _Read()
    open_marks: list[str] = []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in _BEGINS:
            open_marks.append(_begun(page, instruction, open_marks, found))
        elif operator == "EMC":
            if not open_marks:
                found.faults.append("7.1: a mark ends that never began")
            else:
                open_marks.pop()
        elif operator in _PAINTS and not ({"artifact", "tagged"} & set(open_marks)):
            found.faults.append(f"7.1: {operator} paints what is neither tagged nor decoration")
    if open_marks:
        found.faults.append("7.1: a mark that never ends")
    return found


def _begun(page: pikepdf.Page, instruction, open_marks: list[str], found: _Read) -> str:
    """What a mark begins: decoration, a piece with a number, or neither."""
    name, *rest = instruction.operands
    if str(name) == "/Artifact":
        if "tagged" in open_marks:
            found.faults.append("7.1: decoration inside of tagged content")
        return "artifact"
    number = _number(page, rest)
    if number is None:
        return "span"
    if "artifact" in open_marks:
        found.faults.append("7.1: tagged content inside of decoration")
    found.marks[number] += 1
    return "tagged"


def _number(page: pikepdf.Page, operands: list[pikepdf.Object]) -> int | None:
    if not operands:
        return None
    properties = operands[0]
    if isinstance(properties, pikepdf.Name):
        named = page.resources.get("/Properties", pikepdf.Dictionary())
        properties = named.get(str(properties), pikepdf.Dictionary())
    number = properties.get("/MCID")
    return None if number is None else int(number)


def _by_number(pdf: pikepdf.Pdf, page: pikepdf.Page, number: int, tree: Tree) -> Iterator[str]:
    """The way back: from a page's content to its tags (ParentTree)."""
    held = {mark[1]: holders[0] for mark, holders in tree.owners().items() if mark[0] == number}
    if not held:
        return
    place = f"page {number + 1}"
    root = pdf.Root.StructTreeRoot
    if "/StructParents" not in page or "/ParentTree" not in root:
        yield f"{place}: 7.1: no way from its content to its tags (StructParents)"
        return
    parents = pikepdf.NumberTree(root.ParentTree)
    key = int(page.StructParents)
    if key not in parents:
        yield f"{place}: 7.1: no way from its content to its tags (ParentTree)"
        return
    row = parents[key]
    for mark, holder in sorted(held.items()):
        if mark >= len(row) or row[mark].objgen != holder.node.objgen:
            yield f"{place}: 7.1: content {mark} leads to another tag than the one that holds it"


def _annotations(page: pikepdf.Page, number: int, tree: Tree) -> Iterator[str]:
    held = {one.objgen for element in tree.walk() for one in element.objects}
    found = [one for one in page.get("/Annots", ()) if one.get("/Subtype") != "/Popup"]
    if found and page.get("/Tabs") != "/S":
        yield f"page {number + 1}: 7.18.3: the tabulator does not follow the tags (Tabs)"
    for one in found:
        if one.objgen not in held:
            yield f"page {number + 1}: 7.18.1: a {one.Subtype} that belongs to no tag"
        if not str(one.get("/Contents", "")).strip():
            yield f"page {number + 1}: 7.18.5: a {one.Subtype} without words for it (Contents)"
