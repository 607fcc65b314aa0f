"""The rows of a list as its template draws them: everything said once a page is worked out once.

A page of fifty rows says each label of a column fifty times and each word of a choice as often; to
translate and escape them anew at every cell took longer than to read the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from app.web.admin.base import Screen
from app.web.admin.columns import Tag


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the label of its column, how it is set, its tag or its text.

    ``named`` is whether it holds what people entered, which has no language.
    """

    label: Markup
    kind: str
    text: Markup
    tag: Tag | None
    named: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its key, its address, its cells, how it stands out, what its box is called if any."""

    row: Any
    key: Any
    url: str
    cells: Sequence[Cell]
    state: str | None
    choose: Markup


class Drawing:
    """Draws the rows of one page of one screen, in the reader's language."""

    def __init__(self, screen: Screen, shown: Sequence[str], *, boxes: bool) -> None:
        self.screen = screen
        self.boxes = boxes
        self.columns = [(name, escape(screen.label_columns[name])) for name in shown]
        self._choose = Markup(gettext("Select %(name)s"))  # noqa: S704 (ours)
        self._before = url_for(f"{screen.endpoint}.show", pk="0").removesuffix("0")
        self._said: dict[int, tuple[Any, Tag]] = {}

    def row(self, row: Any) -> Row:
        """One row, drawn."""
        screen = self.screen
        key = screen.datamodel.get_pk_value(row)
        return Row(
            row=row,
            key=key,
            url=f"{self._before}{quote(str(key))}",
            cells=[self._cell(row, name, label) for name, label in self.columns],
            state=screen.row_state(row),
            choose=self._box(row) if self.boxes else Markup(),
        )

    def _box(self, row: Any) -> Markup:
        return self._choose % {"name": str(self.screen.cell(row, self.screen.list_columns[0]))}

    def _cell(self, row: Any, column: str, label: Markup) -> Cell:
        screen = self.screen
        content = screen.listed(row, column)
        kind = screen.cell_kind(row, column)
        if isinstance(content, Tag):
            return Cell(label, kind, Markup(), self._tag(content), named=False)
        return Cell(label, kind, escape(content), None, named=column not in screen.choices)

    def _tag(self, tag: Tag) -> Tag:
        """The tag with its word as it is in the reader's language."""
        if id(tag) not in self._said:
            self._said[id(tag)] = tag, Tag(tag.kind, str(tag))  # kept: its id stays its own
        return self._said[id(tag)][1]
