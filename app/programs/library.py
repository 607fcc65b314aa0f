"""The definitions in force: read once, and read again as soon as a file changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.base.errors import NotFound
from app.programs.loader import read_portal, read_program
from app.programs.schema.definition import Definition
from app.programs.schema.portal import Portal

DEFINITIONS = Path(__file__).parent / "definitions"
"""The folder of definition files: portal.yaml, and one file a program."""

PORTAL = "portal"


@dataclass(frozen=True)
class _Stamp:
    """What changes when a file's content does; part of the cache's key."""

    path: Path
    modified: int
    size: int


def portal() -> Portal:
    """The portal's limits and texts. Raises `DefinitionError`."""
    return _portal(_stamp(DEFINITIONS / f"{PORTAL}.yaml"))


def definition(code: str) -> Definition:
    """The program with this code, as its file stands now.

    Raises `NotFound` when there is no such program, `DefinitionError` when it cannot be used.
    """
    if code not in codes():
        raise NotFound(code)
    return _program(_stamp(DEFINITIONS / f"{code}.yaml"))


def definitions() -> tuple[Definition, ...]:
    """Every program, by code."""
    return tuple(definition(code) for code in codes())


def codes() -> tuple[str, ...]:
    """The codes of all programs, in order."""
    return tuple(sorted(p.stem for p in DEFINITIONS.glob("*.yaml") if p.stem != PORTAL))


def source(code: str) -> str:
    """The text of a program's definition file."""
    return (DEFINITIONS / f"{code}.yaml").read_text(encoding="utf-8")


def _stamp(path: Path) -> _Stamp:
    found = path.stat()
    return _Stamp(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4)
def _portal(stamp: _Stamp) -> Portal:
    return read_portal(stamp.path)


@lru_cache(maxsize=64)
def _program(stamp: _Stamp) -> Definition:
    return read_program(stamp.path, portal().limits.letter_code.valid_at_most)
