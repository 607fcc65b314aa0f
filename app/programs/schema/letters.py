"""The words of a registered letter; the drawing of it is code."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel, model_validator

from app.programs.schema.base import Many, Strict, Text
from app.programs.schema.sources import Fault, walk

LETTER_VALUES = frozenset({"business", "last_day", "left_out", "address", "email"})
"""What the sentences of a letter with a code may leave a hole for.

`business` is the legal name; `last_day` the code's last day, in full; `left_out` the letters
and digits that no code contains; `address` where the person goes; `email` the program's.
"""
NOTICE_VALUES = frozenset({"business", "person", "role", "day", "email"})
"""What the sentences of a notice may leave a hole for.

`business` is the legal name, `person` who registered it and `role` what they are there; `day` is
when, in full; `email` the program's.
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


class NoticeLetter(Strict):
    """The letter that tells a business at its legal address who registered it, and when."""

    mail_class: Text
    subject: Text
    greeting: Text
    opening: Text
    meaning: Part
    """What that person may do there."""
    not_right: Part
    """Whom to call when nobody of the business asked for it."""
    closing: Text
    other_language: Text
    """As in the letter with a code."""

    @model_validator(mode="after")
    def _says_who_and_when(self) -> NoticeLetter:
        told = self.subject.placeholders() | self.opening.placeholders()
        if missing := {"business", "person", "day"} - told:
            raise ValueError(f"expected the opening to name {', '.join(sorted(missing))}")
        return self


class Letters(Strict):
    """The letters a program sends.

    One with a code where it mails codes; a notice where facts prove who knows the business.
    """

    activation: ActivationLetter | None = None
    notice: NoticeLetter | None = None


def letter_faults(letters: Letters, *, codes: bool, notices: bool) -> Iterator[Fault]:
    """Letters that are missing, or that nobody would send; holes that nothing would fill."""
    wanted = (
        ("activation", letters.activation, codes, "mailed_code", LETTER_VALUES),
        ("notice", letters.notice, notices, "shared_facts", NOTICE_VALUES),
    )
    for name, letter, sent, kind, values in wanted:
        if sent and letter is None:
            yield ("letters", name), f"expected the words of this letter, which {kind} sends"
        elif letter is not None and not sent:
            yield ("letters", name), f"expected this letter with {kind} only"
        if letter is not None:
            yield from _odd_holes(letter, ("letters", name), values)


def _odd_holes(
    letter: BaseModel, path: tuple[str | int, ...], values: frozenset[str]
) -> Iterator[Fault]:
    for where, model in walk(letter, path):
        odd = model.placeholders() - values if isinstance(model, Text) else frozenset()
        if odd:
            known = ", ".join(sorted(values))
            yield where, f"expected placeholders among {known}, not {', '.join(sorted(odd))}"
