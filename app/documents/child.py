"""The child's side of ``confined``: it limits itself, then opens the file, then tells one line."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from app.documents.kinds import Kind, Reason, Unfit


def main(arguments: list[str]) -> None:
    """Do one task: limits, task, file, kind, and what the task needs."""
    limits, task, path, kind, *more = arguments
    _limit(*map(int, limits.split(",")))
    try:
        told = _do(task, Path(path), Kind(kind), more)
    except Unfit as unfit:
        told = {"unfit": unfit.reason.value}
    except (MemoryError, RecursionError):
        told = {"unfit": Reason.TOO_COSTLY.value}
    except Exception as error:  # noqa: BLE001 (told to the parent, which writes it to the log)
        told = {"broke": f"{type(error).__name__}: {error}"[:500]}
    sys.stdout.write(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)  # no library's own way of ending comes between


def _limit(memory: int, computing: int, lasting: int, written: int) -> None:
    for which, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, computing),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (most, most))
    signal.alarm(lasting)  # also when nobody waits for the answer any more
    os.nice(10)  # people's pages come first


def _do(task: str, path: Path, kind: Kind, more: list[str]) -> dict[str, Any]:
    if task == "look":
        from app.documents import inside  # what one task needs, the other does not wait for

        return inside.look(path, kind)._asdict()
    from app.documents import drawing

    return drawing.draw(path, kind, Path(more[0]))
