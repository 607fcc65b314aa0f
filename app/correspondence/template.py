"""What a notice is made of: its words in both languages and the facts it needs.

A notice row holds the template's name and its facts; the words are made when somebody reads or
receives them, in that person's language. A call with other facts than the declared ones raises,
so that no notice can ever show a hole. Facts are never secrets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final


class Kind(Enum):
    """How a fact is written: as it is, as a day, as an instant, or as a role's official name.

    What a definition says is kept in both languages, and read in the reader's.
    """

    TEXT = "text"
    SAID = "said"
    DAY = "day"
    MOMENT = "moment"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Template:
    """One notice. ``verb`` names the button that leads to the notice's path, when it has one."""

    name: str
    facts: Mapping[str, Kind]
    subject: Any
    body: tuple[Any, ...]
    verb: Any


_KINDS: Final[Mapping[str, Kind]] = {
    "title": Kind.SAID,
    "partners": Kind.SAID,
    "text": Kind.SAID,
    "question": Kind.SAID,
    "at": Kind.MOMENT,
    "until": Kind.DAY,
    "locked_until": Kind.MOMENT,
    "posted": Kind.DAY,
    "expires": Kind.DAY,
    "role": Kind.ROLE,
    "old_role": Kind.ROLE,
}
"""Facts that are not plain text; every other fact is."""

_templates: dict[str, Template] = {}


def declare(name: str, facts: str, subject: Any, body: Iterable[Any], verb: Any) -> None:
    """Declare a notice and the facts it needs, their names side by side."""
    kinds = {fact: _KINDS.get(fact, Kind.TEXT) for fact in facts.split()}
    _templates[name] = Template(name, kinds, subject, tuple(body), verb)


def find_template(name: str) -> Template:
    """The template of that name. Raises LookupError for a name that nobody declared."""
    try:
        return _templates[name]
    except KeyError:
        raise LookupError(f"no notice is called {name}") from None


def all_templates() -> Iterable[Template]:
    """Every template, for the tests that read them all in both languages."""
    return _templates.values()
