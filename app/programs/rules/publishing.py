"""Whether a text may stand under its version: what was published under one never changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class Worded(NamedTuple):
    """Words that people accept under a number of their own: the number, and their fingerprint."""

    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Published:
    """One version as it was published: its fingerprint, and the day."""

    version: int
    sha256: str
    on: date
    terms: Worded | None = None
    """The terms in it; None where its text can no longer be read."""
    consents: Mapping[str, Worded] = field(default_factory=dict)
    """Consent → what whoever gives it agrees to."""


def rewritten(version: int, sha256: str, published: Collection[Published]) -> str | None:
    """Why a text may not have this version; None when it may, or is what was published."""
    newest = max((one.version for one in published), default=version)
    for one in published:
        if one.version == version and one.sha256 != sha256:
            return (
                f"expected {newest + 1}: version {version} was published on {one.on}"
                " with another text"
            )
    if version < newest:
        return f"expected {newest + 1}: version {newest} is in force"
    return None


def terms_rewritten(terms: Worded, published: Collection[Published]) -> str | None:
    """Why terms may not have this version: people accepted others under it, or later ones."""
    known = [(one.terms, one.on) for one in published if one.terms is not None]
    return _reworded(terms, known, "terms of version {} were", "terms of version {} are")


def consents_rewritten(
    consents: Mapping[str, Worded], published: Collection[Published]
) -> Iterator[tuple[str, str]]:
    """Each consent that may not have its number of the wording, and why: others agreed otherwise.

    Whoever consented is shown the words that stand under the number that was kept.
    """
    for code, one in consents.items():
        known = [(old.consents[code], old.on) for old in published if code in old.consents]
        if sentence := _reworded(one, known, "wording {} was", "wording {} is"):
            yield code, sentence


def _reworded(
    one: Worded, known: Collection[tuple[Worded, date]], was: str, stands: str
) -> str | None:
    """Why the words may not have their number; ``was`` and ``stands`` begin the sentences."""
    newest = max((old.number for old, _on in known), default=one.number)
    for old, on in known:
        if old.number == one.number and old.sha256 != one.sha256:
            before = f"{was.format(old.number)} published on {on}"
            return f"expected {newest + 1}: {before} in other words"
    if one.number < newest:
        return f"expected {newest + 1}: {stands.format(newest)} in force"
    return None
