"""What can be taken out: one item a guard, by a name that stands as long as the guard does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config import ROOT

APP: Final = ROOT / "app"
LEFT_OUT: Final = {
    "app.ops": "commands of whoever runs the portal, who has the database itself",
    "app.programs.loader": "refuses a definition at the start, before anybody is there",
    "app.programs.schema": "the same",
    "app.programs.library": "the same",
    "app.programs.service": "the same",
}
"""Parts of the program whose refusals guard nothing that a person asks for."""


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One guard: ``kind`` and ``name`` together are unique.

    ``module`` is the module that holds a guard of the code; ``statements`` take a guard of the
    database away, run by the owner.
    """

    kind: str
    name: str
    module: str = ""
    statements: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The item's line in the map of killers."""
        return f"{self.kind} · {self.name}"


def modules() -> dict[str, Path]:
    """Every module of the portal that can hold a guard, with its file."""
    found = {}
    for path in sorted(APP.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not any(name == left or name.startswith(f"{left}.") for left in LEFT_OUT):
            found[name] = path
    return found
