"""Words that definitions give to codes, for the filters and cells of screens over all programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import g, has_request_context

from app.programs.library import definitions
from app.programs.schema.definition import Definition
from app.web.locale import language


class Defined(Mapping[str, str]):
    """Code → label of one part of every definition (``lines``, ``standings``, ``roles``).

    Read anew for each request: a definition that changes while the portal runs shows at once. Of
    two programs that use one code the first one's word is shown.
    """

    def __init__(self, part: str) -> None:
        self.part = part

    def _labels(self) -> dict[str, str]:
        if not has_request_context():
            return self._read()
        # A list asks at every cell, and each answer looks at every file of definitions.
        known: dict[tuple[type, str, str], dict[str, str]] = g.setdefault("defined", {})
        key = type(self), self.part, language()
        if key not in known:
            known[key] = self._read()
        return known[key]

    def _read(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for one in reversed(definitions()):
            found |= {code: item.label.say(language()) for code, item in self._items(one).items()}
        return found

    def _items(self, one: Definition) -> Mapping[str, Any]:
        items: Mapping[str, Any] = getattr(one, self.part)
        return items

    def __getitem__(self, code: str) -> str:
        return self._labels()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels())

    def __len__(self) -> int:
        return len(self._labels())
