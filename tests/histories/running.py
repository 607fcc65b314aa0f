"""How many histories are told, and from which seed.

`make test` tells the same ones every time: a suite that turns red must do so for the change at
hand, and for everybody alike. The search for new ones is the night's: random seeds, many times
as many, and what is found becomes a named test of the package concerned.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.histories.history import History
from tests.histories.portal import Portal

NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
AT_NIGHT = int(os.environ.get("HISTORIES_FACTOR", "10"))
"""How many times as many histories each part of the night tells."""
PARTS = 10 if NIGHTLY else 1
"""Each begins with a seed of its own: a night that is interrupted loses one part, not all."""
LONG, SHORT = 20, 8
"""Deeds of a history: most faults need few, and of short ones more beginnings are seen."""


def run(
    machine: type[History],
    portal: Portal,
    histories: int,
    *,
    steps: int = LONG,
    shrink: bool = True,
) -> None:
    """Tell so many histories of a machine on this portal; raise for the first that differs."""
    told = type(machine.__name__, (machine,), {"portal": portal})
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    run_state_machine_as_test(
        told,
        settings=settings(
            max_examples=histories * (AT_NIGHT if NIGHTLY else 1),
            stateful_step_count=steps,
            derandomize=not NIGHTLY,
            database=None,
            deadline=None,
            phases=phases,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
