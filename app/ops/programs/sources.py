"""Which definition a word on the command line means: a file, a program's code, code@version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

from app.ops.programs import published
from app.programs import library
from app.programs.loader import DefinitionError, parse, text_of
from app.programs.schema.definition import Definition

_OLD: Final = re.compile(r"([a-z][a-z0-9_]*)@([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Subject:
    """A definition that could be read, with its text and what it is called."""

    name: str
    text: str
    definition: Definition


def find(word: str) -> Subject:
    """The definition that is meant.

    Raises ClickException with everything that is wrong in it, or that there is none.
    """
    text = _text(word)
    try:
        return Subject(word, text, parse(Definition, text, word))
    except DefinitionError as error:
        raise click.ClickException(str(error)) from None


def _text(word: str) -> str:
    path = Path(word)
    if path.is_file():
        try:
            return text_of(path, word)
        except DefinitionError as error:
            raise click.ClickException(str(error)) from None
    if word in library.codes():
        return library.source(word)
    if (old := _OLD.fullmatch(word)) is not None:
        text = published.text(old[1], int(old[2]))
        if text is not None:
            return text
        raise click.ClickException(f"No database that answers has published {word}.")
    known = ", ".join(library.codes())
    raise click.ClickException(f"There is no file {word}, and no such program among {known}.")
