"""The dashboard's part about cases: a wheel for each section, and what is next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.authority.cards import Board, Card, Db, Turn, register
from app.cases.pages.opening import title_of
from app.cases.pages.progressing import Progressing
from app.cases.queries import Folder, folder
from app.cases.rules.progress import Progress
from app.parties.models import Account, Person
from app.programs.schema.cases import CaseSection
from app.programs.service import definition
from app.programs.wording import said

MOST_NAMED = 3


def cases_on_board(
    db: Db, person: Person, account: Account, allowed: Collection[str]
) -> Sequence[Board]:
    """Every kind of case that comes with the account, and each that was begun."""
    program = definition(account.program.code)
    found = []
    for code, kind in program.cases.items():
        mine = folder(db, person.id, account, code, allowed)
        if mine.case is not None or kind.opened == "with_account":
            here = Progressing(db, person.id, account, allowed, mine)
            found.append(_board(mine, account, allowed, here))
    return found


def _board(found: Folder, account: Account, allowed: Collection[str], here: Progressing) -> Board:
    state = found.kind.states[here.at.state]
    return Board(
        heading=said(found.kind.label),
        kind=here.shape,
        state=said(state.label),
        cards=[
            _card(found, account, section)
            for section in found.kind.sections.values()
            if section.kind == "users" or section.code in found.parts
        ],
        turn=here.turn() or (_turn(found, account, allowed) if here.goes_on else None),
        notes=here.notes(),
        others=here.others(),
        steps=here.steps(),
    )


def progress_of(found: Folder, code: str) -> Progress:
    """How far a section is in all its parts. One that must be repeated and is not is not begun."""
    return sum((part.progress for part in found.parts.get(code, ())), Progress())


def is_complete(found: Folder, code: str) -> bool:
    """Whether nothing of the section is missing; one that is repeated needs at least one part."""
    parts = found.parts.get(code, ())
    return bool(parts) and all(part.progress.is_complete for part in parts)


def _card(found: Folder, account: Account, section: CaseSection) -> Card:
    label = said(section.label)
    if section.kind == "users":
        return Card(label, people=True)
    progress = progress_of(found, section.code)
    there = found.parts[section.code]
    left = []
    if not there:
        left.append(("ring", str(_("Not begun"))))
    elif missing := progress.wanted - progress.given:
        shape = "half" if progress.given else "ring"
        words = ngettext("%(num)s answer missing", "%(num)s answers missing", missing)
        left.append((shape, words))
    return Card(
        label,
        _url(found, account, section.code),
        _named(found, section),
        progress.percent if there else 0,
        left,
    )


def _named(found: Folder, section: CaseSection) -> str:
    """Which parts there are; what the section is about where it is not repeated."""
    there = found.parts[section.code]
    if section.repeated is None or not there:
        return said(section.lead)
    names = [title_of(found, part) for part in there]
    more = len(names) - MOST_NAMED
    if more <= 0:
        return ", ".join(names)
    told = ", ".join(names[:MOST_NAMED])
    return str(
        ngettext("%(names)s and %(num)s other", "%(names)s and %(num)s others", more, names=told)
    )


def _turn(found: Folder, account: Account, allowed: Collection[str]) -> Turn | None:
    """The first section that is not complete and that the reader may fill in."""
    for section in found.kind.sections.values():
        if section.kind == "users" or f"{section.code}.edit" not in allowed:
            continue
        if section.code not in found.parts or is_complete(found, section.code):
            continue
        progress = progress_of(found, section.code)
        label = said(section.label)
        text = said(section.lead)
        if progress.given:
            text = ngettext(
                "%(num)s answer is missing.",
                "%(num)s answers are missing.",
                progress.wanted - progress.given,
            )
        return Turn(
            str(_("Fill in: %(section)s", section=label)),
            text,
            str(_("Continue") if progress.given else _("Begin")),
            _url(found, account, section.code),
        )
    return None


def _url(found: Folder, account: Account, section: str) -> str:
    return url_for(
        "cases.section", account_id=account.id, case_type=found.kind.code, section=section
    )


register(cases_on_board)
