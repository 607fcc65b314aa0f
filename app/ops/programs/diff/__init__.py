"""What changed between two definitions, in plain sentences, part by part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from app.ops.programs.diff.places import PARTS
from app.ops.programs.diff.sentences import sentence
from app.ops.programs.drafts import Question, Touched
from app.ops.programs.show.layout import heading, wrapped
from app.programs.rules.changes import Change, compare
from app.programs.schema.definition import Definition

Count = Callable[[Collection[Question]], Touched | None]
"""The questions that changed → what becomes of the drafts; None where no database answers."""


def told(
    old: Definition, new: Definition, language: str, count: Count = lambda _changed: None
) -> Iterator[str]:
    """The lines, in the language that is set. Without `count` nothing is said of drafts."""
    yield _(
        "%(program)s: from version %(old)s to version %(new)s",
        program=new.names.full.say(language),
        old=old.version,
        new=new.version,
    )
    changes = compare(old, new)
    if not changes:
        yield _("Nothing changes for anybody.")
        return
    for part, name in PARTS.items():
        said = list(_part(old, new, [one for one in changes if one.path[0] == part], language))
        if said:
            yield from heading(str(name))
            yield from said
    drafts = count(tuple(dict.fromkeys(one.question for one in changes if one.question)))
    if drafts is not None:
        yield from _drafts(drafts)


def _part(old: Definition, new: Definition, changes: list[Change], language: str) -> Iterator[str]:
    before = ""
    for change in changes:
        words = sentence(old, new, change, language)
        if words != before:  # least and most of one question are told together
            yield from wrapped(words, 0, "– ")
        before = words


def _drafts(drafts: Touched) -> Iterator[str]:
    """How many go on, and how many of their answers are kept aside, each question once."""
    yield from heading(_("Drafts"))
    for number, words in (
        (
            drafts.carried,
            ngettext(
                "%(num)s draft goes on under the new version.",
                "%(num)s drafts go on under the new version.",
                drafts.carried,
            ),
        ),
        (
            drafts.left,
            ngettext(
                "%(num)s draft stays under its own version: flask programs check names what it"
                " lacks.",
                "%(num)s drafts stay under their own version: flask programs check names what they"
                " lack.",
                drafts.left,
            ),
        ),
    ):
        if number:
            yield from wrapped(words, 0, "– ")
    if not any(drafts.aside.values()):
        yield _("No draft has an answer that this changes.")
    for (section, question), number in drafts.aside.items():
        if number:
            words = ngettext(
                "%(num)s draft has an answer to %(question)s that no longer fits. It is kept"
                " aside.",
                "%(num)s drafts have an answer to %(question)s that no longer fits. They are kept"
                " aside.",
                number,
                question=f"{section}.{question}",
            )
            yield from wrapped(words, 0, "– ")
