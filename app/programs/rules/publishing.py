"""Whether a text may stand under its version: what was published under one never changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Published:
    """One version as it was published: its fingerprint, and the day."""

    version: int
    sha256: str
    on: date
    terms_version: int | None = None
    """The version of the terms in it; None where its text can no longer be read."""
    terms_sha256: str | None = None


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


def terms_rewritten(version: int, sha256: str, published: Collection[Published]) -> str | None:
    """Why terms may not have this version: people accepted others under it, or later ones."""
    known = [one.terms_version for one in published if one.terms_version is not None]
    newest = max(known, default=version)
    for one in published:
        if one.terms_version == version and one.terms_sha256 != sha256:
            return (
                f"expected {newest + 1}: terms of version {version} were published on {one.on}"
                " in other words"
            )
    if version < newest:
        return f"expected {newest + 1}: terms of version {newest} are in force"
    return None
