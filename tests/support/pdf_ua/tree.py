"""The tree of tags, read once: every element with its kind, its place and what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf

from tests.support.pdf_ua.document import LANGUAGE

_KINDS = """
    Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4
    H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code
    Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form
"""
STANDARD = frozenset(_KINDS.split())
"""The kinds of ISO 32000-1, 14.8.4."""

_DEEPEST = 64

Mark = tuple[int, int]
"""A page's number, and the number of a marked piece of its content."""


@dataclass(eq=False)
class Element:
    """One tag. `kind` is a standard one, whatever the file calls it."""

    kind: str
    node: pikepdf.Dictionary
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    objects: list[pikepdf.Object] = field(default_factory=list)
    """Annotations that it stands for."""

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()

    def has_content(self) -> bool:
        return any(one.marks or one.objects for one in self.walk())


@dataclass
class Tree:
    """The roots, and what was found wrong while reading."""

    roots: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        for root in self.roots:
            yield from root.walk()

    def owners(self) -> dict[Mark, list[Element]]:
        """Who holds each piece of content."""
        found: dict[Mark, list[Element]] = {}
        for element in self.walk():
            for mark in element.marks:
                found.setdefault(mark, []).append(element)
        return found


def read(pdf: pikepdf.Pdf) -> Tree:
    """Read the tags; what cannot be read is a fault."""
    tree = Tree()
    root = pdf.Root.get("/StructTreeRoot")
    if root is None:
        tree.faults.append("7.1: no tags at all (StructTreeRoot)")
        return tree
    _Reader(pdf, root, tree).read()
    if not any(tree.walk()):
        tree.faults.append("7.1: the tree of tags is empty")
    return tree


class _Reader:
    def __init__(self, pdf: pikepdf.Pdf, root: pikepdf.Dictionary, tree: Tree) -> None:
        self._pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        self._root = root
        self._roles = dict(root.get("/RoleMap", pikepdf.Dictionary()).items())
        self._tree = tree

    def read(self) -> None:
        for kid in _kids(self._root):
            element = self._element(kid, None, 0)
            if element is not None:
                self._tree.roots.append(element)

    def _element(self, node: pikepdf.Object, parent: Element | None, depth: int) -> Element | None:
        if depth > _DEEPEST:
            self._fault("7.1: the tree of tags has no end")
            return None
        if not isinstance(node, pikepdf.Dictionary) or "/S" not in node:
            self._fault("7.1: a tag without a kind (S)")
            return None
        element = Element(self._kind(str(node.S)), node, parent)
        above = self._root if parent is None else parent.node
        if "/P" not in node or node.P.objgen != above.objgen:
            self._fault(f"7.1: a {element.kind} that does not know its parent (P)")
        if "/Lang" in node and not LANGUAGE.fullmatch(str(node.Lang)):
            self._fault(f"7.2: no language is called {str(node.Lang)!r}")
        for kid in _kids(node):
            self._hold(element, kid, depth)
        return element

    def _hold(self, element: Element, kid: pikepdf.Object | int, depth: int) -> None:
        """A kid is a number of marked content, a reference to one, to an object, or a tag."""
        if isinstance(kid, int):
            self._mark(element, element.node, kid)
        elif kid.get("/Type") == "/MCR":
            self._mark(element, kid if "/Pg" in kid else element.node, int(kid.MCID))
        elif kid.get("/Type") == "/OBJR":
            element.objects.append(kid.Obj)
        else:
            child = self._element(kid, element, depth + 1)
            if child is not None:
                element.children.append(child)

    def _mark(self, element: Element, where: pikepdf.Dictionary, number: int) -> None:
        page = where.get("/Pg")
        if page is None or page.objgen not in self._pages:
            self._fault(f"7.1: a {element.kind} holds content of no page (Pg)")
        else:
            element.marks.append((self._pages[page.objgen], number))

    def _kind(self, name: str) -> str:
        seen = set()
        while name.removeprefix("/") not in STANDARD and name in self._roles:
            if name in seen:
                break
            seen.add(name)
            name = str(self._roles[name])
        kind = name.removeprefix("/")
        if kind not in STANDARD:
            self._fault(f"7.1: {kind} is no kind of tag, and nothing says what it stands for")
        return kind

    def _fault(self, sentence: str) -> None:
        self._tree.faults.append(sentence)


def _kids(node: pikepdf.Dictionary) -> list[pikepdf.Object | int]:
    kids = node.get("/K")
    if kids is None:
        return []
    return list(kids) if isinstance(kids, pikepdf.Array) else [kids]
