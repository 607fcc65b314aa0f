"""The words of a registered letter; the drawing of it is code."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from app.programs.schema.base import Many, Strict, Text
from app.programs.schema.sources import Fault, walk

LETTER_VALUES = frozenset({"business", "last_day", "left_out", "address", "email"})
"""What a letter's sentences may leave a hole for.

`business` is the legal name; `last_day` the code's last day, in full; `left_out` the letters
and digits that no code contains; `address` where the person goes; `email` the program's.
"""


class Part(Strict):
    """A short titled paragraph."""

    heading: Text
    text: Text


class ActivationLetter(Strict):
    """The letter that brings client number and activation code."""

    mail_class: Text
    subject: Text
    greeting: Text
    opening: Text
    client_number: Text
    activation_code: Text
    last_day: Text
    characters: Text
    steps_heading: Text
    steps: Many[Text]
    expired: Part
    protect: Part
    closing: Text
    other_language: Text
    """Offers the letter in the language of this text; printed on letters in the other one."""


class Letters(Strict):
    """The letters a program sends."""

    activation: ActivationLetter


def letter_faults(letters: Letters) -> Iterator[Fault]:
    """Holes in a letter that nothing would fill."""
    for path, model in _texts(letters):
        odd = model.placeholders() - LETTER_VALUES
        if odd:
            known = ", ".join(sorted(LETTER_VALUES))
            yield path, f"expected placeholders among {known}, not {', '.join(sorted(odd))}"


def _texts(letters: BaseModel) -> Iterator[tuple[tuple[str | int, ...], Text]]:
    for path, model in walk(letters, ("letters",)):
        if isinstance(model, Text):
            yield path, model
