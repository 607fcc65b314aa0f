"""What is kept of a case when it is submitted: all that is asked of it then, and nothing else.

Answers that conditions hide, and those kept aside since a newer version, are not in it: they were
not submitted. The same content always gives the same text, and that text the same SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.cases.rules.shown import Value, asked

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseSection
    from app.programs.schema.definition import Definition

FORM: Final = 1
"""The form of the text. What was kept in an older one stays readable, and keeps its digest."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document as it was submitted: its content is known by its SHA-256."""

    id: int
    name: str
    kind: str
    size: int
    """Octets."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A question that was asked, with what was answered; nothing where nothing had to be."""

    question: str
    value: Value | None = None
    documents: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicKept:
    """A topic with its questions; or the reason for which it does not apply."""

    topic: str
    replies: tuple[Reply, ...] = ()
    aside: str | None = None


@dataclass(frozen=True, slots=True)
class PartKept:
    """A section as it was filled in once: whole, for a line of business, or under a name."""

    section: str
    key: str
    number: int | None
    """The part's row; none where a section that is not repeated was never saved."""
    named: bool
    """Whether the client gave the name."""
    name: Mapping[str, str]
    """What it is called, by language."""
    topics: tuple[TopicKept, ...]

    @property
    def mark(self) -> tuple[str, str]:
        """By what it is the same part in another snapshot: a name may change, a line may not."""
        return self.section, str(self.number) if self.named else self.key


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A case as it was at one instant."""

    case_type: str
    version: int
    """The definition's, under which it was filled in."""
    parts: tuple[PartKept, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """One part as it stands, from which the snapshot takes what is asked."""

    section: CaseSection
    key: str = ""
    label: str | None = None
    number: int | None = None
    answers: Mapping[str, Value] = field(default_factory=dict)
    """With the one that the line of business gives; without those that no longer fit."""
    aside: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)


def take(program: Definition, case_type: str, parts: Iterable[Filed]) -> Snapshot:
    """Keep what is asked of a case, in the order in which it is asked."""
    return Snapshot(case_type, program.version, tuple(_part(program, one) for one in parts))


def _part(program: Definition, one: Filed) -> PartKept:
    topics = tuple(
        TopicKept(
            topic=found.topic.code,
            replies=tuple(
                Reply(
                    question.code,
                    one.answers.get(question.code),
                    one.documents.get(question.code, ()),
                )
                for question in found.questions
            ),
            aside=None if found.applies else one.aside[found.topic.code],
        )
        for found in asked(one.section, one.answers, one.aside)
    )
    named = one.label is not None
    return PartKept(one.section.code, one.key, one.number, named, _names(program, one), topics)


def _names(program: Definition, one: Filed) -> dict[str, str]:
    if one.label is not None:
        return {"en": one.label, "fr": one.label}
    line = program.lines.get(one.key) if one.section.repeated else None
    label = line.label if line is not None else one.section.label
    return {"en": label.en, "fr": label.fr}


# ── as text ─────────────────────────────────────────────────────────────────────────────


def as_json(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as it is kept."""
    return {"form": FORM, **asdict(snapshot)}


def from_json(kept: Mapping[str, Any]) -> Snapshot:
    """The snapshot that was kept. Raises ValueError for a form that is not known."""
    if kept["form"] != FORM:
        raise ValueError(f"a snapshot of the form {kept['form']}, and {FORM} is known")
    parts = tuple(
        PartKept(**{**part, "topics": tuple(_topic(one) for one in part["topics"])})
        for part in kept["parts"]
    )
    return Snapshot(kept["case_type"], kept["version"], parts)


def _topic(kept: Mapping[str, Any]) -> TopicKept:
    replies = (
        Reply(
            one["question"],
            one["value"],
            tuple(Evidence(**document) for document in one["documents"]),
        )
        for one in kept["replies"]
    )
    return TopicKept(kept["topic"], tuple(replies), kept["aside"])


def canonical(kept: Mapping[str, Any]) -> str:
    """The one text of what is kept: keys in order, no space between, every letter as it is."""
    return json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(kept: Mapping[str, Any]) -> str:
    """SHA-256 of the text, in hexadecimal digits: anybody can work it out again from a copy."""
    return hashlib.sha256(canonical(kept).encode()).hexdigest()
