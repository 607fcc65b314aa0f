"""What the things of a definition are called: a label for a code, and a place for a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_pgettext
from flask_babel.speaklater import LazyString
from pydantic import BaseModel

from app.ops.programs.words import quoted
from app.programs.rules.changes import Path
from app.programs.schema.base import Text
from app.programs.schema.definition import Definition
from app.programs.schema.delegation import Switch

PARTS: Final[Mapping[str, LazyString]] = {
    "names": lazy_pgettext("part", "Names of the program"),
    "zone": lazy_pgettext("part", "Time zone"),
    "contact": lazy_pgettext("part", "How to reach the program"),
    "summary": lazy_pgettext("part", "Summary of the program"),
    "who_can_apply": lazy_pgettext("part", "Who can apply"),
    "how_to_get_an_account": lazy_pgettext("part", "How to get an account"),
    "terms": lazy_pgettext("part", "Terms of use"),
    "service_standards": lazy_pgettext("part", "Service standards"),
    "standings": lazy_pgettext("part", "Standings of an account"),
    "bases": lazy_pgettext("part", "Countries of establishment"),
    "lines": lazy_pgettext("part", "Lines of business"),
    "matrix": lazy_pgettext("part", "What each role may do"),
    "roles": lazy_pgettext("part", "Roles"),
    "users": lazy_pgettext("part", "How users are added"),
    "transfer": lazy_pgettext("part", "Transfer of ownership"),
    "access_requests": lazy_pgettext("part", "Requests for access"),
    "delegation": lazy_pgettext("part", "Delegation to another business"),
    "enrolment": lazy_pgettext("part", "Registration and activation"),
    "eligibility": lazy_pgettext("part", "Questions before registering"),
    "letters": lazy_pgettext("part", "Letters"),
    "cases": lazy_pgettext("part", "What clients file"),
    "consents": lazy_pgettext("part", "What clients let the agency share"),
    "staff_views": lazy_pgettext("part", "Lists of the staff"),
    "sources": lazy_pgettext("part", "Sources"),
}
"""Part of a definition → what it is called above its changes."""


def label(value: object, language: str, code: str = "") -> str:
    """What a thing is called: its label, its text or its title, its code where it has none."""
    for name in ("label", "text", "title"):
        found = getattr(value, name, None)
        if isinstance(found, Text):
            return quoted(found, language)
    return quoted(value, language) if isinstance(value, Text) else code


def place(definition: Definition, path: Path, language: str) -> str:
    """The labels on the way, from the outside in: a section, its topic, its question.

    A case is named where nothing in it is, and a part of the definition where nothing else is.
    """
    found: list[str] = []
    value: object = definition
    for code in path:
        inside = step(value, code)
        if isinstance(inside, Switch) or (
            isinstance(value, Mapping) and isinstance(inside, BaseModel)
        ):
            found.append(label(inside, language, code))
        value = inside
    if path[0] == "cases" and len(found) > 1:
        del found[0]
    return ", ".join(found) or str(PARTS[path[0]])


def step(value: object, code: str) -> object:
    """What stands under a key; None where nothing does."""
    return value.get(code) if isinstance(value, Mapping) else getattr(value, code, None)


def at(definition: Definition, path: Path) -> object:
    """What stands at the end of a path; None where the definition does not have it."""
    value: object = definition
    for code in path:
        value = step(value, code)
    return value
