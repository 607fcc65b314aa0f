"""A list as its reader arranged it: their columns, and the views kept of it.

Who keeps what is asked of one arranger, which ``app.desk`` hands in; without one a screen is as
its code says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.web.admin import columns, listing
from app.web.admin.base import Screen
from app.web.admin.lists import Listed

VIEW: Final = "view"
"""The parameter that says which saved view is open: its columns are shown."""
MOST_COUNTED: Final = 1_000
"""Counting a view stops here: there may be many of them, and each costs a question."""


@dataclass(frozen=True, slots=True)
class KeptView:
    """A saved view as a list shows it.

    ``key`` names it in an address; ``whose`` is *own*, *team* or *program* (shipped with it);
    ``columns`` is empty where the view leaves them to the reader.
    """

    key: str
    label: str
    whose: str
    filters: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, str] | None = None
    columns: Sequence[str] = ()
    program_id: int | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What somebody keeps of one list: its views, and the columns chosen when none is open."""

    views: Sequence[KeptView] = ()
    columns: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ViewTab:
    """A saved view drawn as a tab, with its count; ``open`` is none, *whole* or *altered*."""

    view: KeptView
    url: str
    count: str
    open: str = ""


class Arranger(Protocol):
    """Whoever knows what people keep of their lists."""

    def __call__(self, screen: Screen) -> Arrangement:
        """What the person at the keyboard keeps of this list."""

    def shown(self, kept: Sequence[str], screen: Screen) -> Sequence[str]:
        """The columns to show when these were kept."""


def set_arranger(app: Flask, arranger: Arranger) -> None:
    """Say who knows what people keep of their lists."""
    app.extensions["guichet.arranger"] = arranger


def name_of(screen: Screen | type[Screen]) -> str:
    """What a screen is called where something is kept of it: its address below ``/staff/``."""
    return str(screen.route_base).removeprefix("/staff/")


def possible(screen: Screen | type[Screen]) -> list[str]:
    """The columns that may be chosen: the list's own, then those of a row's page."""
    return list(dict.fromkeys((*screen.list_columns, *screen.show_columns)))


class Arranged(Listed):
    """A list with saved views and chosen columns."""

    def arrangement(self) -> Arrangement:
        """What the reader keeps of this list. Asked once a request."""
        kept: dict[str, Arrangement] = g.setdefault("arrangements", {})
        name = name_of(self)
        if name not in kept:
            arranger: Arranger | None = current_app.extensions.get("guichet.arranger")
            kept[name] = arranger(self) if arranger is not None else Arrangement()
        return kept[name]

    def open_view(self) -> KeptView | None:
        """The saved view that the address names, if the reader has it."""
        key = request.args.get(VIEW)
        return next((one for one in self.arrangement().views if one.key == key), None)

    def columns_here(self) -> Sequence[str]:
        """Those of the open view, else those that the reader has chosen, else the screen's."""
        arranger: Arranger | None = current_app.extensions.get("guichet.arranger")
        if arranger is None:
            return self.list_columns
        opened = self.open_view()
        kept = (opened.columns if opened else ()) or self.arrangement().columns
        return arranger.shown(kept, self)

    def _asked(self, args: Any) -> listing.Asked:
        asked = super()._asked(args)
        known = {view.key for view in self.arrangement().views}
        key = args.get(VIEW)
        return replace(asked, kept=((VIEW, key),)) if key in known else asked

    def also_counted(self) -> Sequence[Any]:
        """How many rows each saved view has, up to ``MOST_COUNTED`` and one more."""
        there = [self._asked_of(view) for view in self.arrangement().views]
        rows = [self._narrowed(self._bare(one)) for one in there]
        return [self.datamodel.count_of(one, MOST_COUNTED) for one in rows]

    def more_of_list(self, asked: listing.Asked, numbers: Sequence[int]) -> dict[str, Any]:
        """The saved views with their counts, and where they are kept and changed."""
        told = super().more_of_list(asked, numbers)
        if "guichet.arranger" not in current_app.extensions:
            return told
        query = asked.address().partition("?")[2]
        name = name_of(self)
        return told | {
            "kept_views": self._tabs(asked, numbers),
            "keep_url": f"{url_for('SavedViewView.keep', screen=name)}?{query}",
            "columns_url": f"{url_for('SavedViewView.columns', screen=name)}?{query}",
        }

    def address_of(self, view: KeptView) -> str:
        """Where the list stands open under a view."""
        return self._asked_of(view).address()

    def _asked_of(self, view: KeptView) -> listing.Asked:
        args = dict(view.filters) | {VIEW: view.key}
        if view.order is not None:
            name = type(self).__name__
            args |= {f"_oc_{name}": view.order[0], f"_od_{name}": view.order[1]}
        return self._asked(MultiDict(args))

    def _tabs(self, asked: listing.Asked, numbers: Sequence[int]) -> Sequence[ViewTab]:
        views = self.arrangement().views
        there = [self._asked_of(view) for view in views]
        return [
            ViewTab(view, one.address(), _words(number), _how_open(one, asked))
            for view, one, number in zip(views, there, numbers, strict=True)
        ]


def _how_open(view: listing.Asked, here: listing.Asked) -> str:
    if view.kept != here.kept:
        return ""
    return "whole" if (view.values, view.order) == (here.values, here.order) else "altered"


def _words(number: int) -> str:
    """A view's count in words that stay true when counting stopped."""
    if number > MOST_COUNTED:
        return str(gettext("more than %(num)s", num=columns.plain(MOST_COUNTED)))
    return str(columns.plain(number))
