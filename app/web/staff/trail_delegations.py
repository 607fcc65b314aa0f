"""How the trail's values about delegations are read: by the words of the definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_pgettext as _p

from app.programs.schema.definition import Definition
from app.web.staff.defined import Defined


class _OfDelegation(Defined):
    """What a definition says under its delegation; nothing where nobody acts for others."""

    def _items(self, one: Definition) -> Mapping[str, Any]:
        items: Mapping[str, Any] = getattr(one.delegation, self.part, {})
        return items


LEVELS: Final = _OfDelegation("levels")
ACTING: Final = _OfDelegation("acting")
SEEN: Final[Mapping[str, Any]] = {
    "own": _p("transactions of", "The third party"),
    "client": _p("transactions of", "The client"),
    "others": _p("transactions of", "Other third parties"),
}
