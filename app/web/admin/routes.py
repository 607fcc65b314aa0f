"""FAB's three decorators of an address in one, with their types kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

Method = TypeVar("Method", bound=Callable[..., Any])


def route(
    url: str, methods: Sequence[str] = ("GET",), permission: str | None = None
) -> Callable[[Method], Method]:
    """Serve the method at ``url`` of its screen, to those whose role has the permission.

    ``permission`` is the method's own name by default (``can_list``, ``can_show``…).
    """

    def mark(method: Method) -> Method:
        named = permission_name(permission)(method) if permission else method
        served: Method = expose(url, methods=tuple(methods))(has_access(named))
        return served

    return mark
