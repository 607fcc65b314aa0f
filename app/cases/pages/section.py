"""A section of a case: its parts where it is repeated, its topics where it is not."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask_babel import ngettext, pgettext

from app.authority.pages.opening import account_here, may_here
from app.cases.pages import pages
from app.cases.pages.opening import (
    crumbs,
    folder_here,
    name_of,
    part_here,
    section_here,
    title_of,
    url_to,
)
from app.cases.queries import Folder, Part
from app.cases.rules import parts
from app.cases.rules.progress import is_begun, of_topic
from app.cases.rules.shown import Asked
from app.parties.models import Account
from app.programs.schema.cases import CaseSection
from app.programs.schema.questions import Topic
from app.programs.wording import said

_AT = "/a/<int:account_id>/case/<case_type>/<section>/"


@pages.get(_AT)
def section(account_id: int, case_type: str, section: str) -> str:
    """The parts of a repeated section with their wheels; else its one part."""
    found = folder_here(account_id, case_type)
    one = section_here(found, section)
    if one.repeated is None:
        return _overview(found, part_here(found, section, 0))
    return render_template(
        "cases/parts.html",
        section=one,
        label=said(one.repeated.label),
        profiles=[_card(found, part) for part in found.parts[section]],
        crumbs=crumbs(found),
        may_edit=may_here(f"{section}.edit"),
        may_add=_room(found, one),
        add=url_for("cases.add", account_id=account_id, case_type=case_type, section=section),
    )


@pages.get(f"{_AT}<int:part>/")
def part(account_id: int, case_type: str, section: str, part: int) -> str:
    """The topics of one part, each with how far it is."""
    found = folder_here(account_id, case_type)
    return _overview(found, part_here(found, section, part))


def _overview(found: Folder, part: Part) -> str:
    shown = part.asked
    first = next((one for one in shown if not _done(part, one)), None)
    return render_template(
        "cases/section.html",
        section=part.section,
        title=name_of(found, part),
        part=part,
        progress=part.progress,
        groups=_groups(found, part, shown),
        crumbs=crumbs(found, part),
        go_on=url_to("topic", found, part, topic=first.topic.code) if first else None,
        begun=bool(part.answers),
        check=url_to("check", found, part),
        may_edit=may_here(f"{part.section.code}.edit"),
        rename=_deed("rename", found, part, by="name"),
        remove=_deed("remove", found, part),
    )


def _deed(endpoint: str, found: Folder, part: Part, by: str | None = None) -> str | None:
    """The address of a deed on a part of a repeated section, for whoever may edit it."""
    repeated = part.section.repeated
    if repeated is None or (by and repeated.by != by) or not may_here(f"{part.section.code}.edit"):
        return None
    return url_to(endpoint, found, part)


def _groups(found: Folder, part: Part, shown: list[Asked]) -> list[dict[str, Any]]:
    """The topics under the headings of their section, in order; one without a heading else."""
    headings = part.section.groups or {}
    listed: dict[str | None, list[dict[str, Any]]] = {}
    for one in shown:
        listed.setdefault(one.topic.group, []).append(_topic(found, part, one))
    return [
        {
            "label": said(headings[code].label) if code else None,
            "topics": topics,
            "done": sum(topic["state"] in ("done", "aside", "not_required") for topic in topics),
        }
        for code, topics in listed.items()
    ]


def topics_beside(found: Folder, part: Part, here: Topic) -> list[dict[str, Any]]:
    """The topics under the same heading as the one that is open."""
    return [
        _topic(found, part, one) | {"here": one.topic.code == here.code}
        for one in part.asked
        if one.topic.group == here.group
    ]


def _topic(found: Folder, part: Part, one: Asked) -> dict[str, Any]:
    """A topic in a list: its words, its address, how far it is."""
    progress = of_topic(one, part.filled)
    state = "begun" if progress.given else "empty"
    if not one.applies:
        state = "aside"
    elif progress.is_complete:
        state = "done" if progress.wanted or is_begun(one, part.filled) else "not_required"
    return {
        "label": said(one.topic.label),
        "url": url_to("topic", found, part, topic=one.topic.code),
        "state": state,
        "words": _state_words(state, progress.wanted - progress.given),
    }


def _state_words(state: str, left: int) -> str:
    words = {
        "done": pgettext("topic", "Filled in"),
        "aside": pgettext("topic", "Does not apply"),
        "empty": pgettext("topic", "Not begun"),
        "not_required": pgettext("topic", "Optional"),
    }
    if state in words:
        return str(words[state])
    return str(ngettext("%(num)s answer missing", "%(num)s answers missing", left))


def _done(part: Part, one: Asked) -> bool:
    return of_topic(one, part.filled).is_complete


def _card(found: Folder, part: Part) -> dict[str, Any]:
    progress = part.progress
    return {
        "title": title_of(found, part),
        "named": part.label is not None,
        "url": url_to("part", found, part),
        "percent": progress.percent,
        "left": progress.wanted - progress.given,
        "begun": progress.given > 0,
    }


def _room(found: Folder, section: CaseSection) -> bool:
    """Whether one more may be added: any name, or a line that is not there yet."""
    if section.repeated is None or section.repeated.by == "name":
        return len(found.parts[section.code]) < parts.MOST
    return bool(lines_to_add(found, section.code, account_here()))


def lines_to_add(found: Folder, section: str, account: Account) -> tuple[str, ...]:
    """The lines of business that have no profile yet, for the account's base."""
    country = account.business.base if account.business else None
    present = {part.key for part in found.parts.get(section, ())}
    return parts.lines_left(found.program, country, present)
