"""What the pages of a case share: the folder of the account that is open, and their addresses."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.authority.pages.opening import account_here, may_here, refusal
from app.base.db import session
from app.base.errors import NotFound
from app.cases.queries import Folder, Part, folder
from app.cases.rules.shown import Asked
from app.cases.service.common import Place
from app.programs.schema.cases import CaseSection
from app.programs.schema.definition import Definition
from app.programs.wording import said
from app.web.access import current_person


def folder_here(account_id: int, case_type: str) -> Folder:
    """The case of this kind in the account that the address opened. Raises NotFound."""
    account = account_here()
    if account.id != account_id:
        raise NotFound(f"Account {account_id}")
    return folder(session, current_person().id, account, case_type, g.allowed)


def section_here(found: Folder, code: str) -> CaseSection:
    """A section of questions that the reader may view. Raises NotFound, Refused."""
    section = found.kind.sections.get(code)
    if section is None or section.kind != "questions":
        raise NotFound(code)
    if code not in found.parts:
        raise refusal(f"{code}.view", account_here())
    return section


def part_here(found: Folder, code: str, number: int) -> Part:
    """A part by its number; 0 is the whole of a section that is not repeated. Raises NotFound."""
    section_here(found, code)
    for one in found.parts[code]:
        if number == 0 and one.section.repeated is None:
            return one
        if number and one.row is not None and one.row.id == number and one.section.repeated:
            return one
    raise NotFound(f"{code} {number}")


def require_edit(section: str) -> None:
    """Refuse whoever may only read the section."""
    if not may_here(f"{section}.edit"):
        raise refusal(f"{section}.edit", account_here())


def place_of(case_type: str, part: Part) -> Place:
    """Where the part stands, as the deeds name it."""
    return Place(case_type, part.section.code, part.key)


def number_of(part: Part) -> int:
    """The part's number in addresses: 0 where its section is not repeated."""
    return part.row.id if part.row is not None and part.section.repeated else 0


def title_of(found: Folder, part: Part) -> str:
    """What a part is called: its section, its line of business, or its own name."""
    return label_of(found.program, part.section, part.key, part.label)


def label_of(program: Definition, section: CaseSection, key: str, label: str | None) -> str:
    """The same of a part by its key and the name that the client gave it, if any."""
    if section.repeated is None:
        return said(section.label)
    if label is not None:
        return label
    line = program.lines.get(key)
    return said(line.label) if line else key


def name_of(found: Folder, part: Part) -> str:
    """The same for a page: a name of the client's own has no language."""
    title = title_of(found, part)
    return title if part.label is None else Markup('<span translate="no">{}</span>').format(title)


def url_to(endpoint: str, found: Folder, part: Part, **more: Any) -> str:
    """The address of a page about a part."""
    return url_for(
        f"cases.{endpoint}",
        account_id=account_here().id,
        case_type=found.kind.code,
        section=part.section.code,
        part=number_of(part),
        **more,
    )


def section_url(found: Folder, code: str) -> str:
    """The address of a section."""
    return url_for(
        "cases.section", account_id=account_here().id, case_type=found.kind.code, section=code
    )


def crumbs(found: Folder, part: Part | None = None, *, inside: bool = False) -> list[Any]:
    """The pages above: the dashboard, the section, and its part for what is `inside` it."""
    links = [(str(_("Dashboard")), url_for("authority.dashboard", account_id=account_here().id))]
    if part is None:
        return links
    if part.section.repeated is not None:
        links.append((said(part.section.label), section_url(found, part.section.code)))
    if inside:
        links.append((name_of(found, part), url_to("part", found, part)))
    return links


def after(part: Part, topic: str) -> Asked | None:
    """The topic that comes next, if any; those set aside are passed over."""
    shown = part.asked
    codes = [one.topic.code for one in shown]
    if topic not in codes:
        return None
    return next((one for one in shown[codes.index(topic) + 1 :] if one.applies), None)
