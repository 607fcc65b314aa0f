"""The staff menu: the screens that this person's kind of staff has, in the order of wiring."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, g, request
from flask_appbuilder.menu import MenuItem

from app.web.context import Link


def staff_menu() -> Sequence[Link]:
    """The links of the staff header. Asked once a request."""
    if "staff_menu" not in g:
        g.staff_menu = _links()
    found: Sequence[Link] = g.staff_menu
    return found


def _links() -> list[Link]:
    builder = current_app.extensions.get("appbuilder")
    if builder is None:
        return []
    items = [leaf for item in builder.menu.get_list() for leaf in _leaves(item)]
    allowed = builder.sm.get_user_menu_access([item.name for item in items])
    return [
        Link(str(item.label), url := item.get_url(), current=_is_open(url))
        for item in items
        if item.name in allowed and item.should_render()
    ]


def _leaves(item: MenuItem) -> list[MenuItem]:
    if not item.childs:
        return [item] if item.name != "-" else []
    return [leaf for child in item.childs for leaf in _leaves(child)]


def _is_open(url: str) -> bool:
    """Whether the page shown belongs to the screen behind ``url``."""
    base = url.partition("?")[0].removesuffix("list/")
    here = f"{request.root_path}{request.path}"
    return here == base or (base.count("/") > 3 and here.startswith(base))
