"""What tags may stand in one another, and what each must say."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.pdf_ua.tree import Element, Tree

_GROUPS = frozenset({"THead", "TBody", "TFoot"})
_INSIDE = {
    "L": {"LI", "Caption", "L"},
    "LI": {"Lbl", "LBody"},
    "Table": {"TR", "Caption", *_GROUPS},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
}
"""The only kinds that these hold."""
_WITHIN = {
    "LI": {"L"},
    "Lbl": {"LI", "Note", "Caption", "TOCI", "Form"},
    "LBody": {"LI"},
    "TR": {"Table", *_GROUPS},
    "TH": {"TR"},
    "TD": {"TR"},
    "THead": {"Table"},
    "TBody": {"Table"},
    "TFoot": {"Table"},
}
"""The only kinds that hold these."""
_HEADINGS = {f"H{level}": level for level in range(1, 7)}
_SCOPES = {"/Row", "/Column", "/Both"}


def faults(tree: Tree) -> Iterator[str]:
    for element in tree.walk():
        yield from _nested(element)
        yield from _told(element)
    yield from _headings(tree)


def _nested(element: Element) -> Iterator[str]:
    allowed = _INSIDE.get(element.kind)
    for child in element.children:
        if allowed is not None and child.kind not in allowed:
            yield f"7.5, 7.6: a {child.kind} in a {element.kind}"
    above = element.parent.kind if element.parent is not None else "the root"
    if element.kind in _WITHIN and above not in _WITHIN[element.kind]:
        yield f"7.5, 7.6: a {element.kind} in {above}"


def _told(element: Element) -> Iterator[str]:
    said = any(str(element.node.get(name, "")).strip() for name in ("/Alt", "/ActualText"))
    if element.kind in {"Figure", "Formula"} and not said:
        yield f"7.3, 7.7: a {element.kind} without words for it (Alt)"
    if element.kind == "TH" and not _scope(element):
        yield "7.5: a head of a table that does not say of what (Scope)"
    if element.kind == "Table" and not any(one.kind == "TH" for one in element.walk()):
        yield "7.5: a table without heads"
    if element.kind == "Note" and "/ID" not in element.node:
        yield "7.9: a note without its own name (ID)"
    empty = element.kind in {"P", "LBody", *_HEADINGS} and not element.has_content()
    if empty:
        yield f"7.1: a {element.kind} that holds nothing"


def _scope(element: Element) -> bool:
    attributes = element.node.get("/A", ())
    several = attributes if not hasattr(attributes, "keys") else [attributes]
    return any(hasattr(one, "keys") and one.get("/Scope") in _SCOPES for one in several)


def _headings(tree: Tree) -> Iterator[str]:
    """Each document, and each part of one, begins with its first heading and leaves out none."""
    before = 0
    for element in tree.walk():
        level = _HEADINGS.get(element.kind)
        if level is None:
            continue
        if before == 0 and level != 1:
            yield f"7.4: the first heading is an H{level}"
        elif level > before + 1:
            yield f"7.4: an H{level} after an H{before}"
        before = level
    if before == 0:
        yield "7.4: no heading"
