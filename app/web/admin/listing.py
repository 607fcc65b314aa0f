"""What a list was asked: filters, order, page. Made anew for each request and shared by none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import inspect
from sqlalchemy.orm import Query, aliased
from werkzeug.datastructures import MultiDict

from app.web.admin import filters as flt
from app.web.admin.columns import Choices, relations
from app.web.admin.interface import MOST_COUNTED, SafeSQLAInterface

PAGE_SIZES: Final = (25, 50, 100)
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
    page: int
    size: int
    kept: tuple[tuple[str, str], ...] = ()
    """Parameters that every link of the list carries on: which saved view is open."""

    def address(self, **changes: Any) -> str:
        """The address of the list with something changed; the page starts again at the first."""
        asked = replace(self, **({"page": 0} | changes))
        pairs = [(name, value) for name, value in asked.values.items() if value]
        if asked.order:
            pairs.append((f"_oc_{self.view}", asked.order.column))
            pairs.append((f"_od_{self.view}", asked.order.direction))
        if asked.size != PAGE_SIZES[0]:
            pairs.append((f"psize_{self.view}", str(asked.size)))
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
    last = MOST_COUNTED // asked_size
    return Asked(
        base=base,
        view=view,
        values={name: args.get(name, "").strip()[:200] for name in names if args.get(name)},
        order=Order(column, direction) if allowed else None,
        page=min(_whole(args.get(f"page_{view}"), 0), last),
        size=asked_size,
    )


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default


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


def narrow(
    query: Query[Any], drawn: Sequence[flt.Control], interface: SafeSQLAInterface
) -> Query[Any]:
    """Apply what was typed. A value that cannot be read is told at its control, not applied."""
    for control in drawn:
        if control.value:
            try:
                query = flt.apply(query, control.filter, control.value, interface)
            except ValueError as error:
                control.error = str(error)
    return query


def ordered(
    query: Query[Any], model: type[Any], order: Order, sort_as: dict[str, str]
) -> Query[Any]:
    """Sort by a column, through its relationships, and by the key so that pages never overlap."""
    passed, _, last = relations(model, sort_as.get(order.column, order.column))
    at: Any = model
    for step in passed:
        target = aliased(step.property.mapper.class_)
        query = query.outerjoin(target, getattr(at, step.key).of_type(target))
        at = target
    column, key = getattr(at, last), inspect(model).primary_key
    if order.direction == "desc":
        return query.order_by(column.desc().nulls_last(), *(part.desc() for part in key))
    return query.order_by(column.asc().nulls_last(), *key)
