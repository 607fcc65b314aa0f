"""Questions whose answers count when they are saved, without being submitted first.

"The primary contact counts at once": the Agency must be able to reach somebody today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from app.cases.rules.comparing import Difference
from app.cases.rules.snapshot import PartKept, Reply, Snapshot, TopicKept

if TYPE_CHECKING:
    from app.programs.schema.cases import CaseType

Place = tuple[str, str]
"""A section, and a question of it."""


def places(kind: CaseType) -> frozenset[Place]:
    """The questions of a case that count at once."""
    return frozenset(
        (section.code, question.code)
        for section in kind.sections.values()
        for topic in (section.topics or {}).values()
        for question in topic.questions.values()
        if question.counts_at_once
    )


def current(submitted: Snapshot, draft: Snapshot, at_once: Collection[Place]) -> Snapshot:
    """What counts today: what was submitted, with the answers that count as soon as they are saved.

    An answer that was emptied since does not count: nobody could be reached then.
    """
    now = {
        (part.mark, reply.question): reply
        for part in draft.parts
        for topic in part.topics
        for reply in topic.replies
        if (part.section, reply.question) in at_once and (reply.value or reply.documents)
    }

    def newest(part: PartKept, reply: Reply) -> Reply:
        return now.get((part.mark, reply.question), reply)

    def renewed(part: PartKept, topic: TopicKept) -> TopicKept:
        return replace(topic, replies=tuple(newest(part, reply) for reply in topic.replies))

    return replace(
        submitted,
        parts=tuple(
            replace(part, topics=tuple(renewed(part, topic) for topic in part.topics))
            for part in submitted.parts
        ),
    )


def to_submit(
    differences: Iterable[Difference], at_once: Collection[Place]
) -> tuple[Difference, ...]:
    """The differences that still have to be submitted: those that count already are left out."""
    return tuple(one for one in differences if (one.part.section, one.question) not in at_once)
