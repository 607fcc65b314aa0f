"""FAB's permissions asked once a request: a page would otherwise ask 17 to 24 times."""

from __future__ import annotations

from typing import Any

from flask import g


class CachedPermissions:
    """Mix-in before FAB's SecurityManager: keeps each answer until the request ends, no longer."""

    def _has_view_access(self, user: Any, permission_name: str, view_name: str) -> bool:
        answers: dict[tuple[Any, str, str], bool] = g.setdefault("fab_permissions", {})
        asked = (getattr(user, "id", None), permission_name, view_name)
        if asked not in answers:
            answers[asked] = super()._has_view_access(  # type: ignore[misc]
                user, permission_name, view_name
            )
        return answers[asked]
