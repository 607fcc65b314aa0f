"""Examining a file that came: what it is, or why it is not taken."""

from __future__ import annotations

from pathlib import Path

from app.documents.confined import ALLOWED, Allowance, run
from app.documents.kinds import Found, Kind, by_head


def examine(path: Path, at_most: int, allowed: Allowance = ALLOWED) -> Found:
    """Say what a file is; ``at_most`` is the largest size in octets. Raises Unfit.

    The child process takes a third of a second, and as long again for a large file.
    """
    told = run("look", path, by_head(path, at_most), allowed=allowed)
    return Found(Kind(told["kind"]), told["pages"], told["width"], told["height"])
