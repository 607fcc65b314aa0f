"""What changed between two definitions, in plain sentences, part by part."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from app.ops.programs.diff.places import PARTS
from app.ops.programs.diff.sentences import sentence
from app.ops.programs.show.layout import heading, wrapped
from app.programs.rules.changes import Change, compare
from app.programs.schema.definition import Definition

Count = Callable[[str, str], int]
"""Section and question → how many drafts have an answer to it."""


def told(
    old: Definition, new: Definition, language: str, count: Count | None = None
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
    if count is not None:
        yield from _drafts(changes, count)


def _part(old: Definition, new: Definition, changes: list[Change], language: str) -> Iterator[str]:
    before = ""
    for change in changes:
        words = sentence(old, new, change, language)
        if words != before:  # least and most of one question are told together
            yield from wrapped(words, 0, "– ")
        before = words


def _drafts(changes: tuple[Change, ...], count: Count) -> Iterator[str]:
    """How many answers of drafts are kept aside, each question once."""
    touched = {one.unsettles: count(*one.unsettles) for one in changes if one.unsettles}
    yield from heading(_("Drafts"))
    if not any(touched.values()):
        yield _("No draft has an answer that this changes.")
        return
    for (section, question), drafts in touched.items():
        if drafts:
            words = ngettext(
                "%(num)s draft has an answer to %(question)s. It is kept aside where it no longer"
                " fits.",
                "%(num)s drafts have an answer to %(question)s. They are kept aside where they no"
                " longer fit.",
                drafts,
                question=f"{section}.{question}",
            )
            yield from wrapped(words, 0, "– ")
