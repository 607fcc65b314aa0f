"""What the definition is tried out with: each scenario's label, and its steps in a line."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from app.ops.programs.show.layout import heading, wrapped
from app.programs.schema.definition import Definition


def scenarios(program: Definition, language: str) -> Iterator[str]:
    """One line a scenario; nothing where there are none."""
    if not program.scenarios:
        return
    yield from heading(_("Scenarios"))
    for code, scenario in program.scenarios.items():
        yield from wrapped(f"{scenario.label.say(language)} ({code})", 0, "– ")
