"""Two snapshots of a case, side by side: what became different between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from app.cases.rules.snapshot import Evidence, PartKept, Reply, Snapshot, TopicKept

Kind = Literal[
    "part_added",
    "part_removed",
    "part_renamed",
    "topic_set_aside",
    "topic_brought_back",
    "reason_changed",
    "answer_added",
    "answer_changed",
    "answer_gone",
    "document_added",
    "document_removed",
]

BACKWARDS: Final[dict[Kind, Kind]] = {
    "part_added": "part_removed",
    "part_removed": "part_added",
    "part_renamed": "part_renamed",
    "topic_set_aside": "topic_brought_back",
    "topic_brought_back": "topic_set_aside",
    "reason_changed": "reason_changed",
    "answer_added": "answer_gone",
    "answer_changed": "answer_changed",
    "answer_gone": "answer_added",
    "document_added": "document_removed",
    "document_removed": "document_added",
}
"""What each difference is called when the two snapshots change places."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: where, what it was, what it is."""

    kind: Kind
    part: PartKept
    """As it is now; as it was where it is gone."""
    topic: str = ""
    question: str = ""
    before: object = None
    after: object = None


def compare(old: Snapshot, new: Snapshot) -> tuple[Difference, ...]:
    """All that differs, in the order of the newer one; what is gone from it comes last.

    A part that was added or removed is one difference, whatever it holds. A question is known by
    its code wherever its section asks it; one that is no longer asked is gone, like an emptied one.
    """
    before = {part.mark: part for part in old.parts}
    now = {part.mark: part for part in new.parts}
    found: list[Difference] = []
    for mark, part in now.items():
        if mark in before:
            found += _within(before[mark], part)
        else:
            found.append(Difference("part_added", part))
    found += [Difference("part_removed", part) for mark, part in before.items() if mark not in now]
    return tuple(found)


def _within(old: PartKept, new: PartKept) -> Iterator[Difference]:
    if new.named and old.name != new.name:
        yield Difference("part_renamed", new, before=old.name, after=new.name)
    yield from _topics(old, new)
    was, now = _replies(old), _replies(new)
    for code, (topic, reply) in now.items():
        yield from _question(new, topic, was.get(code, (topic, Reply(code)))[1], reply)
    for code, (topic, reply) in was.items():
        if code not in now:
            yield from _question(new, topic, reply, Reply(code))


def _topics(old: PartKept, new: PartKept) -> Iterator[Difference]:
    was = {one.topic: one for one in old.topics}
    now = {one.topic: one for one in new.topics}
    for code in dict.fromkeys([*now, *was]):
        before, after = _reason(was.get(code)), _reason(now.get(code))
        if before == after:
            continue
        kind: Kind = "reason_changed"
        if before is None:
            kind = "topic_set_aside"
        elif after is None:
            kind = "topic_brought_back"
        yield Difference(kind, new, code, before=before, after=after)


def _reason(topic: TopicKept | None) -> str | None:
    return topic.aside if topic is not None else None


def _replies(part: PartKept) -> dict[str, tuple[str, Reply]]:
    return {one.question: (topic.topic, one) for topic in part.topics for one in topic.replies}


def _question(part: PartKept, topic: str, old: Reply, new: Reply) -> Iterator[Difference]:
    if old.value != new.value:
        kind: Kind = "answer_changed"
        if old.value is None:
            kind = "answer_added"
        elif new.value is None:
            kind = "answer_gone"
        yield Difference(kind, part, topic, new.question, old.value, new.value)
    was, now = _contents(old), _contents(new)
    for mark, one in now.items():
        if mark not in was:
            yield Difference("document_added", part, topic, new.question, after=one)
    for mark, one in was.items():
        if mark not in now:
            yield Difference("document_removed", part, topic, new.question, before=one)


def _contents(reply: Reply) -> dict[tuple[int, str], Evidence]:
    return {(one.id, one.sha256): one for one in reply.documents}
