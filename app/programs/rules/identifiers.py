"""Which identifier an applicant is asked for, and whether what was typed can be one."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from app.base.identifiers import clean, parse_bn

if TYPE_CHECKING:
    from app.programs.schema.base import Text
    from app.programs.schema.definition import Definition
    from app.programs.schema.enrolment import (
        Identifier,
        IdentifierField,
        ProgramAccountAsked,
    )

_CHECKS = {"business_number": parse_bn}
_PROGRAM_ACCOUNT: Final = re.compile(r"[A-Z]{2}[0-9]{4}")
"""As the registry writes it."""


def identifier_for(definition: Definition, base: str, lines: Collection[str]) -> Identifier | None:
    """The first identifier that the definition asks of such applicants; None when it asks none."""
    for identifier in definition.enrolment.first.identifiers.values():
        for asked in identifier.asked_of:
            if asked.base == base and (not asked.lines or set(asked.lines) & set(lines)):
                return identifier
    return None


def stored_form(field: IdentifierField, typed: str) -> str | None:
    """What is kept of `typed`; None when it cannot be this identifier.

    Spaces and dashes are dropped and letters made capitals; of a pattern with a group, only
    that group is kept.
    """
    bare = _shaped(field, typed)
    if bare is None or field.check == "none":
        return bare
    return _CHECKS[field.check](bare)


def program_account_of(asked: ProgramAccountAsked, typed: str) -> str | None:
    """The program account as the registry writes it; None when `typed` cannot be one."""
    bare = clean(typed)
    found = asked.pattern.fullmatch(bare) and _PROGRAM_ACCOUNT.fullmatch(bare)
    return bare if found else None


def identifier_fault(field: IdentifierField, typed: str) -> Text | None:
    """The sentence that says how to correct `typed`; None when it can be used."""
    bare = _shaped(field, typed)
    if bare is None:
        return field.format_error
    return None if stored_form(field, bare) else field.check_error


def _shaped(field: IdentifierField, typed: str) -> str | None:
    found = field.pattern.fullmatch(clean(typed))
    if found is None:
        return None
    kept: str = found[1] if field.pattern.groups else found[0]
    return kept


def left_out(alphabet: str) -> str:
    """The letters and digits that a code's alphabet leaves out, letters first, for the letter."""
    letters = (chr(n) for n in range(ord("A"), ord("Z") + 1))
    return ", ".join(c for c in (*letters, *"0123456789") if c not in alphabet)
