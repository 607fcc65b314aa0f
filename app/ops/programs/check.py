"""Everything that is wrong in a definition file, each with file, line, key and one sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.ops.programs import drafts, published
from app.programs import library
from app.programs.loader import DefinitionError, parse, read_program, text_of
from app.programs.rules.publishing import (
    Published,
    consents_rewritten,
    rewritten,
    terms_rewritten,
)
from app.programs.schema.definition import Definition
from app.programs.schema.portal import Portal
from app.programs.schema.sources import Fault


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, a line each; or the one sentence that nothing is."""

    wrong: tuple[str, ...]
    said: str


def check(path: Path) -> Finding:
    """Read the file as the portal would, and compare it with what is published."""
    file = str(path)
    try:
        if path.stem == library.PORTAL:
            portal = parse(Portal, text_of(path, file), file)
            return Finding((), f"{file}: version {portal.version} of the portal is in order.")
        return _program(path, file)
    except DefinitionError as error:
        wrong = tuple(map(str, error.slips))
        return Finding(wrong, _count(len(wrong), file, compared=error.compared))


def _program(path: Path, file: str) -> Finding:
    known: tuple[Published, ...] | None = None
    source = text_of(path, file)
    sha256 = hashlib.sha256(source.encode()).hexdigest()

    def more(program: Definition) -> Iterator[Fault]:
        nonlocal known
        known = published.versions(program.code)
        if sentence := rewritten(program.version, sha256, known or ()):
            yield ("version",), sentence
        if sentence := terms_rewritten(published.terms_of(program), known or ()):
            yield ("terms", "version"), sentence
        for code, sentence in consents_rewritten(published.consents_of(program), known or ()):
            yield ("consents", code, "wording"), sentence
        yield from drafts.faults(program)

    longest = library.portal().limits.letter_code.valid_at_most
    program = read_program(path, longest, file, more)
    name = program.names.full.en
    order = f"{file}: version {program.version} of “{name}” is in order"
    if known is None:
        return Finding(
            (), f"{order}. No database answers: it was not compared with what is published."
        )
    same = next((one for one in known if one.version == program.version), None)
    stands = f"as it was published on {same.on}" if same else "and not published yet"
    return Finding((), f"{order}, {stands}.")


def _count(wrong: int, file: str, *, compared: bool) -> str:
    mistakes = "one mistake" if wrong == 1 else f"{wrong} mistakes"
    if compared:
        return f"{file}: {mistakes}."
    return (
        f"{file}: {mistakes}. Whether the parts fit together can be told"
        f" once {'it is' if wrong == 1 else 'they are'} corrected."
    )
