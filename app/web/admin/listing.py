"""What a list was asked: filters, order, page. Made anew for each request and shared by none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy.orm import Query
from werkzeug.datastructures import MultiDict

from app.web.admin import filters as flt
from app.web.admin.columns import Choices
from app.web.admin.interface import SafeSQLAInterface
from app.web.admin.paging import Line, line
from app.web.admin.words import Words

PAGE_SIZES: Final = (25, 50, 100)
LAST: Final = "end"
"""In place of the key of a row: the page before it is the last one."""

Args = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """A column and its direction, *asc* or *desc*."""

    column: str
    direction: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a list, read with mistrust: whatever cannot be, is the default."""

    base: str  # the address of the list
    view: str
    values: dict[str, str]  # parameter of a filter → what was typed
    order: Order | None
    page: int | None  # its number from 0, for the reader only; None when nobody counted so far
    size: int
    after: str = ""  # the key of the row that the page comes after
    before: str = ""  # or before; ``LAST`` for the last page
    kept: tuple[tuple[str, str], ...] = ()
    """Parameters that every link of the list carries on: which saved view is open."""

    def address(self, **changes: Any) -> str:
        """The address of the list with something changed; it starts again at the first page."""
        begun: dict[str, Any] = {"page": 0, "after": "", "before": ""}
        asked = replace(self, **(begun | changes))
        pairs = [(name, value) for name, value in asked.values.items() if value]
        if asked.order:
            pairs.append((f"_oc_{self.view}", asked.order.column))
            pairs.append((f"_od_{self.view}", asked.order.direction))
        if asked.size != PAGE_SIZES[0]:
            pairs.append((f"psize_{self.view}", str(asked.size)))
        for name, value in (("after", asked.after), ("before", asked.before)):
            if value:
                pairs.append((f"{name}_{self.view}", value))
        if asked.page:
            pairs.append((f"page_{self.view}", str(asked.page)))
        pairs += asked.kept
        return f"{self.base}?{urlencode(pairs)}" if pairs else self.base

    def without(self, name: str) -> str:
        """The address without one filter."""
        return self.address(values={k: v for k, v in self.values.items() if k != name})


def read(base: str, view: str, names: Sequence[str], orders: Sequence[str], args: Args) -> Asked:
    """Read the parameters of FAB's names.

    Columns outside ``orders`` do not sort: sorting by a hidden column would tell its values.
    """
    column, direction = args.get(f"_oc_{view}", ""), args.get(f"_od_{view}", "")
    allowed = column in orders and direction in {"asc", "desc"}
    size = _whole(args.get(f"psize_{view}"), PAGE_SIZES[0])
    asked_size = size if size in PAGE_SIZES else PAGE_SIZES[0]
    after, before = (_key(args.get(f"{name}_{view}", "")) for name in ("after", "before"))
    page = _whole(args.get(f"page_{view}"), 0)
    return Asked(
        base=base,
        view=view,
        values={name: args.get(name, "").strip()[:200] for name in names if args.get(name)},
        order=Order(column, direction) if allowed else None,
        page=(page or None) if after or before else 0,
        size=asked_size,
        after=after,
        before="" if after else before,
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default


def _key(text: str) -> str:
    """A row's number, or ``LAST``; nothing else begins a page."""
    whole = text.isascii() and text.isdigit() and len(text) < 19
    return text if whole or text == LAST else ""


def controls(
    interface: SafeSQLAInterface,
    filters: Sequence[flt.Filter],
    labels: dict[str, Any],
    choices: dict[str, Choices],
    asked: Asked,
) -> list[flt.Control]:
    """The filters as they are drawn, with what was typed."""
    return [
        flt.Control(
            filter=one,
            label=flt.label_of(one, str(labels[one.column])),
            value=asked.values.get(one.name, ""),
            choices=flt.choices_for(one, interface, choices.get(one.column)),
        )
        for one in filters
    ]


def searched(
    drawn: Sequence[flt.Control], interface: SafeSQLAInterface
) -> tuple[flt.Control, Words] | None:
    """The words that were typed, first those of the first field."""
    for control in drawn:
        if control.value and control.filter.kind == "words":
            return control, Words(interface.obj, control.filter.column, control.value)
    return None


def narrow(
    query: Query[Any],
    drawn: Sequence[flt.Control],
    interface: SafeSQLAInterface,
    but: flt.Control | None = None,
) -> Query[Any]:
    """Apply what was typed. A value that cannot be read is told at its control, not applied.

    ``but`` one, of which more is asked first.
    """
    for control in drawn:
        if control.value and control is not but:
            try:
                query = flt.apply(query, control.filter, control.value, interface)
            except ValueError as error:
                control.error = str(error)
    return query


def ordered(
    query: Query[Any], model: type[Any], order: Order, sort_as: dict[str, str], **more: Any
) -> Line:
    """The rows along a column, through its relationships, and along the key within it."""
    path = sort_as.get(order.column, order.column)
    return line(query, model, path, descending=order.direction == "desc", **more)
