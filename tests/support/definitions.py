"""The shipped definitions, by what they have: no test finds one by its code or by its place."""

from __future__ import annotations

from app.programs import library
from app.programs.schema.definition import Definition


def transferring() -> Definition:
    """The program whose accounts have one owner and change hands: the demonstration's.

    Its businesses register by letter and file cases; most tests are about it.
    """
    return next(one for one in library.definitions() if one.transfer is not None)


def delegating() -> Definition:
    """The program whose businesses let others act for them."""
    return next(one for one in library.definitions() if one.delegation is not None)
